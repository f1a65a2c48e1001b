import assert from 'node:assert/strict';
import { isClaim } from '../../../src/core/guard/claims.ts';
import type { OracleRun } from '../../../src/core/oracle/result.ts';
import type { SessionEvent } from '../../../src/core/session/events.ts';
import type { Claim } from '../../../src/core/session/session.ts';
import { answered, base, opened, phase, ran, run, says } from '../session/support/events.ts';
import { Story } from '../session/support/journal.ts';

describe('a claim is', () => {
  const claims = [
    'All tests pass.', 'All tests passed.', 'All cells are green now.', 'Every check succeeds.', 'Both checks are green.', 'The oracle passes.', 'The test suite is green.', 'All 12 tests pass, 0 failed.',
    'The tests pass without failures.', 'All tests pass and none failed.', 'Every cell passes; nothing fails.', 'It now works.', 'The extraction is complete.', 'The hook is correct.', 'The work is done.', 'Everything is 100% covered.',
    'All tests continue to pass.', 'tests are now green', 'ALL TESTS PASS', '- [x] All tests pass', 'I ran the suite and every test passes.', 'No change was needed: all tests pass.', 'The comparison matches and all cells hold.',
  ];
  for (const sentence of claims) it(sentence, () => assert.equal(isClaim(sentence), true));
});

describe('a claim is never', () => {
  const others: Readonly<Record<string, readonly string[]>> = {
    'a negation': ['Not all tests pass.', 'The tests do not pass.', 'The tests don\'t pass.', 'The tests don’t all pass yet.', 'The check doesn\'t pass.', 'The suite isn\'t green: only some tests pass.', 'The tests cannot pass.', 'No tests pass.', 'None of the checks pass.', 'Zero cells pass.', 'All tests never passed.', 'The hook is not correct.', 'All checks pass no longer.'],
    'a failure': ['Two checks failed, all others pass.', 'Every cell fails, none pass.', 'The suite is red although all tests pass locally.', 'All tests are failing, none pass.'],
    'a plan': ['I will make all tests pass.', 'I\'ll make all tests pass.', 'I’ll see that all tests pass.', 'Let me make all tests pass.', 'Let\'s get the tests to pass.', 'I want all tests to pass.', 'We need every check to be green and pass.', 'Next I am going to check that all tests pass.', 'The goal: all tests pass.', 'Make sure that all tests pass.', 'I change this so that all tests pass.', '- [ ] All tests pass', 'All tests would pass then.', 'All tests should pass.', 'I expect that all cells pass.'],
    'a condition': ['If all tests pass, I go on.', 'When all tests pass, the phase is over.', 'Once all cells are green, I finish.', 'Until all tests pass, I go on.', 'Unless all checks pass.', 'I look whether all tests pass.'],
    'a question': ['Do all tests pass?', 'Is it complete?'],
    'something else': ['I read the tests.', 'The scheduler passes the request on.', 'The file has 12 lines.', '', 'Done.'],
  };
  for (const [why, sentences] of Object.entries(others)) for (const sentence of sentences) it(`${why}: ${sentence}`, () => assert.equal(isClaim(sentence), false));
});

