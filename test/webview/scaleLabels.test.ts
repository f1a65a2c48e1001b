import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layOut } from '../../src/webview/sections/scaleLabels.ts';

const marks = fc.array(fc.record({ at: fc.double({ min: -50, max: 150, noNaN: true }), text: fc.string({ maxLength: 40 }) }), { maxLength: 8 });

/** Left and right edge of a label, in percent of the line at the narrowest width. */
function edges({ at, anchor, text }: { at: number; anchor: string; text: string }): readonly [number, number] {
  const width = Math.min(100, text.length * 3.4);
  if (anchor === 'start') return [at, at + width];
  return anchor === 'end' ? [at - width, at] : [at - width / 2, at + width / 2];
}

describe('Labels of the scale', () => {
  it('stand under their marks in one line where there is room', () => {
    const { labels, lanes } = layOut([{ at: 48, text: '≤ 1e-6' }, { at: 12, text: 'noise 1e-8' }, { at: 84, text: 'decoy 4e-3' }]);
    assert.equal(lanes, 1);
    assert.deepEqual(labels.map(({ text, anchor }) => [text, anchor]), [['noise 1e-8', 'start'], ['≤ 1e-6', 'middle'], ['decoy 4e-3', 'end']]);
  });

  it('give way to a second line where they would touch', () => {
    assert.deepEqual(layOut([{ at: 40, text: 'noise 1e-8' }, { at: 48, text: '≤ 1e-6' }]).labels.map(({ lane }) => lane), [0, 1]);
  });

  it('never leave the line and never cover each other', () => {
    fc.assert(fc.property(marks, (all) => {
      const { labels, lanes } = layOut(all);
      for (const [index, label] of labels.entries()) {
        const [from, to] = edges(label);
        assert.ok(from >= -1e-9 && to <= 100 + 1e-9 && label.lane < lanes);
        for (const other of labels.slice(index + 1).filter(({ lane }) => lane === label.lane)) assert.ok(edges(other)[0] >= to || edges(other)[1] <= from);
      }
    }));
  });
});
