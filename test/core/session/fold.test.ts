import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evolve, fold } from '../../../src/core/session/evolve.ts';
import type { SessionEvent } from '../../../src/core/session/events.ts';
import { decisiveRuns, isPhaseMet, measuredTree, runsOn } from '../../../src/core/session/line.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { answer, base, boundary, exit, flag, gate, opened, phase, ran, run, write, wrote } from './support/events.ts';
import { contractOf, Story } from './support/journal.ts';
import { wholeSession } from './support/wholeSession.ts';

const stray = write('src/scheduler/queue.js', 'q0', 'q1', 'command');
const hook = write('src/model/block.js', 'b0', 'b1');
const rewindFile = {
  type: 'rewind/done', rewind: { id: 'w1', kind: 'file', to: stray.path, safety: 't2', tree: 't1', restored: [stray.path], merged: [], left: [], writes: [write(stray.path, 'q1', 'q0', 'rewind')], by: 'person' },
} as const;

/** In minimal-hook, with one change in scope and a flagged stray. */
function working(): Story {
  return new Story().tell(base, phase('explore'), boundary('explore', 't0'), phase('minimal-hook'), ...opened('m1'), wrote('t2', hook, stray), { type: 'flags/raised', flags: [flag('f1', stray)] });
}

const rewindTo = (to: string, left: readonly string[] = []) => ({
  type: 'rewind/done', rewind: { id: 'w2', kind: 'boundary', to, safety: 't2', tree: 't0', restored: [hook.path], merged: [], left: left.map((path) => ({ path, why: 'yours' })), writes: [], by: 'person' },
} as const);

describe('A session is the fold of its journal', () => {
  const { entries } = wholeSession();

  it('folding all entries is evolving entry by entry, from any cut', () => {
    fc.assert(fc.property(fc.nat(entries.length), (cut) => {
      let session: Session | undefined = fold(entries.slice(0, cut));
      for (const entry of entries.slice(cut)) session = evolve(session, entry);
      assert.deepEqual(session, fold(entries));
    }), { numRuns: 30 });
  });

  it('does not change the session that it came from', () => {
    for (let cut = 1; cut < entries.length; cut += 7) {
      const session = fold(entries.slice(0, cut));
      const before = structuredClone(session);
      for (const entry of entries.slice(cut, cut + 1)) evolve(session, entry);
      assert.deepEqual(session, before);
    }
  });

  it('begins with session/started and with nothing else', () => {
    assert.throws(() => fold(entries.slice(1)), /begins with session\/started/);
  });
});

