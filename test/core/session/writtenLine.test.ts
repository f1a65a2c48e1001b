import assert from 'node:assert/strict';
import { writtenLine } from '../../../src/core/session/view/writtenLine.ts';

describe('The line that is being written', () => {
  const last = (...pieces: readonly string[]): string | undefined => {
    const told: string[] = [];
    const write = writtenLine((line) => told.push(line));
    for (const piece of pieces) write(piece);
    return told.at(-1);
  };

  it('is whole wherever the pieces break', () => {
    assert.equal(last('First I rea', 'd the sched', 'uler.'), 'First I read the scheduler.');
    assert.equal(last('One.\nTwo ', 'three'), 'Two three');
  });

  it('stays until the next one begins, and has an end however long it is', () => {
    assert.equal(last('One.\n', '\n'), 'One.');
    assert.equal(last('One.\n', 'T'), 'T');
    assert.equal(last('x'.repeat(1000), 'y')?.length, 400);
  });
});
