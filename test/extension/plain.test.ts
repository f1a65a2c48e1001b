import assert from 'node:assert/strict';
import { plain, plainForTerminal } from '../../src/extension/plain.ts';

/** What the editor makes a link of in a notification. */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)/i;

describe('A text of a model in the editor', () => {
  it('is no link in a notification', () => {
    const hostile = 'Done. [Show](command:bounded.approve) or [[x]](https://example.org) or [a][b](command:c)';
    assert.match(hostile, link);
    assert.doesNotMatch(plain(hostile), link);
    assert.equal(plain('src/[id](copy).js and a plain sentence'), 'src/[id] (copy).js and a plain sentence');
  });

  it('has no say over a terminal', () => {
    assert.equal(plainForTerminal('a\x1b[2Jb\x07\x9bc\r\nd\n\te'), 'a[2Jbc\r\nd\r\n\te');
  });
});
