import assert from 'node:assert/strict';
import { trailersOf } from '../../../src/core/session/trailers.ts';
import { base, boundary, phase, ran, run, write, wrote } from './support/events.ts';
import { Story } from './support/journal.ts';

describe('The trailers of a commit', () => {
  const measured = () => new Story().tell(base, phase('explore'), boundary('explore', 't0'), phase('minimal-hook'), wrote('t1', write('src/model/a.js', 'a0', 'a1')));
  const said = { tree: 't1', verdict: 'pass', boundary: 'minimal-hook', phase: 'minimal-hook' } as const;

  it('say which session and phase it is of and what was measured on its content', () => {
    const { session } = measured().tell(ran('r1', 'boundary', 't1'), ran('r2', 'confirm', 't1'));
    const text = trailersOf({ ...session, chain: { line: 41, hash: 'a'.repeat(64) } }, said);
    assert.deepEqual(text.split('\n'), [
      `Bounded-Session: ${session.id}`, 'Bounded-Phase: minimal-hook', 'Bounded-Boundary: minimal-hook', 'Bounded-Verdict: pass', 'Bounded-Cells: 9 passed, 0 failed, 0 could not run',
      'Bounded-Worst: max_abs_error 1e-7, wanted <= 1e-6, match[dtype=float32,batch=1,length=8]', 'Bounded-Tree: t1', `Bounded-Trace: ${'a'.repeat(64)} line 41`,
    ]);
  });

  it('name the value that is nearest to its threshold, wherever it was measured', () => {
    const measuredRun = run('r1', 'boundary', 't1');
    const cells = measuredRun.cells.map((cell, index) => (index === 2 ? { ...cell, metrics: cell.metrics.map((metric) => ({ ...metric, value: 9e-7 })) } : cell));
    assert.match(trailersOf(measured().tell({ type: 'oracle/ran', run: { ...measuredRun, cells } }).session, said), /Bounded-Worst: max_abs_error 9e-7, wanted <= 1e-6, match\[dtype=float32,batch=4,length=8\]/);
  });

  it('name the value that is furthest beyond its threshold, and count what failed and what could not run', () => {
    assert.match(trailersOf(measured().tell(ran('r1', 'boundary', 't1', 'fail')).session, { ...said, verdict: 'fail' }), /Bounded-Cells: 1 passed, 8 failed, 0 could not run\nBounded-Worst: max_abs_error 1e-4, wanted/);
    assert.match(trailersOf(measured().tell(ran('r1', 'boundary', 't1', 'error' as 'fail')).session, said), /Bounded-Cells: 1 passed, 0 failed, 8 could not run\nBounded-Worst: max_abs_error null/);
  });

  it('say of another content that nothing ran on it', () => {
    const { session } = measured().tell(ran('r1', 'boundary', 't1'));
    assert.match(trailersOf(session, { tree: 't2', verdict: 'unverified' }), /Bounded-Verdict: unverified\nBounded-Cells: none ran\nBounded-Tree: t2$/);
  });
});