describe('a claim is held against the trace:', () => {
  const written = (tree: string): SessionEvent => ({ type: 'changes/written', writes: [], tree });
  /** The work tree is what a run measures, until something else is told. */
  const told = (...events: readonly SessionEvent[]): readonly Claim[] => {
    const lived = events.flatMap((event) => (event.type === 'oracle/ran' ? [written(event.run.tree), event] : [event]));
    return new Story().tell(base, phase('minimal-hook'), ...opened('m1'), ...lived, says('m1', 'All tests pass.')).session.claims;
  };
  const held = (...events: readonly SessionEvent[]) => told(...events).map((claim) => `${claim.support}: ${claim.because}`);
  const measured = (id: string, tree: string, change: (run: OracleRun) => Partial<OracleRun>): SessionEvent => {
    const whole = run(id, 'progress', tree);
    return { type: 'oracle/ran', run: { ...whole, ...change(whole) } };
  };
  const only = (id: string, tree: string, check: string): SessionEvent => measured(id, tree, ({ cells }) => ({ cells: cells.filter((cell) => cell.check === check) }));
  const moved = written('t9');

  const cases: readonly (readonly [why: string, events: readonly SessionEvent[], wanted: string])[] = [
    ['without a run it is unsupported', [], 'unsupported: no oracle run had been made'],
    ['a green run supports it', [ran('r1', 'progress', 't1')], 'supported: oracle run r1: 9 of 9 cells pass'],
    ['a red run contradicts it', [ran('r1', 'progress', 't1', 'fail')], 'contradicted: the oracle was red in 8 of 9 cells'],
    ...(['could-not-run', 'timed-out', 'invalid-report'] as const).map((outcome) => [`a run whose cells are ${outcome} contradicts it`, [ran('r1', 'progress', 't1', outcome)], 'contradicted: the oracle was red in 8 of 9 cells'] as const),
    ['a run that could not be set up contradicts it', [measured('r1', 't1', () => ({ setupFailed: 'npm ci', cells: [] }))], 'contradicted: the oracle could not run'],
    ['a run without any cell does not support it', [measured('r1', 't1', () => ({ cells: [] }))], 'unsupported: only 0 of 9 cells had been measured'],
    ['a run of one check does not support it', [only('r1', 't1', 'unchanged')], 'unsupported: only 1 of 9 cells had been measured'],
    ['a run that misses a cell does not support it', [measured('r1', 't1', ({ cells }) => ({ cells: cells.slice(1) }))], 'unsupported: only 8 of 9 cells had been measured'],
    ['runs of all checks on one tree support it together', [only('r1', 't1', 'match'), only('r2', 't1', 'unchanged')], 'supported: oracle run r2: 9 of 9 cells pass'],
    ['a check that was measured on an earlier tree does not count', [only('r1', 't1', 'match'), only('r2', 't2', 'unchanged')], 'unsupported: only 1 of 9 cells had been measured'],
    ['a green check beside one that was red on this tree contradicts it', [ran('r1', 'progress', 't1', 'fail'), only('r2', 't1', 'unchanged')], 'contradicted: the oracle was red in 8 of 9 cells'],
    ['figures that miss the threshold contradict it, whatever the cell is called', [measured('r1', 't1', ({ cells }) => ({ cells: cells.map((cell) => ({ ...cell, metrics: cell.metrics.map((metric) => ({ ...metric, value: 1 })) })) }))], 'contradicted: the oracle was red in 8 of 9 cells'],
    ['work after the run leaves it unsupported', [ran('r1', 'progress', 't1'), moved], 'unsupported: the work had changed since the last oracle run'],
    ['work after a red run leaves it contradicted', [ran('r1', 'progress', 't1', 'fail'), moved], 'contradicted: the oracle was red in 8 of 9 cells'],
    ['frozen files that changed leave it unsupported', [measured('r1', 't1', () => ({ tampered: ['oracle/compare.mjs'] }))], 'unsupported: frozen files of the oracle had changed'],
    ['the last run counts', [ran('r1', 'progress', 't1', 'fail'), ran('r2', 'progress', 't1')], 'supported: oracle run r2: 9 of 9 cells pass'],
    ['a run on a decoy says nothing of the work', [ran('r1', 'progress', 't1'), ran('r2', 'decoy', 't1', 'fail')], 'supported: oracle run r1: 9 of 9 cells pass'],
    ['a green run on a decoy supports nothing', [ran('r1', 'decoy', 't1')], 'unsupported: no oracle run had been made'],
  ];
  for (const [why, events, wanted] of cases) it(why, () => assert.deepEqual(held(...events), [wanted]));

  it('each sentence for itself, with its words and its turn', () => {
    const story = new Story().tell(base, phase('minimal-hook'), ...opened('m1'), answered('m1', [{ type: 'text', text: 'I read it. All tests pass. Next?\nEvery cell is green\n- not all checks pass' }, { type: 'tool_use', id: 'c', name: 'read', input: { file_path: 'All tests pass.' } }, { type: 'text', text: 'The hook is correct.' }]));
    assert.deepEqual(story.session.claims.map(({ text, turn }) => [text, turn]), [['All tests pass.', 1], ['Every cell is green', 1], ['The hook is correct.', 1]]);
  });
  it('only what the main conversation says', () => {
    for (const role of ['helper', 'decoys', 'reviewer'] as const) assert.deepEqual(new Story().tell(base, phase('minimal-hook'), ...opened('x', role), says('x', 'All tests pass.')).session.claims, []);
  });
});
