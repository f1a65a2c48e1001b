import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isAllowedPlainly } from '../../../src/core/guard/commands.ts';

/** What a user lists without thinking of tricks. */
const allow = ['npm test', 'npm run build', 'ls', 'ls -la src', 'cat README.md', 'git status', 'git diff', 'node --test', 'find', 'env', 'timeout', 'xargs', 'bash', 'sh', 'echo', 'cd'];
const allowed = (command: string): boolean => isAllowedPlainly(command, { allow, network: 'none', sandbox: 'preferred' });

describe('without a sandbox a command line runs', () => {
  for (const command of ['npm test', 'ls', 'ls -la src', '  npm   test ', 'npm test && git status', 'npm run build; npm test', 'npm run build || git diff', 'ls | cat README.md', 'ls&&git status', 'ls;ls|ls||ls']) {
    it(JSON.stringify(command), () => assert.equal(allowed(command), true));
  }
});

describe('without a sandbox a command line is refused for', () => {
  const tricks: Readonly<Record<string, readonly string[]>> = {
    'options that nobody allowed': ['npm test --', 'npm test -- --watch', 'npm test --script-shell=./p.sh', 'npm --prefix x test', 'node --test --import ./p.mjs', 'node --import=./p.mjs --test', 'ls -la', 'ls -la src x', 'git -c core.fsmonitor=x status', 'git -C bare status', 'git --exec-path=x status', 'git diff --output=x', 'git diff --ext-diff', 'git status -uall', 'find . -delete', 'find . -exec touch x', 'find . -fprint x'],
    'another program': ['npm', 'npm tes', 'npm testx', 'npm install', 'rm -rf .', 'npx x', './ls', '/bin/ls', 'LS', 'git', 'git push', 'true', ':'],
    'a wrapper': ['env npm test', 'env -S ls', 'timeout 5 npm test', 'bash -c ls', 'sh x.sh', 'xargs ls', 'ls | xargs rm', 'nice ls', 'command ls', 'exec ls', 'eval ls', 'source ls', '. ls', 'nohup ls', 'setsid ls', 'sudo ls', 'coproc ls', 'time ls', '! ls', 'trap ls EXIT', 'hash -p ./p.sh ls', 'alias ls=rm'],
    'quotes': ['npm \'test\'', '"npm" test', 'l\'\'s', 'l""s', '$\'ls\'', '$"ls"', 'ls "'],
    'escapes': ['l\\s', 'npm\\ test', 'ls \\', 'ls \\\nls'],
    'a substitution': ['ls $(touch x)', 'ls `touch x`', 'cat <(ls)', 'ls >(ls)', 'echo $((1))', '$(ls)', 'ls ${x}', 'ls $HOME', '${x@P}', '$ls'],
    'a redirection': ['ls > x', 'ls>x', 'ls >> x', 'ls >| x', 'ls 2>x', 'ls 2>&1', 'ls &> x', 'ls <> x', 'cat README.md < x', 'cat <<E', 'cat <<< x'],
    'an assignment': ['X=1 ls', 'PATH=. ls', 'NODE_OPTIONS=--require=./p.js npm test', 'GIT_PAGER=x git diff', 'X=1', 'export X=1', 'ls; PATH=.; ls', 'a+=b'],
    'a pattern that the shell expands': ['ls *', 'l?', 'ls [a]', '{ls,x}', 'ls ~', 'ls {1..3}', '@(ls)', '!(ls)'],
    'a further line': ['ls\nrm x', 'ls\n', '\nls', 'ls\r\nls', 'ls\rls', 'ls\u2028ls', 'ls\u0085ls'],
    'a comment or history': ['ls # x', '#ls', '!!', 'ls !$', '^a^b'],
    'the background': ['ls &', 'ls & ls', '& ls', 'ls &&& ls', 'ls |& ls', 'ls &| ls'],
    'grouping and functions': ['(ls)', '{ ls; }', 'ls() { ls; }', 'if ls; then ls; fi', '[[ ls ]]', 'test -v x[1]'],
    'a missing part': ['', ' ', ';', '&&', 'ls;', 'ls &&', '|| ls', 'ls ;; ls', 'ls ||| ls', 'ls && && ls', '| ls'],
    'characters that look alike': ['l\u0455', 'ls\u00a0', 'ls\u200b', 'npm\u2003test', 'npm\ttest', 'ls\0', '\ufeffls', 'ｌｓ'],
    'one bad part among good ones': ['npm test && rm x', 'rm x && npm test', 'ls; ls; ls; rm x; ls', 'ls | sh x', `${'ls;'.repeat(61)}rm x`],
    'a variable of another shell': ['ls %PATH%', 'ls ^& calc', '$env:X; ls'],
  };
  for (const [why, commands] of Object.entries(tricks)) for (const command of commands) it(`${why}: ${JSON.stringify(command.slice(0, 60))}`, () => assert.equal(allowed(command), false));

  it('every line with a character that a shell reads, wherever it stands and whatever is allowed', () => {
    const meta = fc.constantFrom(...'\'"`$\\<>(){}[]*?~#!^\n\r\t\0\u00a0\u200b');
    fc.assert(fc.property(fc.array(fc.constantFrom(...allow), { minLength: 1, maxLength: 4 }), fc.constantFrom(' && ', ' || ', ';', '|'), meta, fc.nat(), (parts, joint, character, place) => {
      const line = parts.join(joint);
      const at = place % (line.length + 1);
      const tricked = `${line.slice(0, at)}${character}${line.slice(at)}`;
      assert.equal(isAllowedPlainly(line, { allow, network: 'none', sandbox: 'preferred' }), true);
      assert.equal(isAllowedPlainly(tricked, { allow: [...allow, tricked], network: 'none', sandbox: 'preferred' }), false, tricked);
    }));
  });

  it('every line with a word that nobody allowed', () => {
    fc.assert(fc.property(fc.constantFrom(...allow), fc.stringMatching(/^[a-z./=:@-]{1,8}$/), (entry, word) => {
      fc.pre(!allow.includes(`${entry} ${word}`) && !allow.includes(`${word} ${entry}`) && !allow.includes(word));
      for (const line of [`${entry} ${word}`, `${word} ${entry}`, `${entry} && ${word}`, `${word}; ${entry}`]) assert.equal(allowed(line), false, line);
    }));
  });

  it('everything, where nothing is allowed', () => {
    for (const command of ['ls', '', ' ', 'npm test']) assert.equal(isAllowedPlainly(command, { allow: [], network: 'none', sandbox: 'preferred' }), false);
  });
});
