import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../src/core/session/events.ts';
import { maxReviewRounds } from '../../../src/core/session/line.ts';
import { nextStep } from '../../../src/core/session/next.ts';
import type { Step } from '../../../src/core/session/next.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { continueTurn } from '../../../src/core/transcript/append.ts';
import { answer, answered, asked, base, boundary, called, calls, closed, exit, finding, flag, gate, opened, phase, plan, returned, says, turn, write, wrote } from './support/events.ts';
import { contractOf, Story } from './support/journal.ts';

const step = (session: Session): string => brief(nextStep(session));

function brief(next: Step): string {
  switch (next.do) {
    case 'open-gate': return `gate ${next.kind}`;
    case 'start-phase': return `start ${next.phase} ${next.round}`;
    case 'open-conversation': return `open ${next.role}`;
    case 'close-conversation': return `close ${next.conversation.id}`;
    case 'call': case 'return-call': return `${next.do} ${next.call.id}`;
    case 'finish': return `finish ${next.end}`;
    default: return next.do;
  }
}

const started = () => new Story().tell(base);
const exploring = () => started().tell(phase('explore'), ...opened('e1'));
const hooking = () => started().tell(phase('explore'), boundary('explore', 't0'), boundary('baseline', 't0'), boundary('oracle-only', 't0'), phase('minimal-hook'), ...opened('m1'), wrote('t1', write('src/model/a.js', 'a', 'b')));
const met = () => hooking().tell(...turn('m1', 'c1'), exit('minimal-hook', 't1'), closed('m1'));
const reviewing = () => met().tell(gate('g', 'minimal-hook'), answer('g'), boundary('minimal-hook', 't1'), phase('production-shape'), ...opened('p1'), exit('production-shape', 't1'), closed('p1'), boundary('production-shape', 't1'), phase('review'));
const reported = (round = 0) => reviewing().tell(...opened('v1', 'reviewer'), says('v1', 'Found.'), { type: 'review/reported', findings: [finding('F-1', round)], dropped: 0 }, closed('v1'));

interface Row { readonly name: string; readonly story: () => Story; readonly then: string }

function table(rows: readonly Row[]): void {
  for (const { name, story, then } of rows) it(`${name}: ${then}`, () => assert.equal(step(story().session), then));
}

const approve = (id: string, ...ids: string[]): SessionEvent => answer(id, { kind: 'approve', ids });
const back = (id: string): SessionEvent => answer(id, { kind: 'send-back', note: 'again' });

const begun: SessionEvent = { type: 'rewind/begun', plan: { id: 'w1', kind: 'boundary', to: 'explore', by: 'person', safety: 't1', rounds: [], beside: [] } };
const empty = (times: number): SessionEvent[] => Array.from({ length: times }, () => answered('m1', [], 'end_turn'));
const nudged: SessionEvent = { type: 'message/appended', conversation: 'm1', message: continueTurn() };

describe('Next step: the way through the phases', () => {
  table([
    { name: 'nothing yet', story: () => new Story(), then: 'take-base' },
    { name: 'a base', story: started, then: 'start explore 0' },
    { name: 'a phase', story: () => started().tell(phase('explore')), then: 'open main' },
    { name: 'a first user turn', story: exploring, then: 'turn' },
    { name: 'baseline has no conversation', story: () => started().tell(boundary('explore', 't0'), phase('baseline')), then: 'evaluate' },
    { name: 'conditions hold', story: met, then: 'gate phase' },
    { name: 'the gate is open', story: () => met().tell(gate('g', 'minimal-hook')), then: 'ask' },
    { name: 'the gate is approved', story: () => met().tell(gate('g', 'minimal-hook'), answer('g')), then: 'cross' },
    { name: 'the gate is sent back', story: () => met().tell(gate('g', 'minimal-hook'), back('g')), then: 'open main' },
    { name: 'the boundary is crossed', story: () => met().tell(boundary('minimal-hook', 't1')), then: 'start production-shape 0' },
    { name: 'the last boundary is crossed', story: () => reviewing().tell(boundary('review', 't1')), then: 'finish completed' },
    { name: 'it has ended', story: () => reviewing().tell({ type: 'session/ended', end: 'completed', detail: '' }), then: 'done' },
    { name: 'a rewind was begun', story: () => hooking().tell(begun), then: 'finish-rewind' },
    { name: 'it was begun after the end', story: () => hooking().tell({ type: 'session/ended', end: 'stopped', detail: '' }, begun), then: 'finish-rewind' },
    { name: 'it was refused', story: () => exploring().tell(begun, { type: 'rewind/refused', rewind: 'w1', why: 'its lines have changed' }), then: 'turn' },
    { name: 'a budget is reached', story: () => hooking().tell({ type: 'budget/reached', budget: 'cost', detail: 'used' }), then: 'finish budget' },
  ]);
  it('an automatic gate is crossed without a question', () => {
    const contract = contractOf();
    const auto = new Story({ ...contract, gates: { ...contract.gates, explore: 'auto' } }).tell(base, phase('explore'), ...opened('e1'), ...turn('e1', 'c'), { type: 'plan/submitted', plan }, exit('explore', 't0'), closed('e1'));
    assert.equal(step(auto.session), 'cross');
  });
});

