import assert from 'node:assert/strict';
import fc from 'fast-check';
import ignore from 'ignore';
import { globFault } from '../../../src/core/contract/globSyntax.ts';
import { compileGlobs } from '../../../src/core/guard/globs.ts';

const matches = (glob: string, path: string): boolean => compileGlobs([glob])(path) !== undefined;

/** One line of a .gitignore file with the same meaning: there a `#` at the beginning is a comment. */
const ignored = (glob: string) => ignore({ ignorecase: false }).add(glob.startsWith('#') ? `\\${glob}` : glob);

describe('a glob means what it means in .gitignore', function () {
  this.timeout(60_000);

  // The answers of `git check-ignore --no-index` (2.39) for a .gitignore of this one line.
  const answers: readonly (readonly [rule: string, glob: string, matched: readonly string[], not: readonly string[]])[] = [
    ['a bare name matches at any depth, as file and as folder', 'a', ['a', 'x/a', 'a/x', 'x/a/y/z'], ['ab', 'ba', 'x/ab', 'A']],
    ['a leading slash ties to the folder', '/a', ['a', 'a/x'], ['x/a']],
    ['an inner slash ties to the folder', 'a/b', ['a/b', 'a/b/c'], ['x/a/b', 'a', 'b']],
    ['a trailing slash matches folders alone', 'a/', ['a/x', 'x/a/y'], ['a', 'x/a']],
    ['a star stays in its segment', 'src/*', ['src/a', 'src/.a', 'src/a/b'], ['src', 'x/src/a']],
    ['a star may be empty', 'a*b', ['ab', 'axb', 'a.b'], ['a/b']],
    ['a star takes the dot of a hidden file', '*', ['.env', 'a', 'a/b'], []],
    ['two stars go down', 'a/**', ['a/b', 'a/b/c', 'a/.b'], ['a', 'x/a/b']],
    ['two stars in the middle may be nothing', 'a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'x/a/b']],
    ['two stars at the beginning are any folder', '**/b', ['b', 'a/b', 'a/x/b'], ['ab']],
    ['two stars beside a letter are one', 'a**b', ['ab', 'axb'], ['a/b']],
    ['two stars and a slash are every folder, not the files beside it', '**/', ['a/b', 'a/b/c'], ['a', '.a']],
    ['the same below a folder', 'a/**/', ['a/b/c'], ['a/b', 'a']],
    ['a question mark is one character of a name', 'a?c', ['abc', 'a.c'], ['ac', 'a/c', 'abbc']],
    ['a line break is a character of a name', 'src/**', ['src/a\nb', 'src/a\nb/c', 'src/\n'], ['x\n/src/a', 'sr\nc/a']],
    ['also in a folder above', '.env', ['a\nb/.env', '\n/.env/c'], ['.env\n']],
    ['also for a star and a question mark', 'a*?c', ['a\nc', 'ab\nc', 'x\ny/a\n\nc'], ['ac', 'a\n/c']],
    ['a class', '[a-c]x', ['ax', 'cx'], ['dx', 'x', '/x']],
    ['a negated class', '[!a]x', ['bx', '.x'], ['ax', 'x']],
    ['a negated class in the other spelling', '[^a]x', ['bx'], ['ax']],
    ['a negated class is never a slash', 'b[!a]x', ['bcx'], ['b/x', 'bax']],
    ['a class that holds its own end', '[]a]x', [']x', 'ax'], ['bx']],
    ['a named class', '[[:digit:]]x', ['1x'], ['dx', ':x']],
    ['a repeated class is a class and a plus', '[ab]+c', ['a+c', 'b+c'], ['ac', 'aac', 'abc']],
    ['a pipe is a character', 'docs|src', ['docs|src'], ['docs', 'src', 'src/a']],
    ['a pipe and a star are no licence', '|*', ['|a'], ['a', 'src/a']],
    ['quotes are characters', '"a"', ['"a"'], ['a']],
    ['an escaped star is a star', 'a\\*', ['a*'], ['ab', 'a']],
    ['escaped brackets are brackets', 'app/\\[id\\]/**', ['app/[id]/x'], ['app/i/x']],
    ['escaped parentheses are parentheses', 'app/\\(auth\\)/**', ['app/(auth)/x'], ['app/auth/x']],
    ['escaped braces are braces', '\\{a,b\\}', ['{a,b}'], ['a', 'b']],
    ['one name in braces is no alternative', '{a}', ['{a}'], ['a']],
    ['dollar, caret and dot are characters', '^a.b$', ['^a.b$'], ['a.b', 'axb']],
    ['two dollars or carets are two', '/$$*^^', ['$$a^^'], ['a^^', '$a^^', '$$a']],
    ['spaces inside count', 'a b/c', ['a b/c'], ['a/b/c', 'ab/c']],
    ['letters of other scripts', 'é/ü*', ['é/üx'], ['e/ux']],
    ['upper and lower case differ', 'Src/**', ['Src/a'], ['src/a']],
    ['a name beginning like another is another', 'src/**', ['src/a'], ['src2/a', 'src.bak/a', 'asrc/a']],
  ];
  for (const [rule, glob, matched, not] of answers) {
    it(`${rule}: ${glob}`, () => {
      for (const path of matched) assert.ok(matches(glob, path), `${glob} should match ${path}`);
      for (const path of not) assert.ok(!matches(glob, path), `${glob} should not match ${path}`);
    });
  }

  it('for every glob without braces that a contract may have', () => {
    const piece = fc.constantFrom('a', 'b', 'A', 'ab', '.', '.a', '*', '**', '?', '[ab]', '[!a]', '[a-c]', '[^a]', '[]a]', '[!]a]', '[a-]', '[[:alpha:]]', '\\[', '\\*', '\\?', '\\(', '\\{', '\\+', '\\|', ' ', '+', '"', '\'', '$', '^', '#', '@', ',', '-', '!', '&', ';', '%', '1');
    const segment = fc.oneof({ weight: 5, arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')) }, { weight: 1, arbitrary: fc.constant('**') });
    const glob = fc.tuple(fc.constantFrom('', '', '/', '**/'), fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '/', '/**', '/*')).map(([head, segments, tail]) => `${head}${segments.join('/')}${tail}`);
    const name = fc.array(fc.constantFrom('a', 'b', 'A', 'c', 'ab', '.a', '.', ' ', '+', '"', '\'', '$', '^', '#', '@', ',', '-', '[', '*', '?', '(', '{', '|', '!', '1'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')).filter((text) => !/^\.+$/.test(text));
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const common = ['a', 'b', 'ab', 'aa', 'aab', '.a', 'a/b', 'a/b/c', 'a/.a', '.a/b', 'a+', '1'];
    fc.assert(fc.property(glob.filter((text) => globFault(text) === undefined), fc.array(path, { minLength: 4, maxLength: 8 }), (text, paths) => {
      const [ours, git] = [compileGlobs([text]), ignored(text)];
      for (const one of [...common, ...paths]) assert.equal(ours(one) !== undefined, git.ignores(one), `${text} and ${one}`);
    }), { numRuns: 1500 });
  });

  it('and braces are the alternatives that they list', () => {
    assert.equal(matches('/{a,b}', '{a,b}'), false);
    const plain = fc.constantFrom('a', 'b', 'a*', '*.ts', '?', '.a', '[ab]', 'x.y', 'a/b');
    const path = fc.array(fc.constantFrom('a', 'b', 'ab', '.a', 'c.ts', 'x.y', '{a,b}', 'src'), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    fc.assert(fc.property(fc.constantFrom('/src/', '/', 'src/**/'), fc.uniqueArray(plain, { minLength: 2, maxLength: 3 }), fc.constantFrom('', '/**', '/a'), path, (head, alternatives, tail, one) => {
      const spelled = alternatives.map((alternative) => `${head}${alternative}${tail}`);
      assert.equal(matches(`${head}{${alternatives.join(',')}}${tail}`, one), compileGlobs(spelled)(one) !== undefined, `${spelled.join(' ')} and ${one}`);
    }), { numRuns: 1000 });
  });
});

describe('a set of globs', () => {
  it('answers the first glob that matches', () => {
    const set = compileGlobs(['src/a/**', 'src/**', '*.md']);
    assert.deepEqual(['src/a/b', 'src/b', 'x/y.md', 'z'].map(set), ['src/a/**', 'src/**', '*.md', undefined]);
  });
  it('without globs matches nothing', () => assert.equal(compileGlobs([])('a'), undefined));
  for (const glob of ['', '/', '!a', '!a/**']) it(`matches nothing by ${JSON.stringify(glob)}`, () => assert.deepEqual(['a', 'b', 'a/b', ''].map((path) => compileGlobs([glob])(path)), [undefined, undefined, undefined, undefined]));
});
