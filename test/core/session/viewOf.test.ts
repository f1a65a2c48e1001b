import assert from 'node:assert/strict';
import { printView } from '../../../src/cli/printView.ts';
import { catchesDecoy } from '../../../src/core/oracle/before.ts';
import type { SessionEvent } from '../../../src/core/session/events.ts';
import { fold } from '../../../src/core/session/evolve.ts';
import { viewOf } from '../../../src/core/session/viewOf.ts';
import { problemOf } from '../../../src/webview/incoming.ts';
import { answer, answered, base, boundary, exit, flag, gate, opened, phase, plan, ran, run, write, wrote } from './support/events.ts';
import { contractOf, Story } from './support/journal.ts';
import { wholeSession } from './support/wholeSession.ts';

const stray = write('src/scheduler/queue.js', 'q0', 'q1', 'command');
const working = () => new Story().tell(base, phase('explore'), { type: 'plan/submitted', plan }, boundary('explore', 't0'), boundary('baseline', 't0'), boundary('oracle-only', 't0'), phase('minimal-hook'), ...opened('m1'));
const facts = (story: Story) => Object.fromEntries(viewOf(story.session).card?.facts.map(({ name, value }) => [name, value]) ?? []);

describe('View of a session', () => {
  it('can be drawn after every entry of a whole session, whether the loop runs or not', () => {
    const { entries } = wholeSession();
    for (let cut = 1; cut <= entries.length; cut++) {
      const session = fold(entries.slice(0, cut));
      assert.ok(session);
      for (const running of [true, false]) assert.equal(problemOf(JSON.parse(JSON.stringify({ type: 'view', view: viewOf(session, { active: 5, running }) }))), undefined, `after entry ${cut}`);
    }
  });

  it('says in the chip how it stands', () => {
    const chip = (story: Story, running = true) => viewOf(story.session, { active: 0, running }).chip;
    assert.equal(chip(new Story()), 'Starting');
    assert.equal(chip(working()), 'Working');
    assert.equal(chip(working(), false), 'Paused');
    assert.equal(chip(working().tell(gate('g', 'minimal-hook')), false), 'Waiting for you');
    assert.equal(chip(wholeSession()), 'Ended');
  });

  it('lists a hundred flags at most, and says how many more there are', () => {
    const story = () => working().tell(wrote('t1', stray), ...Array.from({ length: 230 }, (_, index) => ({ type: 'flags/raised' as const, flags: [flag(`f${index}`, write(`src/scheduler/file${index}.js`, 'q0', 'q1', 'command'))] })));
    for (const told of [story(), story().tell(gate('g', 'minimal-hook', 'stray', ['f1']))]) {
      const view = viewOf(told.session, { active: 0, running: false });
      assert.deepEqual([view.card?.flags.length, view.card?.moreFlags], [100, 130]);
      assert.match(printView(view), /… and 130 flags more; bounded trace names every one/);
    }
    assert.match(facts(story().tell(gate('g', 'minimal-hook')))['Strays'] ?? '', /file19\.js \(out-of-scope, open\) and 210 more$/);
  });

  it('answers for all flagged files at once where there are several, and for none that may be the user\'s', () => {
    const labels = (...more: readonly SessionEvent[]) => viewOf(working().tell(...more).session).card?.actions.map(({ label }) => label);
    const at = (id: string, path: string, maybeUser = false): SessionEvent => ({ type: 'flags/raised', flags: [flag(id, write(path, 'q0', 'q1', 'command'), { maybeUser })] });
    const [a, again, b, theirs] = [at('f1', 'a.js'), at('f2', 'a.js'), at('f3', 'b.js'), at('f4', 'c.js', true)];
    assert.deepEqual(labels(a, again, b, theirs), ['Rewind all 2']);
    assert.deepEqual(labels(a, again, theirs), []);
    assert.deepEqual(labels(a, b, gate('g', 'minimal-hook', 'repairs', ['f1'])), ['Try again', 'Send back…', 'Rewind all 2']);
  });

  it('shows one card: the end before a gate, a gate before flags, flags before a pause', () => {
    const kind = (story: Story, running = true) => viewOf(story.session, { active: 0, running }).card?.kind;
    const flagged = () => working().tell(wrote('t1', stray), { type: 'flags/raised', flags: [flag('f1', stray)] });
    assert.equal(kind(working()), undefined);
    assert.equal(kind(working(), false), 'paused');
    assert.equal(kind(flagged(), false), 'flags');
    assert.equal(kind(flagged().tell(gate('g', 'minimal-hook', 'stray', ['f1'])), false), 'gate');
    assert.equal(kind(flagged().tell({ type: 'session/ended', end: 'stopped', detail: '' })), 'end');
  });

  it('approves a gate as a whole, by the name that stands for everything that is open at it, and sends back without a note', () => {
    const { card } = viewOf(working().tell(gate('g', 'minimal-hook', 'stray', ['f1', 'f2'])).session);
    assert.deepEqual(card?.actions.map(({ intention }) => intention), [{ type: 'approve', gate: 'g', ids: ['g'] }, { type: 'send-back', gate: 'g' }]);
  });

  it('says of an approval that is about more than flags that these stay as they are', () => {
    const title = (...blocking: readonly string[]) => viewOf(working().tell({ type: 'flags/raised', flags: [flag('f1', stray)] }, gate('g', 'minimal-hook', 'repairs', blocking)).session).card?.actions[0]?.title;
    assert.deepEqual([title('repairs'), title('repairs', 'f1')], ['Gives the phase its repair rounds again', 'Gives the phase its repair rounds again; what is flagged stays as it is']);
  });

  it('offers to rewind the hunk first where there is exactly one', () => {
    const labels = (hunks: number) => {
      const one = flag('f1', stray);
      return viewOf(working().tell({ type: 'flags/raised', flags: [{ ...one, hunks: Array.from({ length: hunks }, () => one.hunks[0] ?? assert.fail()) }] }).session).card?.actions.map(({ label }) => label);
    };
    assert.deepEqual(labels(1), ['Rewind hunk', 'Rewind file', 'Allow…']);
    assert.deepEqual(labels(2), ['Rewind file', 'Allow…']);
    assert.deepEqual(labels(0), ['Rewind file', 'Allow…']);
  });

  it('never counts an unknown cost as nothing', () => {
    assert.ok(viewOf(working().tell(answered('m1', [], 'end_turn', null)).session).meta.includes('price unknown, counted as $0.00'));
    assert.ok(viewOf(working().tell(answered('m1', [], 'end_turn', null), answered('m1', [], 'end_turn', 1)).session).meta.includes('$1.00 + 1 unpriced, counted as $0.00'));
  });

  it('warns of a missing sandbox, of answers that are not the vendor\'s and of an amended contract', () => {
    const story = new Story(undefined, { sandbox: { kind: 'none', detail: 'no bwrap' }, endpoint: { url: 'u', servedBy: 'scripted' } }).tell({ type: 'contract/locked', hash: 'h' },
      { type: 'amendment/proposed', amendment: { id: 'A-1', change: 'x', why: 'y' } }, { type: 'amendment/decided', amendment: 'A-1', approved: true, contract: contractOf(), contractText: 'x', contractHash: 'y' });
    assert.deepEqual(viewOf(story.session).warnings, [
      'No sandbox works here (no bwrap): a command or check that runs code of the workspace has your full rights.',
      'Answers come from: scripted, not from a model of the vendor.', 'The contract was amended after it had been locked.',
    ]);
  });
});

