import assert from 'node:assert/strict';
import { runsOn } from '../../../src/core/session/line.ts';
import { evictedAt } from '../../../src/core/session/retention.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { sessionOfRoot } from '../../../src/core/session/sessionOfRoot.ts';

const write = (path: string) => ({ path });
const runOf = (id: string, tree: string) => ({ id, tree, purpose: 'boundary', tampered: [], cells: [] });

/** Two boundaries; since the last one something changed in the main root alone. */
const session = {
  tree: 'a2+b1', contract: { roots: ['../api'] }, evicted: { 'c1+d0': 5 }, verdict: { verdict: 'pass', tree: 'a1+b1', because: [] }, leftRuns: [runOf('r0', 'a2+b1')],
  base: { tree: 'a0+b0', commit: 'c0+d0', head: '+h', dirty: ['x', '../api/y'], notCovered: [] },
  line: {
    writes: ['a', '../api/b', 'c', '../web/z'].map(write), runs: [runOf('r1', 'a1+b1'), runOf('r2', 'a2+b1')], runsFrom: 0,
    boundaries: [{ id: 'first', tree: 'a1+b0', commit: 'c1+d0', line: { writes: [write('a')] } }, { id: 'second', tree: 'a1+b1', commit: 'c2+d1', line: { writes: ['a', '../api/b'].map(write) } }],
  },
} as unknown as Session;

describe('a session in one of its roots', () => {
  it('has the base, the boundaries and the writes of that root', () => {
    const [main, api] = [sessionOfRoot(session, ''), sessionOfRoot(session, '../api')];
    assert.deepEqual([main.base?.tree, main.base?.head, main.base?.dirty, api.base?.tree, api.base?.head, api.base?.dirty], ['a0', undefined, ['x'], 'b0', 'h', ['y']]);
    assert.deepEqual([main, api].map(({ line }) => line.writes.map(({ path }) => path)), [['a', 'c'], ['b']]);
    assert.deepEqual(api.line.boundaries.map(({ tree, commit, line }) => [tree, commit, line.writes.map(({ path }) => path)]), [['b0', 'd0', []], ['b1', 'd1', ['b']]]);
    assert.deepEqual([main.tree, api.tree], ['a2', 'b1']);
  });

  it('has lost the boundaries that the session has, also where their content is still there', () => {
    for (const root of ['', '../api']) {
      const own = sessionOfRoot(session, root);
      assert.deepEqual(own.line.boundaries.map((one) => evictedAt(own, one)), [5, undefined]);
    }
  });

  it('has no verdict and no run that was measured with another content of another root', () => {
    const api = sessionOfRoot(session, '../api');
    assert.notEqual(api.verdict?.tree, api.tree, 'the content here is the same, that of the main root is not');
    assert.deepEqual(runsOn(api, 'b1').map(({ id }) => id), ['r0', 'r2']);
    const settled = sessionOfRoot({ ...session, tree: 'a1+b1' }, '../api');
    assert.equal(settled.verdict?.tree, settled.tree);
    assert.deepEqual(runsOn(settled, 'b1').map(({ id }) => id), ['r1']);
  });
});
