import assert from 'node:assert/strict';
import { type PhaseName, phaseNames } from '../../../src/core/contract/contract.ts';
import { deny, type Proposal, type Ruling } from '../../../src/core/guard/proposal.ts';
import { rule, ruleTarget } from '../../../src/core/guard/rule.ts';
import type { DiffUses } from '../../../src/core/session/changes.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { base, boundary, phase } from '../session/support/events.ts';
import { contractOf, Story } from '../session/support/journal.ts';
import { guardedContract, noSandbox, sessionIn } from './support/sessions.ts';

const facts = { unsaved: [] };
const within: DiffUses = { phase: { files: 1, lines: 1 }, base: { files: 1, lines: 1 } };
const editOf = (path: string, after: DiffUses = within): Proposal => ({ kind: 'edit', change: { kind: 'write', path, content: 'x' }, after });
const deletionOf = (path: string, after: DiffUses = within): Proposal => ({ kind: 'edit', change: { kind: 'delete', path }, after });
const look = (...paths: readonly string[]): Proposal => ({ kind: 'look', paths });
const run = (command: string): Proposal => ({ kind: 'execute', command });
const reason = (ruling: Ruling): string => (ruling.allow ? 'allowed' : ruling.reason);
const ruled = (phase: PhaseName, proposal: Proposal): string => reason(rule(sessionIn(phase), proposal, facts));

describe('a look', () => {
  const cases: readonly (readonly [why: string, paths: readonly string[], reason: string])[] = [
    ['at the whole workspace is allowed', [], 'allowed'],
    ['at files of the scope, beside it, of the oracle and of Bounded is allowed', ['src/a.ts', 'README.md', 'src/scheduler/x', 'oracle/x', '.bounded/x/PLAN.md', 'tasks/extract.yaml'], 'allowed'],
    ['at published examples of environments is allowed', ['.env.example', 'x/.env.sample'], 'allowed'],
    ['at files that begin like git\'s folder is allowed', ['.gitignore', '.github/workflows/x.yml', 'git/config'], 'allowed'],
  ];
  for (const [why, paths, wanted] of cases) it(why, () => phaseNames.forEach((phase) => assert.equal(ruled(phase, look(...paths)), wanted)));

  const refused: Readonly<Record<string, readonly string[]>> = {
    secret: ['.env', 'src/.env.local', 'a/b.pem', 'id_rsa', 'x/id_rsa.pub', '.ssh/config', 'x/.aws/credentials', '.npmrc', 'vault/x', 'Keys/a', '.git-credentials'],
    scope: ['.git', '.git/config', '.git/hooks/pre-commit', 'sub/.git/config', '.GIT/config', '.git./config', 'git~1/config', '.g\u200cit/config'],
  };
  for (const [wanted, paths] of Object.entries(refused)) for (const path of paths) {
    it(`at ${JSON.stringify(path)} is refused by ${wanted}, alone and among others`, () => {
      assert.equal(ruled('explore', look(path)), wanted);
      assert.equal(ruled('minimal-hook', look('src/a.ts', path, 'src/b.ts')), wanted);
    });
  }
  for (const path of ['.ENV', '.Env.Local', 'X.PEM', 'Id_Rsa', '.SSH/config', '.ssh./config', 'VAULT/x', 'keys/a', 'KEYS/a', '.e\u200bnv', '.env::$DATA', './.env', 'src\\.env', '.\u017fsh/config']) {
    it(`at ${JSON.stringify(path)} is refused: some file system takes it for a secret`, () => assert.equal(ruled('explore', look(path)), 'secret'));
  }
  it('names the path and the glob', () => {
    assert.deepEqual(rule(sessionIn('explore'), look('src/a', 'vault/x'), facts), deny('secret', 'vault/x matches scope.secret (/vault/) and is never read'));
    assert.deepEqual(rule(sessionIn('explore'), look('.git/config'), facts), deny('scope', '.git/config belongs to git, not to the work tree'));
  });
});

