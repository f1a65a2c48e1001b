import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type PhaseName, phaseNames } from '../../../src/core/contract/contract.ts';
import { phaseRights } from '../../../src/core/guard/rights.ts';
import { standingOf } from '../../../src/core/guard/standing.ts';
import { sessionIn } from './support/sessions.ts';

const standing = (phase: PhaseName, path: string) => standingOf(sessionIn(phase), phase, path).standing;
const looking: readonly PhaseName[] = ['explore', 'baseline', 'review'];
const working: readonly PhaseName[] = ['minimal-hook', 'production-shape'];

type Standings = readonly [looking: string, oracleOnly: string, working: string];
const [open, closed, frozen] = ['in-scope', 'out-of-scope', 'oracle-protected'];

describe('a change', () => {
  const cases: readonly (readonly [why: string, paths: readonly string[], standings: Standings])[] = [
    ['of the scope is open in the phases that work', ['src/a.ts', 'src/deep/b.ts', 'docs/x.md', 'notes.txt', 'x/y/notes.txt'], [closed, closed, open]],
    ['of a neighbour is never open', ['src/scheduler/queue.ts', 'src/scheduler/deep/x'], [closed, closed, closed]],
    ['of a name in never is never open, also inside of the scope and of the oracle', ['src/yarn.lock', 'oracle/x.lock', 'docs/y.lock'], [closed, closed, closed]],
    ['of the oracle is open in oracle-only and frozen in every other phase', ['oracle/compare.mjs', 'src/fixtures/expected.json'], [frozen, open, frozen]],
    ['of the oracle is frozen also where the scope names it', ['oracle/draft/x.mjs'], [frozen, open, frozen]],
    ['of anything else is out of scope', ['README.md', 'lib/x', 'docs/deep/x.md', 'docs/x.txt', 'src', 'srcx/a', 'asrc/a.ts'], [closed, closed, closed]],
    ['of the contract is out of scope, wherever it lies', ['tasks/extract.yaml'], [closed, closed, closed]],
    ['of git, of Bounded and of contracts is out of scope', ['.git/config', 'src/.git/hooks/x', '.bounded/x/PLAN.md', 'src/x.bounded.yaml'], [closed, closed, closed]],
    ['of a file that tools obey is out of scope although the scope sweeps over it', ['src/package.json', 'src/.vscode/tasks.json', 'src/conftest.py', 'oracle/.npmrc', 'oracle/package.json'], [closed, closed, closed]],
    ['of a file that tools obey is open where the scope names it', ['.github/workflows/ci.yml'], [closed, closed, open]],
  ];
  for (const [why, paths, [inLooking, inOracle, inWorking]] of cases) {
    it(why, () => {
      for (const path of paths) {
        for (const phase of looking) assert.equal(standing(phase, path), inLooking, `${path} in ${phase}`);
        assert.equal(standing('oracle-only', path), inOracle, `${path} in oracle-only`);
        for (const phase of working) assert.equal(standing(phase, path), inWorking, `${path} in ${phase}`);
      }
    });
  }

  it('is out of scope in every spelling of what never changes, however the file system folds names', () => {
    for (const path of ['src/.GIT/config', 'src/.git./config', 'src/git~1/config', 'src/.g\u200cit/x', '.BOUNDED/x', 'src/X.Bounded.YAML', 'src/PACKAGE.json', 'src/.VSCODE/tasks.json', 'src\\.git\\config', './.git/config']) {
      assert.equal(standing('minimal-hook', path), closed, path);
    }
  });
  it('of a path that is no workspace path is never in scope by the words before its `..`', () => {
    for (const path of ['/src/a.ts', '/etc/passwd', '../src/a.ts', '..', '', '.', 'C:\\src\\a.ts', 'src']) assert.equal(standing('minimal-hook', path), closed, path);
  });
  it('in another case than the scope is out of scope', () => {
    for (const path of ['SRC/a.ts', 'Docs/x.md', 'docs/x.MD']) assert.equal(standing('minimal-hook', path), closed, path);
  });

  it('names the glob that decided', () => {
    const rule = (phase: PhaseName, path: string) => standingOf(sessionIn(phase), phase, path).rule;
    assert.equal(rule('minimal-hook', 'src/a.ts'), 'scope.change: src/**');
    assert.equal(rule('minimal-hook', 'src/scheduler/x'), 'scope.never: src/scheduler/**');
    assert.equal(rule('oracle-only', 'oracle/a'), 'scope.oracle: oracle/**');
    assert.equal(rule('review', 'oracle/a'), 'scope.oracle: oracle/** does not change in review');
    assert.equal(rule('explore', 'src/a.ts'), 'explore may change nothing');
    assert.equal(rule('oracle-only', 'src/a.ts'), 'oracle-only may change the oracle\'s files only');
    assert.equal(rule('minimal-hook', 'README.md'), 'no glob of scope.change matches');
    assert.equal(rule('minimal-hook', 'src/package.json'), 'protected: package.json');
    assert.equal(rule('minimal-hook', 'tasks/extract.yaml'), 'the contract changes by an amendment only');
  });

  it('in scope is one of the scope in a working phase or one of the oracle in oracle-only, whatever the path', () => {
    const sessions = new Map(phaseNames.map((phase) => [phase, sessionIn(phase)]));
    const path = fc.array(fc.constantFrom('src', 'oracle', 'docs', 'scheduler', 'fixtures', 'draft', 'a.ts', 'x.md', 'x.lock', 'notes.txt', '.git', 'package.json', 'SRC', ' '), { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    fc.assert(fc.property(path, fc.constantFrom(...phaseNames), (one, phase) => {
      const session = sessions.get(phase);
      assert.ok(session !== undefined);
      if (standingOf(session, phase, one).standing !== 'in-scope') return;
      const right = phaseRights[phase];
      assert.notEqual(right, 'nothing');
      const ofOracle = /^(oracle|src\/fixtures)\//.test(one);
      assert.equal(ofOracle, right === 'oracle', `${one} in ${phase}`);
      assert.match(one, /^src\/|^docs\/[^/]*\.md(\/|$)|(^|\/)notes\.txt(\/|$)|^oracle\//);
      assert.doesNotMatch(one, /^src\/scheduler\/|\.lock(\/|$)|(^|\/)(\.git|package\.json)(\/|$)/);
    }), { numRuns: 2000 });
  });
});