describe('Undoing a rewind', () => {
  it('of a file keeps what was done since: boundaries, writes and the phase', () => {
    const { session } = working().tell(rewindFile, { type: 'flags/settled', settled: [{ flag: 'f1', how: 'rewound' }] }, wrote('t3', write('src/model/norm.js', 'n0', 'n1')), exit('minimal-hook', 't3'), boundary('minimal-hook', 't3'), phase('production-shape'),
      { type: 'rewind/undone', rewind: 'w1', restored: [stray.path], left: [], tree: 't4' });
    assert.equal(session.line.phase, 'production-shape');
    assert.deepEqual(session.line.boundaries.map((one) => one.id), ['explore', 'minimal-hook']);
    assert.ok(session.line.writes.some((one) => one.path === 'src/model/norm.js'));
    assert.deepEqual(session.line.writes.findLast((one) => one.path === stray.path)?.after, stray.after);
  });

  it('of a stray opens its flag again', () => {
    const { session } = working().tell(rewindFile, { type: 'flags/settled', settled: [{ flag: 'f1', how: 'rewound' }] }, { type: 'rewind/undone', rewind: 'w1', restored: [stray.path], left: [], tree: 't2' });
    assert.equal(session.line.flags[0]?.outcome, undefined);
  });

  it('of a stray whose file could not be brought back leaves the flag settled', () => {
    const { session } = working().tell(rewindFile, { type: 'flags/settled', settled: [{ flag: 'f1', how: 'rewound' }] }, { type: 'rewind/undone', rewind: 'w1', restored: [], left: [{ path: stray.path, why: 'yours' }], tree: 't1' });
    assert.equal(session.line.flags[0]?.outcome, 'rewound');
  });

  it('a boundary has the empty folders and permissions of before it alone, and undoing its rewind forgets none of them', () => {
    const beside = (path: string): SessionEvent => ({ type: 'changes/written', writes: [], beside: [{ path, call: 'c', before: 'empty folder' }], tree: 't2' });
    const paths = (story: { readonly session: Session }) => story.session.line.beside.map((one) => one.path);
    const story = working().tell(beside('uploads'));
    assert.deepEqual(paths(story), ['uploads']);
    const rewound = story.tell(rewindTo('explore'), phase('minimal-hook'), ...opened('m2'), beside('later'));
    assert.deepEqual(paths(rewound), ['later']);
    assert.deepEqual(paths(rewound.tell({ type: 'rewind/undone', rewind: 'w2', restored: [], left: [], tree: 't6' })), ['uploads', 'later']);
  });

  it('to a boundary asks nothing that was about the line between, nor does doing it again, and forgets no other question', () => {
    const gates = ({ session }: Story) => [session.gate, ...session.queued].flatMap((one) => one?.kind ?? []);
    const between = working().tell(rewindTo('explore'), phase('explore'), gate('g1', 'explore'), gate('g2', 'explore', 'head-moved'));
    assert.deepEqual(gates(between), ['phase', 'head-moved']);
    const undone = between.tell({ type: 'rewind/undone', rewind: 'w2', restored: [hook.path], changes: [], left: [], tree: 't6' });
    assert.deepEqual(gates(undone), ['head-moved']);
    const asked = undone.tell(gate('g3', 'minimal-hook', 'repairs'));
    assert.deepEqual(gates(asked.tell({ type: 'rewind/redone', rewind: 'w2', restored: [hook.path], changes: [], left: [], tree: 't0' })), ['head-moved']);
  });

  it('to a boundary goes back to the line that was left, and keeps the writes of the attempt between', () => {
    const story = working().tell(rewindTo('explore'), phase('minimal-hook'), ...opened('m2'), wrote('t5', write('src/model/new.js', 'x0', 'x1', 'tool', 2)));
    assert.equal(story.session.line.attempt, 2);
    const { line } = story.tell({ type: 'rewind/undone', rewind: 'w2', restored: [hook.path], left: [], tree: 't6' }).session;
    assert.deepEqual([line.attempt, line.phase, line.stack], [1, 'minimal-hook', []]);
    assert.deepEqual(line.writes.map((one) => one.path), [hook.path, stray.path, 'src/model/new.js']);
  });

  it('to a boundary keeps a later write of a path that came back beside it, and none of a path that is as it was left', () => {
    const later = write(hook.path, 'b0', 'b2', 'tool', 2);
    const story = working().tell(rewindTo('explore'), phase('minimal-hook'), ...opened('m2'), wrote('t5', later));
    const writesAfter = (merged: readonly string[]) => story.tell({ type: 'rewind/undone', rewind: 'w2', restored: [hook.path], merged, left: [], tree: 't6' }).session.line.writes;
    assert.deepEqual([writesAfter([hook.path]), writesAfter([])], [[hook, stray, later], [hook, stray]]);
  });

  it('makes no write of what may be the user\'s, and keeps every later write at its place', () => {
    const later = write('src/model/norm.js', 'n0', 'n1');
    const { writes } = working().tell(rewindFile, wrote('t3', later), { type: 'rewind/undone', rewind: 'w1', restored: [stray.path], users: [stray.path], left: [], tree: 't4' }).session.line;
    assert.deepEqual(writes.map((one) => one.path), [hook.path, stray.path, stray.path, later.path]);
    assert.deepEqual(writes[2]?.before, writes[2]?.after);
  });
});

describe('A rewind to a boundary', () => {
  it('names the first of very many files in the lesson and to the model', () => {
    const many = Array.from({ length: 300 }, (_, index) => write(`src/model/${index}.js`, 'a', 'b'));
    const paths = many.map(({ path }) => path);
    const { session } = working().tell(wrote('t3', ...many), { type: 'rewind/done', rewind: { id: 'w', kind: 'file', to: 'many', safety: 't3', tree: 't2', restored: paths, merged: [], left: [], writes: [], by: 'person' } });
    assert.match(session.undelivered.at(-1) ?? '', /model\/19\.js and 280 more:/);
    const undone = working().tell(wrote('t3', ...many), { type: 'rewind/done', rewind: { id: 'w', kind: 'boundary', to: 'explore', safety: 't3', tree: 't0', restored: paths, merged: [], left: [], writes: [], by: 'person' } });
    assert.match(undone.session.lessons[0] ?? '', / and \d+ more\./);
  });

  it('starts a new attempt with the line of the boundary and a lesson', () => {
    const { session } = working().tell(exit('minimal-hook', 't2', false), rewindTo('explore'));
    assert.deepEqual([session.attempts, session.line.attempt, session.line.phase, session.line.phaseStarted], [2, 2, 'baseline', false]);
    assert.deepEqual(session.line.writes, []);
    assert.match(session.lessons[0] ?? '', /Attempt 1 .* src\/model\/block\.js.*condition: wanted green, measured red/);
  });

  it('keeps the writes and the open flags of what it had to leave', () => {
    const { session } = working().tell(rewindTo('explore', [stray.path]));
    assert.deepEqual(session.line.writes.map((one) => one.path), [stray.path]);
    assert.deepEqual(session.line.flags.map((one) => one.id), ['f1']);
  });

  it('leaves gate, end and blocker behind', () => {
    const { session } = working().tell({ type: 'blocker/reported', what: 'no key', tried: 'all', needs: 'a key' }, gate('g', 'minimal-hook', 'blocker', ['blocker']), rewindTo('explore'));
    assert.deepEqual([session.gate, session.end, session.blocker], [undefined, undefined, undefined]);
  });
});