describe('an edit', () => {
  const cases: readonly (readonly [why: string, phase: PhaseName, path: string, reason: string])[] = [
    ['of the scope', 'minimal-hook', 'src/a.ts', 'allowed'], ['of the scope', 'production-shape', 'src/a.ts', 'allowed'], ['of the oracle', 'oracle-only', 'oracle/a.mjs', 'allowed'],
    ['of the scope', 'explore', 'src/a.ts', 'phase'], ['of the scope', 'baseline', 'src/a.ts', 'phase'], ['of the scope', 'review', 'src/a.ts', 'phase'], ['of the scope', 'oracle-only', 'src/a.ts', 'scope'],
    ['of the oracle', 'minimal-hook', 'oracle/a.mjs', 'scope'], ['of the oracle', 'production-shape', 'oracle/a.mjs', 'scope'], ['of the oracle', 'explore', 'oracle/a.mjs', 'scope'], ['of the oracle', 'review', 'oracle/a.mjs', 'scope'],
    ['of a neighbour', 'minimal-hook', 'src/scheduler/a.ts', 'scope'], ['beside the scope', 'minimal-hook', 'README.md', 'scope'], ['of git', 'minimal-hook', '.git/config', 'scope'],
    ['of the contract', 'minimal-hook', 'tasks/extract.yaml', 'scope'], ['of a secret in the scope', 'minimal-hook', 'src/.env', 'secret'], ['of a secret in the scope in another case', 'minimal-hook', 'src/.ENV', 'secret'],
    ['of a secret in the oracle', 'oracle-only', 'oracle/key.pem', 'secret'], ['of a secret', 'explore', '.env', 'secret'],
  ];
  for (const [why, phase, path, wanted] of cases) {
    it(`${why} in ${phase} (${path}): ${wanted}`, () => {
      assert.equal(ruled(phase, editOf(path)), wanted);
      assert.equal(ruled(phase, deletionOf(path)), wanted);
      assert.equal(reason(ruleTarget(sessionIn(phase), path)), wanted);
    });
  }
  it('of a file with unsaved changes is refused: they are the user\'s', () => {
    assert.equal(reason(rule(sessionIn('minimal-hook'), editOf('src/a.ts'), { unsaved: ['src/b.ts', 'src/a.ts'] })), 'user');
    assert.equal(reason(rule(sessionIn('minimal-hook'), editOf('src/a.ts'), { unsaved: ['src/b.ts'] })), 'allowed');
  });

  const budgets: readonly (readonly [why: string, after: DiffUses, reason: string])[] = [
    ['exactly at 3 files and 20 lines', { phase: { files: 3, lines: 20 }, base: { files: 3, lines: 20 } }, 'allowed'],
    ['one line over in the phase', { phase: { files: 1, lines: 21 }, base: { files: 1, lines: 1 } }, 'budget'],
    ['one line over against the base', { phase: { files: 1, lines: 1 }, base: { files: 1, lines: 21 } }, 'budget'],
    ['one file over in the phase', { phase: { files: 4, lines: 4 }, base: { files: 1, lines: 1 } }, 'budget'],
    ['one file over against the base', { phase: { files: 1, lines: 1 }, base: { files: 4, lines: 4 } }, 'budget'],
  ];
  for (const [why, after, wanted] of budgets) it(`that leaves the diff ${why}: ${wanted}`, () => [editOf, deletionOf].forEach((of) => assert.equal(ruled('minimal-hook', of('src/a.ts', after)), wanted)));
  it('tells the first thing that stands against it: secret, scope, user, budget', () => {
    const over: DiffUses = { phase: { files: 9, lines: 99 }, base: { files: 9, lines: 99 } };
    const told = (path: string) => reason(rule(sessionIn('minimal-hook'), editOf(path, over), { unsaved: [path] }));
    assert.deepEqual(['src/scheduler/.env', 'src/scheduler/a', 'src/a'].map(told), ['secret', 'scope', 'user']);
  });
});

describe('a command', () => {
  const unsandboxed = (phase: PhaseName, contract?: string): Session => sessionIn(phase, { sandbox: noSandbox, ...(contract === undefined ? {} : { contract }) });
  const off = guardedContract.replace('commands: {', 'commands: { sandbox: off,');

  for (const phase of phaseNames) {
    it(`runs in ${phase} in the sandbox, whatever it is`, () => ['npm test', 'rm -rf / > x; $(y)'].forEach((command) => assert.equal(ruled(phase, run(command)), 'allowed')));
    const works = phase === 'oracle-only' || phase === 'minimal-hook' || phase === 'production-shape';
    it(`${works ? 'runs' : 'does not run'} in ${phase} without a sandbox where it is allowed`, () => assert.equal(reason(rule(unsandboxed(phase), run('npm test && git status'), facts)), works ? 'allowed' : 'command'));
    it(`does not run in ${phase} without a sandbox where it is not allowed`, () => ['rm x', 'npm test -- x', 'npm test; rm x', 'npm test > x', 'bash -c "npm test"'].forEach((command) => assert.equal(reason(rule(unsandboxed(phase), run(command), facts)), 'command', command)));
  }
  it('is held to the list where the contract switches a working sandbox off', () => {
    assert.deepEqual(['rm x', 'npm test'].map((command) => reason(rule(sessionIn('minimal-hook', { contract: off }), run(command), facts))), ['command', 'allowed']);
  });
  it('is held to the list where the contract requires a sandbox and there is none', () => {
    assert.equal(reason(rule(unsandboxed('minimal-hook', guardedContract.replace('commands: {', 'commands: { sandbox: required,')), run('rm x'), facts)), 'command');
  });
  it('is told what would run', () => {
    const told = rule(unsandboxed('minimal-hook', guardedContract.replace(/commands: .*\n/, '')), run('ls'), facts);
    assert.deepEqual(told, deny('command', 'without a sandbox only these command lines run, joined by && || ; |: (none)'));
    const listed = rule(unsandboxed('minimal-hook'), run('ls'), facts);
    assert.match(listed.allow ? '' : listed.message, /npm test · node --test · ls -la src · git status$/);
  });
});

describe('a proposal', () => {
  it('that Bounded measures itself is allowed', () => phaseNames.forEach((phase) => assert.equal(ruled(phase, { kind: 'report' }), 'allowed')));
  it('outside of a phase is a fault of ours', () => {
    const { session } = new Story(contractOf(guardedContract)).tell(base, phase('review'), boundary('review', 't0'));
    assert.throws(() => rule(session, editOf('src/a.ts'), facts), /outside of a phase/);
    assert.throws(() => ruleTarget(session, 'src/a.ts'), /outside of a phase/);
  });
});
