import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SessionEvent } from '../../../src/core/session/events.ts';
import { joinIds } from '../../../src/core/session/joinedIds.ts';
import { evictedAt, fillOf, heldWhole, type Holdings, holdingsOf, type Needs, roomFor } from '../../../src/core/session/retention.ts';
import { instantText } from '../../../src/core/session/view/instant.ts';
import { viewOf } from '../../../src/core/session/viewOf.ts';
import { base, blob, boundary, flag, opened, phase, write, wrote } from './support/events.ts';
import { Story } from './support/journal.ts';

const file = 'src/model/block.js';
const worked = () => new Story().tell(base, phase('explore'), boundary('explore', 't0'), phase('minimal-hook'), ...opened('m1'),
  wrote('t1', write(file, 'b0', 'b1')), wrote('t2', write(file, 'b1', 'b2')), boundary('minimal-hook', 't2'), phase('production-shape'), wrote('t3', write(file, 'b2', 'b3')), boundary('production-shape', 't3'), phase('review'), wrote('t4', write(file, 'b3', 'b4')));
const evicted = (commit: string, id: string) => ({ type: 'checkpoints/evicted', boundaries: [{ boundary: id, attempt: 1, commit }], limit: 1, by: 's' } as const);

describe('What a session needs of the checkpoint store', () => {
  it('is the base, the newest boundary and the work tree for good, and the other boundaries until they are given up', () => {
    const { fixed, phases } = holdingsOf(worked().session);
    assert.deepEqual([fixed.trees.toSorted(), fixed.commits.toSorted()], [['t0', 't3', 't4'], ['k-production-shape', 'k0']]);
    assert.deepEqual(phases.map((one) => [one.boundary, one.needs.trees, one.needs.commits]), [['explore', ['t0'], ['k-explore']], ['minimal-hook', ['t2'], ['k-minimal-hook']]]);
  });

  it('holds both ends of what a way back undoes, and no state in between', () => {
    const { fixed, phases } = holdingsOf(worked().session);
    assert.deepEqual(fixed.blobs.toSorted(), ['b0', 'b3', 'b4']);
    assert.deepEqual(phases[1]?.needs.blobs.toSorted(), ['b2', 'b4']);
  });

  it('holds what an open flag needs and what a rewound one may bring back, and not what was allowed', () => {
    const stray = (id: string) => write(`src/scheduler/${id}.js`, `${id}0`, `${id}1`, 'command');
    const story = worked().tell(...['f', 'g', 'h'].map((id) => ({ type: 'flags/raised', flags: [flag(id, stray(id))] } as const)), { type: 'flags/settled', settled: [{ flag: 'g', how: 'rewound' }] }, { type: 'flags/settled', settled: [{ flag: 'h', how: 'allowed' }] });
    const { blobs } = holdingsOf(story.session).fixed;
    assert.deepEqual(['f0', 'f1', 'g0', 'g1', 'h0', 'h1'].filter((id) => blobs.includes(id)), ['f0', 'f1', 'g0', 'g1']);
  });

  it('holds what an undo needs, and what its own undoing needs: the trees before and after, and the newest boundary of the line that was left', () => {
    const rewind = { id: 'w', kind: 'boundary', to: 'explore', safety: 't4', tree: 't5', restored: [file], merged: [], left: [], writes: [], by: 'person' } as const;
    const rewound = worked().tell({ type: 'rewind/done', rewind }, wrote('t6', write(file, 'b0', 'c1')));
    const { fixed } = holdingsOf(rewound.session);
    for (const tree of ['t4', 't5', 't3', 't6']) assert.ok(fixed.trees.includes(tree), tree);
    assert.ok(fixed.blobs.includes('b4'));
    const undone = rewound.tell({ type: 'rewind/undone', rewind: 'w', restored: [file], left: [], tree: 't7' });
    for (const tree of ['t4', 't5', 't6', 't7']) assert.ok(holdingsOf(undone.session).fixed.trees.includes(tree), tree);
  });

  it('holds what a conflict needs that a person has not decided yet', () => {
    const rewind = { id: 'w', kind: 'file', to: file, safety: 't4', tree: 't4', restored: [], merged: [], left: [{ path: file, why: 'yours', conflict: true }], writes: [], by: 'person' } as const;
    const story = worked().tell({ type: 'rewind/begun', plan: { id: 'w', kind: 'file', to: file, by: 'person', safety: 't4', rounds: [[{ path: file, target: blob('y0'), expected: blob('y1') }]], beside: [] } }, { type: 'rewind/done', rewind });
    const { blobs } = holdingsOf(story.session).fixed;
    assert.ok(blobs.includes('y0') && blobs.includes('y1'));
  });

  it('holds what commands made of files that the user changed at the same time', () => {
    const story = worked().tell({ type: 'changes/withheld', call: 'c', files: [{ path: file, why: 'yours', blob: blob('w0') }, { path: 'gone', why: 'yours' }] });
    assert.ok(holdingsOf(story.session).fixed.blobs.includes('w0'));
    assert.deepEqual(story.session.withheld.map((one) => one.path), [file, 'gone']);
  });

  it('holds what a rewind needs that was begun and did not end', () => {
    const story = worked().tell({ type: 'rewind/begun', plan: { id: 'w', kind: 'file', to: file, by: 'person', safety: 's0', rounds: [[{ path: file, target: blob('x0'), expected: blob('x1') }]], beside: [] } });
    const { fixed } = holdingsOf(story.session);
    assert.ok(fixed.trees.includes('s0') && fixed.blobs.includes('x0') && fixed.blobs.includes('x1'));
  });

  it('holds git\'s control files as they are, what commands made of them and what they were, also where only a flag or a rewind says so', () => {
    const change = (id: string) => ({ path: `.git/${id}`, call: 'c', before: `file 644 ${id}0`, after: `link ${id}1` });
    const item = (id: string) => ({ path: `.git/${id}`, target: `file 600 ${id}0`, expected: `file 755 ${id}1` });
    const rewind = { id: 'w', kind: 'file', to: '.git/done', safety: 't4', tree: 't5', restored: [], merged: [], left: [], writes: [], beside: [item('done')], by: 'person' } as const;
    const story = worked().tell(
      { type: 'control/seen', control: { 'config': 'file 644 now', 'HEAD': 'file 644 head', 'refs/heads/main': 'ref r0', 'index': 'seen file 644 large' }, head: {}, changed: [] },
      { type: 'changes/written', writes: [], beside: [change('config')], tree: 't4' }, { type: 'flags/raised', flags: [{ ...flag('f', write('.git/flag', 'x', 'y')), beside: change('flag') }] },
      { type: 'rewind/done', rewind }, { type: 'rewind/begun', plan: { id: 'v', kind: 'file', to: '.git/begun', by: 'person', safety: 's0', rounds: [], beside: [item('begun')] } },
    );
    const { blobs } = holdingsOf(story.session).fixed;
    for (const id of ['now', 'head', ...['config', 'flag', 'done', 'begun'].flatMap((one) => [`${one}0`, `${one}1`])]) assert.ok(blobs.includes(id), id);
    for (const id of ['r0', 'large']) assert.ok(!blobs.includes(id), id);
  });

  it('holds the frozen files of the oracle', () => {
    assert.ok(holdingsOf(worked().tell({ type: 'oracle/frozen', files: [{ path: 'oracle/a.mjs', ...blob('o1') }] }).session).fixed.blobs.includes('o1'));
  });

  it('is without a boundary from when that was given up, which is told with its time and offers no way back', () => {
    const story = worked().tell(evicted('k-minimal-hook', 'minimal-hook'));
    assert.deepEqual(holdingsOf(story.session).phases.map((one) => one.boundary), ['explore']);
    assert.ok(holdingsOf(story.session).boundaries.includes('k-minimal-hook'), 'the history of the next one still ends at it');
    const at = evictedAt(story.session, { commit: 'k-minimal-hook' }) ?? assert.fail();
    const row = viewOf(story.session).boundaries.rows.find((one) => one.name === 'minimal-hook');
    assert.deepEqual([row?.boundary, row?.detail], [undefined, `no way back: removed on ${instantText(at)} to make room`]);
  });
});