describe('What is known by the written paths alone', () => {
  const narrow = (tree: string): SessionEvent => ({ type: 'changes/written', writes: [hook], tree, covers: 'written' });
  const claiming: SessionEvent = { type: 'turn/answered', conversation: 'm1', turn: 9, content: [{ type: 'text', text: 'All checks pass.' }], badCalls: [], stop: 'end_turn', usage: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 }, costUsd: 0, model: 'm', ms: 1 };
  const support = (story: Story) => story.tell(claiming).session.claims.at(-1)?.support;

  it('is the tree, but no measured one, until everything was looked at and was the same', () => {
    const story = working().tell(narrow('t3'));
    assert.deepEqual([story.session.tree, story.session.covers, measuredTree(story.session)], ['t3', 'written', undefined]);
    assert.equal(measuredTree(story.tell(ran('r9', 'progress', 't4')).session), undefined, 'the run was on another tree');
    assert.equal(measuredTree(story.tell(ran('r9', 'progress', 't3')).session), 't3');
    assert.equal(measuredTree(story.tell(narrow('t3'), exit('minimal-hook', 't3', false)).session), 't3');
    assert.equal(measuredTree(story.tell(narrow('t3'), { type: 'changes/observed', by: 'user', files: [], tree: 't5' }).session), 't5');
    assert.equal(measuredTree(story.tell(narrow('t3'), wrote('t5', hook)).session), 't5');
    assert.equal(measuredTree(story.tell(narrow('t3'), rewindFile).session), 't1');
  });

  it('never supports a claim, though it comes to the tree of a green run', () => {
    const green = working().tell(ran('r1', 'progress', 't2'));
    assert.equal(support(green), 'supported');
    assert.equal(support(green.tell(narrow('t2'))), 'unsupported');
    assert.equal(support(green.tell(narrow('t2'), ran('r2', 'progress', 't2'))), 'supported');
  });

  it('never meets the conditions of a phase', () => {
    const met = working().tell(exit('minimal-hook', 't2'));
    assert.deepEqual([isPhaseMet(met.session), isPhaseMet(met.tell(narrow('t2')).session)], [true, false]);
  });
});

describe('A verdict', () => {
  const reached = { type: 'verdict/reached', verdict: 'pass', tree: 't2', change: { files: 1, added: 1, removed: 0 }, because: ['green'] } as const;
  const ended = { type: 'session/ended', end: 'completed', detail: 'done' } as const;

  it('is taken away by any later change of the tree, once and for good', () => {
    const story = working().tell(reached, ended);
    assert.equal(story.session.verdict?.verdict, 'pass');
    const users = (tree: string) => ({ type: 'changes/observed', by: 'user', files: [], tree }) as const;
    assert.equal(story.tell(users('t9')).session.verdict?.verdict, 'unverified');
    assert.equal(story.tell(users('t2'), users('t9')).session.verdict?.verdict, 'unverified');
    assert.equal(story.session.verdict?.because.length, 2);
  });

  it('is taken away by a look at written paths alone, even where that comes to the same tree', () => {
    const narrow = { type: 'changes/written', writes: [], tree: 't2', covers: 'written' } as const;
    assert.equal(working().tell(reached, ended, narrow).session.verdict?.verdict, 'unverified');
  });

  it('stands on a look at everything, also where written paths alone were looked at before', () => {
    assert.equal(working().tell({ type: 'changes/written', writes: [], tree: 't2', covers: 'written' }, reached, ended).session.verdict?.verdict, 'pass');
  });

  it('stays where nothing changed', () => {
    assert.equal(working().tell(reached, ended, { type: 'work/kept', how: 'branch', detail: 'b' }).session.verdict?.verdict, 'pass');
  });

  it('ends the session with no gate left open', () => {
    assert.equal(working().tell(gate('g', 'minimal-hook'), reached, ended).session.gate, undefined);
  });
});

