import assert from 'node:assert/strict';
import type { Rehearsal, RestoreItem, RestoreOutcome } from '../../src/agent/ports.ts';
import { planRewind, restoreRounds } from '../../src/agent/rewind/restoreRounds.ts';
import { revertAll } from '../../src/agent/rewind/rewindHunks.ts';
import type { Run } from '../../src/agent/run.ts';
import type { Blob, Write } from '../../src/core/session/changes.ts';

const blob = (name: string): Blob => ({ oid: name, mode: '100644' });

function write(path: string, before: string | undefined, after: string | undefined): Write {
  return {
    path, ...(before === undefined ? {} : { before: blob(before) }), ...(after === undefined ? {} : { after: blob(after) }),
    added: 1, removed: 0, binary: false, by: 'tool', call: `${before}-${after}`, phase: 'minimal-hook', attempt: 1, turn: 1,
  };
}

describe('the plan of a rewind', () => {
  it('undoes an unbroken stretch of the session\'s own writes in one step', () => {
    assert.deepEqual(planRewind([write('a', 'base', 'x'), write('a', 'x', 'y')]), [[{ path: 'a', target: blob('base'), expected: blob('y') }]]);
  });

  it('never goes over a change of the user between two writes: each stretch is undone by itself, the latest first', () => {
    assert.deepEqual(planRewind([write('a', 'base', 'x'), write('a', 'x and the user', 'y')]), [
      [{ path: 'a', target: blob('x and the user'), expected: blob('y') }], [{ path: 'a', target: blob('base'), expected: blob('x') }],
    ]);
  });

  it('goes back to what the user had made of the file, not to the boundary before that', () => {
    assert.deepEqual(planRewind([write('a', 'the user', 'x')]), [[{ path: 'a', target: blob('the user'), expected: blob('x') }]]);
  });

  it('leaves out a stretch that ends as it began, also between others', () => {
    assert.deepEqual(planRewind([write('a', 'base', 'x'), write('a', 'x', 'base')]), []);
    assert.deepEqual(planRewind([write('a', 'base', 'x'), write('a', 'the user', 'y'), write('a', 'y', 'the user'), write('b', 'base', 'x')]), [
      [{ path: 'a', target: blob('base'), expected: blob('x') }, { path: 'b', target: blob('base'), expected: blob('x') }],
    ]);
  });

  it('removes what the session created and brings back what it deleted', () => {
    assert.deepEqual(planRewind([write('new', undefined, 'x'), write('old', 'y', undefined)]), [[
      { path: 'new', target: null, expected: blob('x') }, { path: 'old', target: blob('y'), expected: null },
    ]]);
  });
});

describe('the rounds of a rewind', () => {
  /** A workspace whose restores answer one after the other. `asked` takes what was asked of it; `foretold` is what a rehearsal answers. */
  function playing(answers: readonly Partial<RestoreOutcome>[], asked: (readonly RestoreItem[])[], foretold: Partial<Rehearsal> = { does: 'back' }, unsaved: readonly string[] = []): Run {
    const entries = async (tree: string) => new Map([['a', blob(`a in ${tree}`)]]);
    const restore = async (items: readonly RestoreItem[]) => ({ restored: [], merged: [], left: [], now: new Map(), ...answers[asked.push(items) - 1] });
    return { ports: { workspace: { entries, restore, rehearse: async () => foretold, capture: async () => ({ tree: 'now' }) }, user: { unsaved: () => unsaved } } } as unknown as Run;
  }

  const item = (path: string, target: string, expected: string): RestoreItem => ({ path, target: blob(target), expected: blob(expected) });
  const rounds = [[item('a', 'the user', 'y'), item('b', 'base', 'x')], [item('a', 'base', 'x')]];
  const first = { restored: ['a', 'b'], now: new Map([['a', blob('a in now')]]) };
  const stays = { left: [{ path: 'a', why: 'you changed it' }] };

  it('give a path back what it had before the first where a later one leaves it', async () => {
    const asked: (readonly RestoreItem[])[] = [];
    const outcome = await restoreRounds(playing([first, stays, { restored: ['a'] }], asked), rounds, 'before');
    assert.deepEqual(asked.at(-1), [item('a', 'a in before', 'a in now')]);
    assert.deepEqual(outcome, { restored: ['b'], merged: [], left: [{ path: 'a', why: 'you changed it' }], now: new Map() });
  });

  it('do not touch a path that a later one is known to leave, unless it makes room for others', async () => {
    const foretold = { does: 'conflict', why: 'you changed the same lines' } as const;
    const asked: (readonly RestoreItem[])[] = [];
    const outcome = await restoreRounds(playing([{ restored: ['b'] }], asked, foretold), rounds, 'before');
    assert.deepEqual(asked.flat(), [item('b', 'base', 'x')]);
    assert.deepEqual(outcome.left, [{ path: 'a', why: 'you changed the same lines', conflict: true }]);
    const inTheWay: (readonly RestoreItem[])[] = [];
    await restoreRounds(playing([first, stays, { restored: ['a'] }], inTheWay, { ...foretold, goesFirst: true }), rounds, 'before');
    assert.deepEqual(inTheWay[0], rounds[0]);
  });

  it('leave a path that has unsaved changes in an editor, also where a person began to type after they were asked', async () => {
    const asked: (readonly RestoreItem[])[] = [];
    const outcome = await restoreRounds(playing([{ restored: ['a'] }, {}], asked, { does: 'back' }, ['b']), rounds, 'before');
    assert.deepEqual([outcome.left, asked.flat().map(({ path }) => path)], [[{ path: 'b', why: 'it has unsaved changes in an editor' }], ['a', 'a']]);
    const files = [{ path: 'b', hunks: [] }];
    assert.deepEqual((await revertAll(playing([], [], {}, ['b']), files)).left, [{ path: 'b', why: 'it has unsaved changes in an editor' }]);
  });

  it('tell a path as changed and as left where not even that is possible, so that an undo brings it back', async () => {
    const outcome = await restoreRounds(playing([first, stays, stays], []), rounds, 'before');
    assert.deepEqual(outcome, { restored: ['b'], merged: ['a'], left: [{ path: 'a', why: 'you changed it; it was rewound in part' }], now: first.now });
  });

  it('leave a path to the user who has changed it since a round did', async () => {
    const asked: (readonly RestoreItem[])[] = [];
    const outcome = await restoreRounds(playing([{ restored: ['a', 'b'], now: new Map([['a', blob('the user')]]) }, stays], asked), rounds, 'before');
    assert.deepEqual(asked.at(-1), []);
    assert.deepEqual(outcome, { restored: ['b'], merged: [], left: [{ path: 'a', why: 'you changed it; it was rewound in part, and you changed it meanwhile' }], now: new Map() });
  });
});
