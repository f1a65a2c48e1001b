import assert from 'node:assert/strict';
import type { Blob, Write } from '../../src/core/session/changes.ts';
import type { Session } from '../../src/core/session/session.ts';
import { changeOf, netChanges } from '../../src/extension/changes.ts';

const blob = (oid: string): Blob => ({ oid, mode: '100644' });
const write = (before: string, after: string, more: Partial<Write> = {}): Write => ({ path: 'a', before: blob(before), after: blob(after), added: 1, removed: 1, binary: false, by: 'tool', call: 'c', phase: 'p', attempt: 1, turn: 1, ...more });
const changed = (...writes: Write[]): readonly string[] => netChanges({ line: { writes } } as unknown as Session).map(({ path }) => path);

describe('What the editor shows as changed by the session', () => {
  it('is no file whose change was rewound, whatever the user has there', () => {
    assert.deepEqual(changed(write('base', 'session')), ['a']);
    assert.deepEqual(changed(write('base', 'session'), write('session', 'base', { by: 'rewind' })), []);
    assert.deepEqual(changed(write('base', 'session'), write('session and mine', 'mine', { by: 'rewind', call: '', cancels: { before: blob('base'), after: blob('session') } })), []);
  });

  it('can be looked at all the same, one file at a time', () => {
    const writes = [write('base', 'session'), write('session', 'base', { by: 'rewind' })];
    assert.deepEqual(changeOf({ line: { writes } } as unknown as Session, 'a'), { path: 'a', binary: false, before: blob('base'), after: blob('base') });
  });
});
