import assert from 'node:assert/strict';
import { draftOf, hindranceOf, isDecided } from '../../src/extension/conflicts/texts.ts';

describe('The texts of a conflict in the merge editor', () => {
  const sides = { base: 'a\nsession\n', yours: 'a\nmine\n', rewound: 'a\nb\n', undecided: 'a\nsession\n' };

  it('are decided neither as they begin nor as the editor shows them before anybody decided', () => {
    for (const text of [draftOf(sides), sides.undecided, 'a\n<<<<<<< yours\nmine\n=======\nb\n>>>>>>> rewound\n']) assert.equal(isDecided(text, sides), false, text);
    for (const text of [sides.yours, sides.rewound, 'a\nmine\nb\n']) assert.equal(isDecided(text, sides), true, text);
  });

  it('begin with the line ends and the byte-order mark that the result shall have', () => {
    const small = { yours: '\uFEFFmine\r\n', rewound: '\uFEFFb\r\n' };
    assert.match(draftOf(small), /^\uFEFF<<<<<<< .*\r\n/);
    assert.doesNotMatch(draftOf(small), /[^\r]\n/);
    assert.doesNotMatch(draftOf(sides), /\uFEFF|\r/);
  });

  it('are not opened where an editor would change more than a person does', () => {
    assert.equal(hindranceOf(sides), undefined);
    assert.match(hindranceOf({ ...sides, yours: 'a\r\nmine\n' }) ?? '', /lines end in different ways/);
    assert.match(hindranceOf({ ...sides, yours: 'a\nmine \udcff\n' }) ?? '', /not UTF-8/);
  });
});