/** What a session over several roots does next, with the places of writes and boundaries that it is about. */
const act = fc.tuple(fc.constantFrom('write', 'boundary', 'rewind', 'rewind a file', 'begin a rewind', 'undo', 'give up', 'verdict'), fc.nat(9), fc.nat(1));

/** The same story for one root, by its place, or for all of them with their ids joined. Nothing but the ids of trees and commits differs. */
function storyOf(acts: readonly (readonly [string, number, number])[], count: number, root?: number): Story {
  const id = (name: string): string => (root === undefined ? joinIds(Array.from({ length: count }, (_, place) => `${name}-${place}`)) : `${name}-${root}`);
  const story = new Story().tell({ type: 'base/taken', base: { tree: id('t'), commit: id('k'), dirty: [], notCovered: [] } });
  for (const [at, [what, pick, second]] of acts.entries()) {
    const { line, rewinds, evicted: gone } = story.session;
    const [tree, wrote] = [id(`t${at}`), write(second === 0 ? 'src/a' : '../api/b', `b${at}`, `c${at}`)];
    const given = line.boundaries.filter((one) => gone[one.commit] === undefined);
    const [target, undoable, leaving] = [given[pick % Math.max(1, given.length)], rewinds.findLast((one) => !one.undone), given.at(0)];
    const rewind = { id: `w${at}`, to: 'src/a', safety: id(`s${at}`), tree, restored: [], merged: [], left: [], writes: [], by: 'person' } as const;
    const next: SessionEvent | undefined = what === 'write' ? { type: 'changes/written', writes: [wrote], tree }
      : what === 'boundary' ? { type: 'boundary/crossed', boundary: `b${at}`, phase: 'minimal-hook', tree, commit: id(`k${at}`), notCovered: [], change: { files: 0, added: 0, removed: 0 } }
      : what === 'rewind' ? target && { type: 'rewind/done', rewind: { ...rewind, kind: 'boundary', to: target.id } }
      : what === 'rewind a file' ? { type: 'rewind/done', rewind: { ...rewind, kind: 'file', writes: [wrote] } }
      : what === 'begin a rewind' ? { type: 'rewind/begun', plan: { id: rewind.id, kind: 'file', to: 'src/a', by: 'person', safety: rewind.safety, rounds: [[{ path: 'src/a', target: blob('x'), expected: null }]], beside: [] } }
      : what === 'undo' ? undoable && { type: 'rewind/undone', rewind: undoable.id, restored: [], left: [], tree }
      : what === 'give up' ? leaving && leaving !== line.boundaries.at(-1) ? { type: 'checkpoints/evicted', boundaries: [{ boundary: leaving.id, attempt: 1, commit: leaving.commit }], limit: 1, by: 's' } : undefined
      : { type: 'verdict/reached', verdict: 'pass', tree, change: { files: 0, added: 0, removed: 0 }, because: [] };
    if (next !== undefined) story.tell(next);
  }
  return story;
}

