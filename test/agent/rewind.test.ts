import assert from 'node:assert/strict';
import { planRewind } from '../../src/agent/restoreRounds.ts';
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