describe('View of the gates', () => {
  it('explore: says what the plan asks for beyond the contract', () => {
    const at = (files: readonly string[]) => facts(new Story().tell(base, phase('explore'), { type: 'plan/submitted', plan: { ...plan, files_to_change: files } }, gate('g', 'explore')))['Asks for'];
    assert.equal(at(['src/model/**', 'oracle/compare.mjs']), 'nothing beyond the contract');
    assert.equal(at(['src/model/a.js', 'src/scheduler/queue.js', 'lib/']), 'not in the scope: src/scheduler/queue.js, lib/');
  });

  it('oracle-only: red cells, decoys, survivors and what is not covered', () => {
    const shown = facts(new Story().tell(base, boundary('explore', 't0'), phase('baseline'), ran('r1', 'baseline', 't0', 'could-not-run'), boundary('baseline', 't0'), phase('oracle-only'), ran('r2', 'red', 't1', 'fail'),
      { type: 'decoys/submitted', decoys: [{ name: 'a', wrong_how: '', patch: '' }, { name: 'b', wrong_how: '', patch: '' }] },
      { type: 'decoy/ran', decoy: 'a', result: 'caught', detail: 'x' }, { type: 'decoy/ran', decoy: 'b', result: 'survived', detail: 'green' }, gate('g', 'oracle-only')));
    assert.equal(shown['Red now'], '8 of 9 cells before the work');
    assert.equal(shown['Decoys'], '1 of 2 caught');
    assert.equal(shown['D-2'], 'b, survived: green');
    assert.match(shown['Not covered'] ?? '', /match: batch other than 1, 4/);
  });

  it('numbers decoys by their submission, and never twice', () => {
    const decoy = (name: string) => ({ name, wrong_how: '', patch: '' });
    const story = new Story().tell(base, phase('oracle-only'), { type: 'decoys/submitted', decoys: [decoy('D-2'), decoy('b')] }, { type: 'decoy/ran', decoy: 'b', result: 'void', detail: '' },
      { type: 'decoys/submitted', decoys: [decoy('b')] });
    assert.deepEqual(story.session.line.decoys.map(({ id, name }) => [id, name]), [['D-1', 'D-2'], ['D-3', 'b']]);
  });

  it('minimal-hook: regression, figures and strays; one run is not a confirmation', () => {
    const at = (...runs: ReturnType<typeof ran>[]) => facts(working().tell(...runs, { type: 'flags/raised', flags: [flag('f1', stray, { outcome: 'rewound' })] }, gate('g', 'minimal-hook')));
    assert.equal(at(ran('r1', 'boundary', 't1'))['Oracle'], '9 of 9 cells green');
    const shown = at(ran('r1', 'boundary', 't1'), ran('r2', 'confirm', 't1'));
    assert.equal(shown['Oracle'], '9 of 9 cells green, confirmed by a second run');
    assert.equal(shown['Regression'], 'unchanged green, 14 of 14 tests');
    assert.match(shown['Strays'] ?? '', /queue\.js \(out-of-scope, rewound\)/);
  });
});