describe('Next step: the work tree changed while conditions were measured', () => {
  table([
    { name: 'they hold for another tree', story: () => hooking().tell(...turn('m1', 'c1'), { type: 'changes/observed', by: 'user', files: [], tree: 't2' }, exit('minimal-hook', 't1'), closed('m1')), then: 'evaluate' },
    { name: 'the gate was approved for another tree', story: () => hooking().tell(...turn('m1', 'c1'), { type: 'changes/observed', by: 'user', files: [], tree: 't2' }, exit('minimal-hook', 't1'), closed('m1'), gate('g', 'minimal-hook'), answer('g')), then: 'evaluate' },
  ]);
});

describe('Next step: within a conversation', () => {
  table([
    { name: 'a call waits', story: () => exploring().tell(calls('e1', 'c1')), then: 'call c1' },
    { name: 'a call was running when the process died', story: () => exploring().tell(calls('e1', 'c1'), called('e1', 'c1')), then: 'return-call c1' },
    { name: 'its child goes on first', story: () => exploring().tell(calls('e1', 'c1', 'explore'), called('e1', 'c1', 'explore'), ...opened('h1', 'helper', 'c1')), then: 'turn' },
    { name: 'its child has answered', story: () => exploring().tell(calls('e1', 'c1', 'explore'), called('e1', 'c1', 'explore'), ...opened('h1', 'helper', 'c1'), says('h1', 'Two.')), then: 'close h1' },
    { name: 'its child is over', story: () => exploring().tell(calls('e1', 'c1', 'explore'), called('e1', 'c1', 'explore'), ...opened('h1', 'helper', 'c1'), closed('h1')), then: 'return-call c1' },
    { name: 'all calls have results', story: () => exploring().tell(calls('e1', 'c1'), called('e1', 'c1'), returned('e1', 'c1')), then: 'send-results' },
    { name: 'the conditions hold', story: () => hooking().tell(calls('m1', 'c1'), called('m1', 'c1'), exit('minimal-hook', 't1'), returned('m1', 'c1')), then: 'close m1' },
    { name: 'one silent turn', story: () => hooking().tell(asked('m1'), says('m1', 'Hm.')), then: 'remind' },
    { name: 'two silent turns', story: () => hooking().tell(says('m1', 'Hm.'), says('m1', 'Hm.')), then: 'evaluate' },
    { name: 'two silent turns, evaluated', story: () => hooking().tell(says('m1', 'Hm.'), says('m1', 'Hm.'), exit('minimal-hook', 't1', false)), then: 'close m1' },
    { name: 'an empty answer is asked again', story: () => hooking().tell(answered('m1', [], 'end_turn')), then: 'turn' },
    { name: 'a second one is asked to go on', story: () => hooking().tell(...empty(2)), then: 'nudge' },
    { name: 'once', story: () => hooking().tell(...empty(2), nudged), then: 'turn' },
    { name: 'a third one pauses', story: () => hooking().tell(...empty(2), nudged, ...empty(1)), then: 'pause' },
    { name: 'after the pause it is asked again', story: () => hooking().tell(...empty(2), nudged, ...empty(1), { type: 'session/paused', reason: 'empty' }), then: 'turn' },
    { name: 'three cut answers', story: () => hooking().tell(...[1, 2, 3].map(() => answered('m1', [{ type: 'text', text: 'a' }], 'max_tokens'))), then: 'gate no-progress' },
    { name: 'two turns of refusals', story: () => hooking().tell(...turn('m1', 'c1', 'refused'), ...turn('m1', 'c2', 'refused')), then: 'turn' },
    { name: 'three turns of refusals', story: () => hooking().tell(...turn('m1', 'c1', 'refused'), ...turn('m1', 'c2', 'refused'), ...turn('m1', 'c3', 'refused')), then: 'gate no-progress' },
    { name: 'refusals with a success between', story: () => hooking().tell(...turn('m1', 'c1', 'refused'), ...turn('m1', 'c2', 'refused'), ...turn('m1', 'c3'), ...turn('m1', 'c4', 'refused')), then: 'turn' },
    { name: 'a blocker', story: () => hooking().tell({ type: 'blocker/reported', what: 'no key', tried: 'all', needs: 'a key' }), then: 'gate blocker' },
    { name: 'an amendment', story: () => hooking().tell({ type: 'amendment/proposed', amendment: { id: 'A-1', change: 'x', why: 'y' } }), then: 'gate amendment' },
  ]);
});

