import assert from 'node:assert/strict';
import type { Blob, Write } from '../../../src/core/session/changes.ts';
import type { DoneRewind, Session } from '../../../src/core/session/session.ts';
import { undone } from '../../../src/core/session/undo.ts';

const blob: Blob = { oid: 'x', mode: '100644' };
const size = { path: 'a', added: 1, removed: 0, binary: false };

describe('the undoing of a rewind', () => {
  it('says of what comes back who made it and when, not when it was rewound', () => {
    const made: Write = { ...size, after: blob, by: 'command', call: 'c1', phase: 'minimal-hook', attempt: 1, turn: 2 };
    const taken: Write = { ...size, before: blob, by: 'rewind', call: '', phase: 'production-shape', attempt: 2, turn: 7 };
    const line = { writes: [made, taken], flags: [], beside: [] };
    const rewind = { id: 'r', kind: 'file', writes: [taken], previous: { ...line, writes: [made] }, beside: [] } as unknown as DoneRewind;
    const { own } = undone({ line, writes: line.writes } as unknown as Session, rewind, { type: 'rewind/undone', rewind: 'r', restored: ['a'], changes: [{ ...size, after: blob }], left: [], tree: 't' });
    assert.deepEqual(own.map(({ by, call, phase, attempt, turn }) => [by, call, phase, attempt, turn]), [['command', 'c1', 'minimal-hook', 1, 2]]);
  });
});