describe('View of the oracle', () => {
  const check = (story: Story, id = 'match') => viewOf(story.session).oracle?.checks.find((one) => one.id === id);

  it('before any run says what is wanted', () => {
    assert.deepEqual(check(working()), { id: 'match', state: 'not-run', summary: '8 cells · max_abs_error <= 1e-6' });
  });

  it('lays any number of axes out in two, with a place for cells that did not run', () => {
    const partial = run('r1', 'progress', 't1');
    const { grid, state } = check(working().tell({ type: 'oracle/ran', run: { ...partial, cells: partial.cells.slice(0, 5) } })) ?? assert.fail();
    assert.deepEqual([grid?.rowAxis, grid?.columnAxis, grid?.columns], ['dtype', 'batch · length', ['1 · 8', '1 · 128', '4 · 8', '4 · 128']]);
    assert.deepEqual(grid?.rows.map((row) => row.cells.map((cell) => cell.state)), [['pass', 'pass', 'pass', 'pass'], ['pass', 'not-run', 'not-run', 'not-run']]);
    assert.notEqual(state, 'pass');
  });

  it('draws the share of each threshold by its own condition', () => {
    const grid = check(working().tell(ran('r1', 'progress', 't1')))?.grid;
    assert.ok(grid?.rows.flatMap((row) => row.cells).every((cell) => Math.abs(cell.share - 0.1) < 1e-9));
  });

  it('does not draw a decoy run, and calls a failed set-up blocked', () => {
    assert.equal(check(working().tell(ran('r1', 'progress', 't1'), ran('r2', 'decoy', 't1', 'fail')))?.state, 'pass');
    assert.equal(check(working().tell({ type: 'oracle/ran', run: { ...run('r1', 'progress', 't1'), cells: [], setupFailed: 'npm' } }))?.state, 'blocked');
  });

  it('a figure that passed under a threshold that was tightened since is red', () => {
    const contract = contractOf();
    const [match, unchanged] = contract.oracle.checks;
    const tight = { ...contract, oracle: { ...contract.oracle, checks: [{ ...match ?? assert.fail(), metrics: { max_abs_error: { kind: 'at-most' as const, value: 1e-9 } } }, unchanged ?? assert.fail()] } };
    assert.equal(check(new Story(tight).tell(base, phase('explore'), ran('r1', 'progress', 't1')))?.state, 'fail');
  });

  it('marks noise, threshold and the nearest decoy in order on the scale', () => {
    const { checks } = contractOf().oracle;
    const caught = catchesDecoy(checks, ['unchanged'], run('d', 'decoy', 't1', 'fail'), [run('r', 'red', 't1', 'could-not-run')]);
    const scale = check(working().tell({ type: 'decoys/submitted', decoys: [{ name: 'a', wrong_how: '', patch: '' }] }, { type: 'decoy/ran', decoy: 'a', ...caught }, ran('r1', 'progress', 't1')))?.scale;
    assert.deepEqual(scale?.marks.map(({ kind, text }) => [kind, text]), [['noise', 'noise 1e-7'], ['limit', '≤ 1e-6'], ['decoy', 'decoy 100 ×']]);
    const at = scale?.marks.map((mark) => mark.at) ?? [];
    assert.deepEqual(at, at.toSorted((a, b) => a - b));
  });
});