describe('Next step: what a person decided is carried out, whatever happened in between', () => {
  const amending = () => hooking().tell({ type: 'amendment/proposed', amendment: { id: 'A-1', change: 'x', why: 'y' } }, gate('g', 'minimal-hook', 'amendment', ['A-1']));
  const back0: SessionEvent = { type: 'rewind/done', rewind: { id: 'w', kind: 'boundary', to: 'base', safety: 't1', tree: 't0', restored: [], merged: [], left: [], writes: [], by: 'person' } };
  const flagged: SessionEvent = { type: 'flags/raised', flags: [{ id: 'f', path: 'x', standing: 'out-of-scope', write: write('x', 'a', 'b'), hunks: [], cause: 'bash', maybeUser: false }] };
  const decided: SessionEvent = { type: 'amendment/decided', amendment: 'A-1', approved: false };
  const settled: SessionEvent = { type: 'gate/settled', gate: 'g' };
  table([
    { name: 'an amendment', story: () => amending().tell(approve('g', 'A-1')), then: 'carry-out' },
    { name: 'an amendment that was sent back', story: () => amending().tell(back('g')), then: 'carry-out' },
    { name: 'an amendment that was decided', story: () => amending().tell(back('g'), decided, settled), then: 'open main' },
    { name: 'a flag at the gate', story: () => met().tell(flagged, gate('g', 'minimal-hook', 'repairs', ['repairs', 'f']), approve('g', 'repairs', 'f')), then: 'carry-out' },
    { name: 'with another gate behind', story: () => amending().tell(gate('h', 'minimal-hook', 'stray', ['x']), approve('g', 'A-1')), then: 'carry-out' },
    { name: 'a rewind leaves it behind', story: () => amending().tell(approve('g', 'A-1'), back0), then: 'start explore 0' },
    { name: 'an approved phase has nothing more', story: () => met().tell(gate('g', 'minimal-hook'), answer('g')), then: 'cross' },
  ]);
});

describe('Next step: a second matter waits behind the open gate', () => {
  const two = () => hooking().tell(gate('g', 'minimal-hook', 'stray', ['x']), gate('h', 'minimal-hook', 'head-moved', ['head']));
  table([
    { name: 'the first is answered', story: () => two().tell(approve('g', 'x')), then: 'ask' },
    { name: 'both are', story: () => two().tell(approve('g', 'x'), approve('h', 'head')), then: 'turn' },
    { name: 'a rewind leaves both behind', story: () => two().tell({ type: 'rewind/done', rewind: { id: 'w', kind: 'boundary', to: 'base', safety: 't1', tree: 't0', restored: [], merged: [], left: [], writes: [], by: 'person' } }), then: 'start explore 0' },
  ]);
  it('the second is asked by its own id', () => {
    assert.equal(two().tell(approve('g', 'x')).session.gate?.id, 'h');
  });
});

