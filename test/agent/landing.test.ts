import assert from 'node:assert/strict';
import { concerns } from '../../src/agent/landing.ts';

describe('What landed of a command', () => {
  it('explains a change beside the tree at its path, in it and around it, and no other', () => {
    const isOurs = concerns({ before: '', withheld: [], landed: new Set(['a/b/file', 'gone']) });
    assert.deepEqual(['a/b/file', 'a/b', 'a', 'gone', 'gone/in/it'].filter((path) => !isOurs(path)), []);
    assert.deepEqual(['a/c', 'a/b/other', 'gone2', 'b', 'a/b/file2'].filter(isOurs), []);
  });
});
