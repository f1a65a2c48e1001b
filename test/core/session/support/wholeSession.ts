import type { SessionEvent } from '../../../../src/core/session/events.ts';
import { answer, answered, asked, base, boundary, called, calls, closed, exit, finding, flag, gate, opened, phase, plan, ran, returned, says, turn, write, wrote } from './events.ts';
import { Story } from './journal.ts';

const stray = write('src/scheduler/queue.js', 'q0', 'q1', 'command');

const explore: readonly SessionEvent[] = [
  base, phase('explore'), ...opened('e1'), ...turn('e1', 'c1'), asked('e1'), calls('e1', 'c2', 'explore'), called('e1', 'c2', 'explore', 'Which tests?'),
  ...opened('h1', 'helper', 'c2'), asked('h1'), says('h1', 'Two tests.'), closed('h1'), returned('e1', 'c2'),
  { type: 'decision/recorded', decision: { id: 'D-1', title: 'Where', choice: 'Hook', because: 'small' } },
  { type: 'plan/submitted', plan }, exit('explore', 't0'), closed('e1'), gate('g1', 'explore'), answer('g1'), { type: 'contract/locked', hash: 'c0ffee' }, boundary('explore', 't0'),
];

const oracle: readonly SessionEvent[] = [
  phase('baseline'), ran('r1', 'baseline', 't0', 'could-not-run'), exit('baseline', 't0'), boundary('baseline', 't0'),
  phase('oracle-only'), ...opened('o1'), wrote('t1', write('oracle/compare.mjs', 'o0', 'o1')), ...turn('o1', 'c3', 'done', 'write', 'oracle/compare.mjs'), ran('r2', 'red', 't1', 'fail'),
  { type: 'decoys/submitted', decoys: [{ name: 'post-norm', wrong_how: 'After the norm.', patch: 'diff' }] },
  { type: 'decoy/ran', decoy: 'post-norm', result: 'caught', detail: 'nearest: match[dtype=float32,batch=1,length=8] max_abs_error 0.004, 4000 times its threshold', nearest: 4000 },
  exit('oracle-only', 't1'), closed('o1'), gate('g2', 'oracle-only'), answer('g2'), { type: 'oracle/frozen', files: [{ path: 'oracle/compare.mjs', oid: 'o1', mode: '100644' }] }, boundary('oracle-only', 't1'),
];

const hook: readonly SessionEvent[] = [
  phase('minimal-hook'), ...opened('m1'), asked('m1'),
  { type: 'turn/failed', conversation: 'm1', turn: 4, fault: { class: 'overloaded', message: 'later' }, retryInMs: 10, costUsd: null, ms: 3 },
  answered('m1', [{ type: 'text', text: 'All cells are green now.' }, { type: 'tool_use', id: 'c4', name: 'bash', input: {} }]), called('m1', 'c4', 'bash', 'sed -i src/*'),
  wrote('t2', write('src/model/block.js', 'b0', 'b1'), stray), { type: 'diff/measured', uses: { phase: { files: 1, lines: 4 }, base: { files: 2, lines: 8 } } },
  { type: 'flags/raised', flags: [flag('f1', stray)] },
  { type: 'rewind/done', rewind: { id: 'w1', kind: 'file', to: stray.path, safety: 't2', tree: 't3', restored: [stray.path], merged: [], left: [], writes: [write(stray.path, 'q1', 'q0', 'rewind')], by: 'person' } },
  { type: 'flags/settled', settled: [{ flag: 'f1', how: 'rewound' }] }, returned('m1', 'c4'), { type: 'note/written', text: 'Mind batch 4.' },
  { type: 'session/paused', reason: 'paused by a person' }, { type: 'session/resumed', door: 'terminal' },
  ran('r3', 'boundary', 't3'), ran('r4', 'confirm', 't3'), exit('minimal-hook', 't3'), closed('m1'), gate('g3', 'minimal-hook'), answer('g3'), boundary('minimal-hook', 't3'),
];

const review: readonly SessionEvent[] = [
  phase('production-shape'), ...opened('p1'), { type: 'changes/observed', by: 'user', files: [{ path: 'README.md', added: 1, removed: 0, binary: false }], tree: 't4' },
  ran('r5', 'boundary', 't4'), ran('r6', 'confirm', 't4'), exit('production-shape', 't4'), closed('p1'), gate('g4', 'production-shape'), answer('g4'), boundary('production-shape', 't4'),
  phase('review'), ...opened('v1', 'reviewer'), { type: 'review/reported', findings: [finding('F-1')], dropped: 0 }, closed('v1'),
  { type: 'finding/settled', finding: 'F-1', outcome: 'refuted', detail: 'its command exits with status 0' },
  exit('review', 't4'), gate('g5', 'review'), answer('g5'), boundary('review', 't4'),
  { type: 'verdict/reached', verdict: 'pass', tree: 't4', change: { files: 2, added: 30, removed: 2 }, because: ['9 cells green in 2 complete runs of this tree'] },
  { type: 'session/ended', end: 'completed', detail: 'every phase is done' }, { type: 'work/kept', how: 'branch', detail: 'bounded/activations/1' },
];

/** A whole session from its start to the kept branch, with a stray, a rewind, a failed request, a pause, a note and a finding. */
export function wholeSession(): Story {
  return new Story(undefined, { endpoint: { url: 'http://127.0.0.1:1', servedBy: 'scripted model' } }).tell(...explore, ...oracle, ...hook, ...review);
}
