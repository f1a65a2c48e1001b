import assert from 'node:assert/strict';
import { listedHunks } from '../../../src/core/session/listedHunk.ts';
import { base, flag, phase, write, wrote } from './support/events.ts';
import { Story } from './support/journal.ts';

describe('how a part of the change stands', () => {
  const stray = write('src/other/neighbour.js', 'a', 'b', 'command');
  const standing = (how?: 'left' | 'rewound' | 'allowed', of: 'out-of-scope' | 'over-budget' = 'out-of-scope') => {
    const story = new Story().tell(base, phase('minimal-hook'), wrote('t1', stray), { type: 'flags/raised', flags: [flag('f1', stray, { standing: of })] });
    if (how !== undefined) story.tell({ type: 'flags/settled', settled: [{ flag: 'f1', how }] });
    return listedHunks(story.session, stray, [], [{ ...stray, write: stray, hunks: [] }]).map((one) => one.standing);
  };

  it('is that of its flag, also where a person left it as it is', () => {
    assert.deepEqual([standing(), standing('left'), standing('rewound'), standing('allowed')].flat(), ['out-of-scope', 'out-of-scope', 'in-scope', 'in-scope']);
  });

  it('is in scope again where only the diff budget was passed, and is not any more', () => {
    assert.deepEqual([standing(undefined, 'over-budget'), standing('left', 'over-budget')].flat(), ['over-budget', 'in-scope']);
  });
});