describe('View of the end', () => {
  const ended = (verdict: 'pass' | 'fail', files: number, ...runs: ReturnType<typeof ran>[]) => viewOf(working().tell(...runs, { type: 'verdict/reached', verdict, tree: 't0', change: { files, added: 1, removed: 0 }, because: ['figures'] }, { type: 'session/ended', end: 'completed', detail: 'done' }).session);

  it('offers five ends, each saying what it does to git', () => {
    const { card } = ended('pass', 2);
    assert.deepEqual(card?.actions.map(({ label }) => label), ['Keep as branch', 'Keep as one commit', 'Leave in my work tree', 'Export a patch', 'Undo everything']);
    assert.ok(card.actions.every(({ title }) => /git|repository/.test(title)));
  });

  it('offers to drop a branch that was kept, until it was dropped', () => {
    const branch = { branch: 'bounded/task/1', commit: 'c1' };
    const story = working().tell({ type: 'verdict/reached', verdict: 'pass', tree: 't0', change: { files: 1, added: 1, removed: 0 }, because: [] }, { type: 'session/ended', end: 'completed', detail: '' }, { type: 'work/kept', how: 'branch', detail: 'made', branches: [branch] });
    assert.match(viewOf(story.session).card?.actions.at(-1)?.title ?? '', /^Removes bounded\/task\/1 from your repository/);
    const dropped = viewOf(story.tell({ type: 'work/kept', how: 'dropped', detail: 'gone', branches: [branch] }).session).card;
    assert.deepEqual([dropped?.question, dropped?.actions.at(-1)?.label], ['The branch was dropped', 'Undo everything']);
    assert.deepEqual(dropped?.facts.at(-1), { name: 'Done', value: 'gone', whole: true }, 'how to get it back is never cut short');
  });

  it('drops what was kept last in several repositories, and offers again what could not be dropped', () => {
    const [older, here, there] = [{ branch: 'bounded/task/1', commit: 'c1' }, { branch: 'bounded/task/2', commit: 'c2' }, { branch: 'bounded/task/1', commit: 'c3', root: '../api' }];
    const story = working().tell({ type: 'session/ended', end: 'completed', detail: '' }, { type: 'work/kept', how: 'squash', detail: '', branches: [older] }, { type: 'work/kept', how: 'branch', detail: '', branches: [here, there] });
    assert.match(viewOf(story.session).card?.actions.at(-1)?.title ?? '', /^Removes bounded\/task\/2 and bounded\/task\/1 in \.\.\/api from their repositories/);
    const dropped = story.tell({ type: 'work/kept', how: 'dropped', detail: '', branches: [here] }).session;
    assert.deepEqual(dropped.branches, [[older], [there]]);
  });

  it('offers none where nothing was changed', () => assert.deepEqual(ended('pass', 0).card?.actions, []));

  it('names every cell that missed, and what was not measured', () => {
    const { result } = ended('fail', 1, ran('r1', 'boundary', 't0', 'fail'));
    assert.equal(result?.measured.filter((row) => !row.met).length, 8);
    assert.ok(result.notMeasured.includes('not covered by checkpoints: big.bin'));
    assert.ok(result.notMeasured.every((one) => !one.includes('scratch')));
    assert.ok(result.notMeasured.includes('whether the oracle catches wrong implementations: none was tried'));
    assert.deepEqual(result.yours, ['notes.txt']);
  });

  it('says that nothing ran on the tree', () => {
    const { result } = ended('fail', 1);
    assert.equal(result?.summary, 'the oracle did not run on this tree');
    const reason = (because: readonly string[]) => viewOf(working().tell({ type: 'verdict/reached', verdict: 'unverified', tree: 't0', change: { files: 1, added: 1, removed: 0 }, because }).session).result?.because;
    assert.deepEqual(reason(['the work tree was changed after it had been measured', 'the oracle did not run on this tree']), ['the work tree was changed after it had been measured'], 'it is said once');
    assert.ok(result.notMeasured.includes('match: it did not run on this tree'));
  });

  it('a gate that flags keep from its end names files, and says of flags nothing twice', () => {
    const story = working().tell(wrote('t1', stray), { type: 'flags/raised', flags: [flag('f1', stray)] }, exit('minimal-hook', 't1', false, 'no-open-flag'));
    assert.deepEqual(facts(story.tell(gate('g', 'minimal-hook', 'no-progress', ['f1']))), {});
  });

  it('a person who let an unmet step through sees it as not met', () => {
    for (const ids of [['step:s2'], ['g']]) {
      const story = working().tell(exit('minimal-hook', 't0', false), gate('g', 'minimal-hook', 'no-progress', ['step:s2']), answer('g', { kind: 'approve', ids }));
      assert.equal(viewOf(story.session).plan?.steps.find((step) => step.id === 's2')?.met, false);
    }
  });
});