describe('Next step: failed evaluations', () => {
  const failed = (times: number) => hooking().tell(...turn('m1', 'c1'), closed('m1'), ...Array.from({ length: times }, () => exit('minimal-hook', 't1', false)));
  const silent = () => hooking().tell(says('m1', 'Hm.'), says('m1', 'Hm.'), exit('minimal-hook', 't1', false), closed('m1'));
  const used = () => hooking().tell(...Array.from({ length: 3 }, () => exit('minimal-hook', 't1', false)));
  table([
    { name: 'the first opens a new conversation', story: () => failed(1), then: 'open main' },
    { name: 'a model that fell silent is not asked again by itself', story: silent, then: 'gate no-progress' },
    { name: 'unless an interruption broke into its work', story: () => hooking().tell(...turn('m1', 'c1', 'interrupted'), says('m1', 'Hm.'), says('m1', 'Hm.'), exit('minimal-hook', 't1', false), closed('m1')), then: 'open main' },
    { name: 'but by a person', story: () => silent().tell(gate('g', 'minimal-hook', 'no-progress', ['condition']), approve('g', 'condition')), then: 'open main' },
    { name: 'one more than the budget', story: () => failed(3), then: 'gate no-progress' },
    { name: 'the same in a conversation', story: used, then: 'gate repairs' },
    { name: 'approved', story: () => used().tell(gate('g', 'minimal-hook', 'repairs', ['repairs']), approve('g', 'repairs')), then: 'open main' },
    { name: 'baseline cannot be repaired', story: () => started().tell(boundary('explore', 't0'), phase('baseline'), exit('baseline', 't0', false)), then: 'gate no-progress' },
    { name: 'baseline is tried again', story: () => started().tell(boundary('explore', 't0'), phase('baseline'), exit('baseline', 't0', false), gate('g', 'baseline', 'no-progress', ['condition']), approve('g', 'condition')), then: 'evaluate' },
  ]);
});

describe('Next step: the question of a phase that is not met', () => {
  it('names the file of a flag, not the flag', () => {
    const stray = write('docs/out.md', 'a', 'b', 'command');
    const story = hooking().tell(wrote('t1', stray), { type: 'flags/raised', flags: [flag('f1', stray)] }, ...turn('m1', 'c1'), closed('m1'), ...Array.from({ length: 3 }, () => exit('minimal-hook', 't1', false, 'no-open-flag')));
    const next = nextStep(story.session);
    assert.deepEqual(next.do === 'open-gate' ? [next.question, next.blocking] : next.do, ['minimal-hook is not met and no conversation goes on: docs/out.md', ['f1']]);
  });

  it('says of many flags how many there are: a question is a heading', () => {
    const flags = ['a', 'b', 'c', 'd'].map((name) => flag(name, write(`docs/${name}.md`, 'a', 'b', 'command')));
    const story = hooking().tell({ type: 'flags/raised', flags }, ...turn('m1', 'c1'), closed('m1'), ...Array.from({ length: 3 }, () => exit('minimal-hook', 't1', false, 'no-open-flag')));
    const next = nextStep(story.session);
    assert.equal(next.do === 'open-gate' ? next.question : next.do, 'minimal-hook is not met and no conversation goes on: 4 open flags');
  });
});

describe('Next step: the question about findings', () => {
  const asked = (...ids: readonly string[]) => {
    const confirmed = ids.map((id): SessionEvent => ({ type: 'finding/settled', finding: id, outcome: 'confirmed', detail: 'fails' }));
    const next = nextStep(reviewing().tell(phase('review', maxReviewRounds), { type: 'review/reported', findings: ids.map((id) => finding(id, maxReviewRounds)), dropped: 0 }, ...confirmed).session);
    return next.do === 'open-gate' ? next.question : next.do;
  };

  it('counts them and the rounds', () => {
    assert.deepEqual([asked('F-1'), asked('F-1', 'F-2')], [`1 finding is open after ${maxReviewRounds} rounds. Accept it?`, `2 findings are open after ${maxReviewRounds} rounds. Accept them?`]);
  });
});

describe('Next step: the question of a phase that is tried too often', () => {
  it('says how many flags are open', () => {
    const strays = Array.from({ length: 30 }, (_, index) => flag(`f${index}`, write(`docs/${index}.md`, 'a', 'b', 'command')));
    const story = hooking().tell({ type: 'flags/raised', flags: strays }, ...Array.from({ length: 3 }, () => exit('minimal-hook', 't1', false, 'no-open-flag')));
    const next = nextStep(story.session);
    assert.deepEqual(next.do === 'open-gate' ? [next.kind, next.question, next.blocking.length] : next.do, ['repairs', 'minimal-hook was not met after 3 attempts to end it. Go on? Flags that are open: 30.', 31]);
  });
});

