import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clip, count, legible, longestText } from '../../src/webview/text.ts';

describe('Text that is drawn', () => {
  it('is the text itself where nothing is hidden in it and it is short', () => {
    assert.equal(legible('src/model/block.js · forward() ≤ 1e-6 שלום مرحبا 👩‍🔬'), 'src/model/block.js · forward() ≤ 1e-6 שלום مرحبا 👩‍🔬');
  });

  it('spells out what would reorder, hide or control', () => {
    assert.equal(legible('a\u202eb\u2066c\u200bd\u0007e\ufefff'), 'a\\u{202e}b\\u{2066}c\\u{200b}d\\u{7}e\\u{feff}f');
  });

  it('keeps line ends and tabs, which only separate', () => {
    assert.equal(legible('a\n\tb'), 'a\n\tb');
  });

  it('is cut between characters and says how much is missing', () => {
    assert.equal(clip('abcdef', 4), 'abcd… (2 more characters)');
    assert.equal(clip('abc👩def', 4), 'abc… (5 more characters)');
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (text, most) => {
      const cut = clip(text, most);
      assert.ok(text.length <= most ? cut === text : cut.length <= most + '… (60 more characters)'.length);
      assert.equal([...cut].some((character) => /^[\ud800-\udbff]$/u.test(character)), [...text].some((character) => /^[\ud800-\udbff]$/u.test(character)));
    }));
  });

  it('stays short however long it was', () => {
    assert.ok(legible('x'.repeat(100_000)).length < longestText + 40);
  });

  it('counts with the right noun', () => {
    assert.deepEqual([0, 1, 2].map((number) => count(number, 'file')), ['0 files', '1 file', '2 files']);
  });
});
