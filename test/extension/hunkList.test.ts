import assert from 'node:assert/strict';
import type { ListedHunk } from '../../src/core/session/listedHunk.ts';
import type { Session } from '../../src/core/session/session.ts';
import { HunkList } from '../../src/extension/hunks/hunkList.ts';

const hunk = { path: 'a', hunk: 'h', line: 1, added: 1, removed: 0, what: 'changed', writes: [], users: false, standing: 'in-scope' } satisfies ListedHunk;
const sessionAt = (tree: string): Session => ({ tree, line: { writes: [], flags: [] } }) as unknown as Session;

describe('The list of hunks', () => {
  it('is found for the newest state also where the search before it failed', async () => {
    const failures: unknown[] = [];
    const list = new HunkList(async ({ tree }) => {
      if (tree === 'one') throw new Error('the store cannot be read');
      return [hunk];
    }, () => undefined, (error) => failures.push(error));
    list.follow(sessionAt('one'));
    list.follow(sessionAt('two'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([list.now, failures.length], [[hunk], 1]);
  });
});