describe('What a session over several roots needs of their checkpoint stores', () => {
  it('is together what it would need of each if that were its only root, with the names of its boundaries', () => {
    const sorted = (all: readonly Needs[]) => (['trees', 'blobs', 'commits'] as const).map((kind) => [...new Set(all.flatMap((one) => one[kind]))].sort());
    fc.assert(fc.property(fc.array(act, { maxLength: 25 }), fc.integer({ min: 1, max: 3 }), (acts, count) => {
      const { session } = storyOf(acts, count);
      const whole = holdingsOf(session);
      const each: readonly Holdings[] = Array.from({ length: count }, (_, root) => holdingsOf(storyOf(acts, count, root).session));
      assert.deepEqual(sorted([whole.fixed]), sorted(each.map((one) => one.fixed)));
      assert.deepEqual(whole.boundaries.toSorted(), each.flatMap((one) => one.boundaries).sort());
      assert.deepEqual(whole.phases.map((one) => [one.boundary, one.commit]), each[0]?.phases.map((one, at) => [one.boundary, joinIds(each.map(({ phases }) => phases[at]?.commit ?? ''))]));
      for (const [at, phase] of whole.phases.entries()) assert.deepEqual(sorted([phase.needs]), sorted(each.flatMap(({ phases }) => phases[at]?.needs ?? [])));
      // No id of several roots together: a store would have it for one that it does not have, and let the content go.
      assert.ok(![whole.fixed, ...whole.phases.map((one) => one.needs)].some((one) => [...one.trees, ...one.commits, ...whole.boundaries].some((name) => name.includes('+') || name === '')));
      const held = heldWhole(whole);
      assert.deepEqual([held.phases, sorted([held.fixed])], [[], sorted([whole.fixed, ...whole.phases.map((one) => one.needs)])]);
    }));
  });
});