describe('Next step: the budget of explore', () => {
  const used = () => exploring().tell(...turn('e1', 'c1'), ...turn('e1', 'c2'), ...turn('e1', 'c3'));
  const asks = () => used().tell(gate('g', 'explore', 'budget', ['explore-turns']));
  table([
    { name: 'within', story: () => exploring().tell(...turn('e1', 'c1')), then: 'turn' },
    { name: 'used without a plan', story: used, then: 'gate budget' },
    { name: 'used with a plan', story: () => used().tell({ type: 'plan/submitted', plan }), then: 'turn' },
    { name: 'approved', story: () => asks().tell(approve('g', 'explore-turns')), then: 'turn' },
    { name: 'sent back: there is a turn before it asks again', story: () => asks().tell(back('g'), ...opened('e2')), then: 'turn' },
  ]);
});

describe('Next step: review', () => {
  const confirmed = (round: number) => reported(round).tell({ type: 'finding/settled', finding: 'F-1', outcome: 'confirmed', detail: 'fails' });
  const lastRound = () => reviewing().tell(phase('review', maxReviewRounds), { type: 'review/reported', findings: [finding('F-1', maxReviewRounds)], dropped: 0 }, { type: 'finding/settled', finding: 'F-1', outcome: 'confirmed', detail: 'fails' });
  table([
    { name: 'begins', story: reviewing, then: 'open reviewer' },
    { name: 'a report', story: () => reported(), then: 'settle-findings' },
    { name: 'a confirmed finding', story: () => confirmed(0), then: 'start production-shape 1' },
    { name: 'a refuted finding', story: () => reported().tell({ type: 'finding/settled', finding: 'F-1', outcome: 'refuted', detail: 'ok' }), then: 'evaluate' },
    { name: 'findings after the last round', story: lastRound, then: 'gate findings' },
    { name: 'that gate accepted', story: () => lastRound().tell(gate('g', 'review', 'findings', ['F-1']), approve('g', 'F-1'), { type: 'finding/settled', finding: 'F-1', outcome: 'accepted', detail: '' }, { type: 'gate/settled', gate: 'g' }), then: 'evaluate' },
    { name: 'that gate sent back: fixing goes on', story: () => lastRound().tell(gate('g', 'review', 'findings', ['F-1']), back('g')), then: `start production-shape ${maxReviewRounds + 1}` },
    { name: 'a reviewer that ended without a report', story: () => reviewing().tell(...opened('v1', 'reviewer'), says('v1', 'Hm.'), closed('v1')), then: 'gate no-progress' },
    { name: 'that gate approved', story: () => reviewing().tell(...opened('v1', 'reviewer'), says('v1', 'Hm.'), closed('v1'), gate('g', 'review', 'no-progress', ['review']), approve('g', 'review')), then: 'open reviewer' },
    { name: 'that gate sent back', story: () => reviewing().tell(...opened('v1', 'reviewer'), says('v1', 'Hm.'), closed('v1'), gate('g', 'review', 'no-progress', ['review']), back('g')), then: 'open reviewer' },
    { name: 'sent back at its gate', story: () => reported().tell({ type: 'finding/settled', finding: 'F-1', outcome: 'refuted', detail: 'ok' }, exit('review', 't1'), gate('g', 'review'), back('g')), then: 'start production-shape 1' },
  ]);
});

describe('Next step: rewinds', () => {
  const rewind = (to: string): SessionEvent => ({ type: 'rewind/done', rewind: { id: 'w', kind: 'boundary', to, safety: 't1', tree: 't0', restored: [], merged: [], left: [], writes: [], by: 'person' } });
  table([
    { name: 'to a boundary', story: () => hooking().tell(rewind('oracle-only')), then: 'start minimal-hook 0' },
    { name: 'to the base', story: () => hooking().tell(rewind('base')), then: 'start explore 0' },
    { name: 'from an open gate', story: () => met().tell(gate('g', 'minimal-hook'), rewind('explore')), then: 'start baseline 0' },
    { name: 'from the end', story: () => reviewing().tell({ type: 'session/ended', end: 'completed', detail: '' }, rewind('minimal-hook')), then: 'start production-shape 0' },
    { name: 'undone', story: () => hooking().tell(rewind('base'), { type: 'rewind/undone', rewind: 'w', restored: [], left: [], tree: 't1' }), then: 'open main' },
    { name: 'undone after the phase was met: it is measured again', story: () => met().tell(rewind('base'), { type: 'rewind/undone', rewind: 'w', restored: [], left: [], tree: 't1' }, ...opened('m2'), closed('m2'), says('m2', 'x')), then: 'evaluate' },
  ]);
});