describe('What was measured', () => {
  const amended: SessionEvent = { type: 'amendment/decided', amendment: 'A-1', approved: true, contract: contractOf(), contractText: 'x', contractHash: 'another' };
  const asked: SessionEvent = { type: 'amendment/proposed', amendment: { id: 'A-1', change: 'oracle: {}', why: 'stricter' } };
  /** Green twice at the end of minimal-hook, then in production-shape. */
  const measured = () => working().tell(ran('r1', 'boundary', 't2'), ran('r2', 'confirm', 't2'), boundary('minimal-hook', 't2'), phase('production-shape'));
  const undone: SessionEvent = { type: 'rewind/undone', rewind: 'w2', restored: [], left: [], tree: 't2' };
  const decisive = ({ session }: Story) => decisiveRuns(session.line, 't2').map((run) => run.id);
  const counted = ({ session }: Story) => runsOn(session, 't2').map((run) => run.id);

  it('counts on a line that is gone back to, and not where the contract was amended since', () => {
    assert.deepEqual(decisive(measured().tell(rewindTo('minimal-hook'))), ['r1', 'r2']);
    assert.deepEqual(decisive(measured().tell(asked, amended, rewindTo('minimal-hook'))), []);
    assert.deepEqual(counted(measured().tell(asked, amended, rewindTo('minimal-hook'))), []);
  });

  it('counts again when a rewind is undone, and not where the contract was amended in between', () => {
    assert.deepEqual(decisive(measured().tell(rewindTo('base'), undone)), ['r1', 'r2']);
    assert.deepEqual(decisive(measured().tell(rewindTo('base'), asked, amended, undone)), []);
    assert.deepEqual(counted(measured().tell(rewindTo('base'), asked, amended, undone)), []);
  });

  it('of a tree is not forgotten by a rewind, nor by its undoing', () => {
    const red = measured().tell(ran('r3', 'boundary', 't2', 'fail'), rewindTo('minimal-hook'));
    assert.deepEqual([counted(red), decisive(red)], [['r3', 'r1', 'r2'], ['r1', 'r2']]);
    const again = measured().tell(rewindTo('minimal-hook'), ran('r3', 'boundary', 't2', 'fail'), undone);
    assert.deepEqual(counted(again), ['r3', 'r1', 'r2']);
  });

  it('of a tree whose oracle was not the frozen one is left with its line', () => {
    const tampered: SessionEvent = { type: 'oracle/ran', run: { ...run('r3', 'boundary', 't2', 'fail'), tampered: ['oracle/compare.mjs'] } };
    assert.deepEqual(counted(measured().tell(tampered, rewindTo('minimal-hook'))), ['r1', 'r2']);
  });
});

describe('What stops counting', () => {
  it('a pause, as soon as the loop goes on', () => {
    const story = working().tell({ type: 'session/paused', reason: 'paused by a person' }, { type: 'note/written', text: 'hm' });
    assert.equal(story.session.paused, 'paused by a person');
    assert.equal(story.tell({ type: 'turn/requested', conversation: 'm1', turn: 1, attempt: 1, reservedUsd: 0, fingerprint: 'f' }).session.paused, undefined);
  });

  it('a budget that was reached, when the contract is amended', () => {
    const story = working().tell({ type: 'budget/reached', budget: 'turns', detail: 'used' }, { type: 'amendment/proposed', amendment: { id: 'A-1', change: 'budget: { turns: 500 }', why: 'more' } });
    const amended = story.tell({ type: 'amendment/decided', amendment: 'A-1', approved: true, contract: contractOf(), contractText: 'x', contractHash: 'y' }).session;
    assert.equal(amended.budgetReached, undefined);
  });

  it('an approval of a gate, when the work changes', () => {
    const story = working().tell(exit('minimal-hook', 't2'), gate('g', 'minimal-hook'), answer('g'));
    assert.equal(story.session.line.gateApproved, true);
    assert.equal(story.tell(wrote('t3', hook)).session.line.gateApproved, false);
  });

  it('keeps every answered gate with who answered it', () => {
    const { answers } = working().tell(gate('g', 'minimal-hook'), answer('g', { kind: 'send-back', note: 'no' }), ran('r1', 'progress', 't2')).session;
    assert.deepEqual(answers.map(({ id, answer: { kind }, by }) => [id, kind, by]), [['g', 'send-back', 'person']]);
  });
});