describe('The fill of the checkpoint store', () => {
  it('is said from four fifths on, and room is made down to there', () => {
    assert.deepEqual([800, 801, 1000, 1001].map((bytes) => fillOf(bytes, 1000)), ['free', 'filling', 'filling', 'full']);
    assert.equal(fillOf(roomFor(1000), 1000), 'free');
  });

  it('stands in the view with what goes next', () => {
    const next = { phases: [{ session: 'other', name: 'norms', boundaries: [{ boundary: 'review', attempt: 1, commit: 'k' }] }], bytes: 2 ** 30 };
    const view = viewOf(worked().tell({ type: 'store/measured', bytes: 3.5 * 2 ** 30, limit: 2 ** 32, next }).session);
    assert.deepEqual(view.budgets.at(-1), { name: 'Checkpoints', used: '3.5 GiB', of: '4 GiB', share: 88, high: true });
    assert.deepEqual(view.warnings, ['Checkpoints take 3.5 GiB of at most 4 GiB. When that is reached, no rewind is possible any more to review of the norms session other (1 GiB).']);
    assert.deepEqual(viewOf(worked().tell({ type: 'store/measured', bytes: 5, limit: 2 ** 32 }).session).warnings, []);
  });

  it('is each root\'s own, by its name', () => {
    const view = viewOf(worked().tell({ type: 'store/measured', bytes: 2 ** 30, limit: 2 ** 32 }, { type: 'store/measured', root: '../api', bytes: 2 ** 31, limit: 2 ** 30, stuck: 'others work there' }).session);
    assert.deepEqual(view.budgets.slice(-2).map((one) => [one.name, one.used, one.of]), [['Checkpoints', '1 GiB', '4 GiB'], ['Checkpoints in ../api', '2 GiB', '1 GiB']]);
    assert.deepEqual(view.warnings, ['Checkpoints in ../api take 2 GiB of at most 1 GiB, and no room can be made: others work there. "Bounded: Prune" removes everything of that repository; a larger limit is a setting.']);
  });
});

describe('A time in words', () => {
  it('is the same as the platform\'s, on leap days and beyond', () => {
    for (const at of ['1970-01-01T00:00:00Z', '2000-02-29T23:59:59Z', '2024-02-29T12:00:00Z', '2026-11-21T14:03:09Z', '2100-03-01T00:00:00Z', '2026-12-31T23:59:00Z']) {
      assert.equal(instantText(Date.parse(at)), `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`);
    }
  });
});
