import assert from 'node:assert/strict';
import type { Blob, Write } from '../../../src/core/session/changes.ts';
import { sharesOf } from '../../../src/core/session/shares.ts';

const side = (key: 'before' | 'after', name: string | undefined): object => (name === undefined ? {} : { [key]: { oid: name, mode: '100644' } satisfies Blob });

const change = (path: string, before?: string, after?: string): { readonly path: string } => ({ path, ...side('before', before), ...side('after', after) });

const write = (path: string, before?: string, after?: string): Write => ({ ...change(path, before, after), added: 1, removed: 0, binary: false, by: 'tool', call: 'c', phase: 'minimal-hook', attempt: 1, turn: 1 });

/** Whose the change of `a` from `old` to `new` is. */
function whose(...writes: readonly Write[]): string {
  const { users, both } = sharesOf([change('a', 'old', 'new')], writes);
  return users.has('a') ? 'the user' : both.has('a') ? 'both' : 'the session';
}

describe('whose a change is', () => {
  it('is the session\'s where its writes lead from the one content to the other', () => {
    assert.equal(whose(write('a', 'old', 'x'), write('b', 'y', 'z'), write('a', 'x', 'new')), 'the session');
  });

  it('is the user\'s where the session wrote nothing there, or took back what it wrote', () => {
    assert.equal(whose(), 'the user');
    assert.equal(whose(write('b', 'old', 'new')), 'the user');
    assert.equal(whose(write('a', 'old', 'x'), write('a', 'x', 'old')), 'the user');
  });

  it('is the user\'s where a person took back all that the session had there, and the session\'s where it wrote again', () => {
    const ends: Write = { ...write('a', 'new', 'old'), by: 'rewind', ends: true };
    assert.equal(whose(write('a', 'old', 'new'), ends), 'the user');
    assert.equal(whose(write('a', 'old', 'x'), ends, write('a', 'old', 'new')), 'the session');
  });

  it('is of both where the user changed the path before, between or after the session\'s writes', () => {
    assert.equal(whose(write('a', 'mine', 'new')), 'both');
    assert.equal(whose(write('a', 'old', 'x'), write('a', 'mine', 'new')), 'both');
    assert.equal(whose(write('a', 'old', 'x')), 'both');
  });

  it('knows files that come and go', () => {
    const shares = sharesOf([change('made', undefined, 'x'), change('gone', 'x'), change('remade', undefined, 'mine')], [write('made', undefined, 'x'), write('gone', 'x'), write('remade', undefined, 'x')]);
    assert.deepEqual([[...shares.users], [...shares.both]], [[], ['remade']]);
  });
});
