import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CellView, Grid } from '../../src/core/session/view.ts';
import { bands, hiddenCells, worstFirst } from '../../src/webview/sections/gridPlan.ts';

const cell = (state: CellView['state']): CellView => ({ state, text: '', share: 0, label: '' });
const states = fc.constantFrom<CellView['state']>('pass', 'fail', 'blocked', 'not-run');
const lines = fc.array(fc.array(states.map(cell), { maxLength: 6 }), { maxLength: 60 });

describe('What of a matrix is drawn', () => {
  it('is every line while there is room', () => {
    assert.deepEqual(worstFirst([[cell('pass')], [cell('fail')]], 2), [0, 1]);
  });

  it('keeps the red line of forty and gives up green ones', () => {
    const rows = Array.from({ length: 40 }, (_, row) => [cell(row === 37 ? 'fail' : 'pass')]);
    assert.deepEqual(worstFirst(rows, 3), [0, 1, 37]);
  });

  it('never hides a line that is worse than one that it shows, and keeps the order', () => {
    const rank = (cells: readonly CellView[]) => Math.max(0, ...cells.map(({ state }) => ['pass', 'not-run', 'blocked', 'fail'].indexOf(state)));
    fc.assert(fc.property(lines, fc.integer({ min: 0, max: 60 }), (all, most) => {
      const shown = worstFirst(all, most);
      assert.deepEqual(shown, shown.toSorted((a, b) => a - b));
      assert.equal(shown.length, Math.min(most, all.length));
      const least = Math.min(...shown.map((index) => rank(all[index] ?? [])), 3);
      for (const [index, cells] of all.entries()) if (!shown.includes(index) && most > 0) assert.ok(rank(cells) <= least);
    }));
  });

  it('is split into bands that hold every column once, none wider than allowed', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 1, max: 9 }), (number, widest) => {
      const columns = Array.from({ length: number }, (_, column) => column);
      const split = bands(columns, widest);
      assert.deepEqual(split.flat(), columns);
      assert.ok(split.every((band) => band.length > 0 && band.length <= widest));
    }));
  });

  it('names what is hidden by its states', () => {
    const grid: Grid = { rowAxis: '', columnAxis: '', columns: ['a', 'b'], rows: [{ label: '', cells: [cell('pass'), cell('fail')] }, { label: '', cells: [cell('pass'), cell('pass')] }] };
    assert.equal(hiddenCells(grid, [0, 1], [0, 1]), '');
    assert.equal(hiddenCells(grid, [0], [1]), '… 3 more cells: 3 passed');
    assert.equal(hiddenCells(grid, [1], [0, 1]), '… 2 more cells: 1 failed, 1 passed');
  });
});
