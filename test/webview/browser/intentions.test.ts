import assert from 'node:assert/strict';
import type { FromWebview, ToWebview } from '../../../src/core/protocol.ts';
import { fixtures } from '../fixtures/all.ts';
import type { FixtureName } from '../fixtures/all.ts';
import { runningQuiet } from '../fixtures/runningQuiet.ts';
import { sideViews } from '../support/hooks.ts';

const names = Object.keys(fixtures) as FixtureName[];

describe('Side view: intentions', () => {
  const { open, shared } = sideViews();

  const clicking = async (message: ToWebview, name: string): Promise<FromWebview[]> => {
    const view = shared();
    await view.show(message);
    await view.page.getByRole('button', { name, exact: true }).first().click();
    return view.posted();
  };

  const cases: readonly (readonly [FixtureName, string, FromWebview])[] = [
    ['plan', 'Approve and lock', { type: 'intention', intention: { type: 'approve', gate: 'g1' } }],
    ['plan', 'Send back…', { type: 'intention', intention: { type: 'send-back', gate: 'g1' } }],
    ['plan', 'Open PLAN.md', { type: 'open', target: { kind: 'report', file: 'PLAN.md' } }],
    ['plan', 'Open the contract', { type: 'open', target: { kind: 'contract' } }],
    ['running', 'Rewind hunk', { type: 'intention', intention: { type: 'rewind-hunk', flag: 'f1', hunk: 'h1' } }],
    ['running', 'Rewind file', { type: 'intention', intention: { type: 'rewind-file', flag: 'f1' } }],
    ['running', 'Allow…', { type: 'intention', intention: { type: 'allow-flag', flag: 'f1' } }],
    ['running', 'src/scheduler/queue.js:41', { type: 'open', target: { kind: 'flag', flag: 'f1' } }],
    ['running', 'Write a note to the model', { type: 'intention', intention: { type: 'note' } }],
    ['running', 'Pause', { type: 'intention', intention: { type: 'pause' } }],
    ['running', 'Stop', { type: 'intention', intention: { type: 'stop' } }],
    ['running', 'Rewind to oracle-only', { type: 'intention', intention: { type: 'rewind-boundary', to: 'b3' } }],
    ['running', 'oracle-only', { type: 'open', target: { kind: 'boundary-diff', boundary: 'b3' } }],
    ['running', 'Open the whole diff', { type: 'open', target: { kind: 'diff' } }],
    ['running', 'float32, 4 · 8: fail, max_abs_error 3e-2', { type: 'open', target: { kind: 'artifact', id: 'log-float32-4 · 8' } }],
    ['running', 'generation-unchanged', { type: 'open', target: { kind: 'artifact', id: 'log-generation' } }],
    ['running', 'Undo: Attempt 1 back to oracle-only', { type: 'intention', intention: { type: 'undo-rewind', rewind: 'r1' } }],
    ['running', 'Resolve docs/activations.md…', { type: 'open', target: { kind: 'conflict', rewind: 'r1', path: 'docs/activations.md' } }],
    ['ended', 'Mark as reviewed: src/model/block.js, line 47', { type: 'intention', intention: { type: 'mark-hunks', reviewed: true, hunks: [{ path: 'src/model/block.js', hunk: 'k2' }] } }],
    ['ended', 'Reviewed: src/model/block.js, line 12. Take the mark off', { type: 'intention', intention: { type: 'mark-hunks', reviewed: false, hunks: [{ path: 'src/model/block.js', hunk: 'k1' }] } }],
    ['ended', 'Mark as reviewed: all of src/model/block.js', { type: 'intention', intention: { type: 'mark-hunks', reviewed: true, hunks: [{ path: 'src/model/block.js', hunk: 'k1' }, { path: 'src/model/block.js', hunk: 'k2' }, { path: 'src/model/block.js', hunk: 'k3' }] } }],
    ['ended', 'Rewind the hunk at line 47 of src/model/block.js', { type: 'intention', intention: { type: 'rewind-hunks', hunks: [{ path: 'src/model/block.js', hunk: 'k2' }] } }],
    ['ended', 'line 47', { type: 'open', target: { kind: 'change', path: 'src/model/block.js', hunk: 'k2' } }],
    ['ended', 'Rewind several hunks…', { type: 'open', target: { kind: 'hunks' } }],
    ['running', 'Open ORACLE.md', { type: 'open', target: { kind: 'report', file: 'ORACLE.md' } }],
    ['running', 'Open PROGRESS.md', { type: 'open', target: { kind: 'report', file: 'PROGRESS.md' } }],
    ['oracle-gate', 'Freeze the oracle', { type: 'intention', intention: { type: 'approve', gate: 'g2', ids: ['decoy-post-norm'] } }],
    ['oracle-gate', 'Rewind hunk', { type: 'intention', intention: { type: 'rewind-hunk', flag: 'f7', hunk: 'h1' } }],
    ['oracle-gate', 'Restore', { type: 'intention', intention: { type: 'restore-flag', flag: 'f9' } }],
    ['oracle-gate', 'Open diff', { type: 'open', target: { kind: 'diff' } }],
    ['paused', 'Continue', { type: 'intention', intention: { type: 'continue' } }],
    ['ended', 'Keep as branch', { type: 'intention', intention: { type: 'keep', how: 'branch' } }],
    ['ended', 'Keep as one commit', { type: 'intention', intention: { type: 'keep', how: 'squash' } }],
    ['ended', 'Open diff', { type: 'open', target: { kind: 'verdict-diff' } }],
    ['ended', 'Undo everything', { type: 'intention', intention: { type: 'keep', how: 'undo' } }],
    ['ended', 'Open the evidence', { type: 'open', target: { kind: 'report', file: 'EVIDENCE.md' } }],
    ['ended', 'Open REVIEW.md', { type: 'open', target: { kind: 'report', file: 'REVIEW.md' } }],
    ['empty', 'Start Bounded Task', { type: 'start' }],
    ['empty', 'Try the example task', { type: 'start-example' }],
    ['empty-resumable', 'Continue', { type: 'resume', session: 'activations-2f6c' }],
    ['empty-ended', 'Open', { type: 'resume', session: 'activations-2f6c' }],
    ['empty-elsewhere', 'Continue here', { type: 'resume', session: 'activations-2f6c' }],
    ['empty-resumable', 'Start .bounded/fix-flaky-queue.bounded.yaml', { type: 'start', contract: '.bounded/fix-flaky-queue.bounded.yaml' }],
  ];
  for (const [fixture, name, message] of cases) {
    it(`${fixture}: "${name}" posts ${JSON.stringify(message)}`, async () => assert.deepEqual(await clicking(fixtures[fixture], name), [message]));
  }

  for (const name of names) {
    it(`"${name}" posts one message per button, with ids that it was sent`, async () => {
      const view = shared();
      await view.show(fixtures[name]);
      const buttons = await view.page.evaluate(clickAll);
      const messages = await view.posted();
      assert.equal(messages.length, buttons);
      const known = JSON.stringify(fixtures[name]);
      const own = new Set(['intention', 'open', 'start', 'start-example', 'resume', 'report', 'contract', 'diff', 'verdict-diff', 'boundary-diff', 'flag', 'artifact', 'PLAN.md', 'ORACLE.md', 'PROGRESS.md', 'REVIEW.md', 'EVIDENCE.md',
        'note', 'pause', 'continue', 'stop', 'rewind-boundary', 'rewind-hunk', 'rewind-file', 'allow-flag', 'restore-flag', 'undo-rewind', 'rewind-hunks', 'mark-hunks', 'change', 'hunks', 'conflict']);
      for (const text of messages.flatMap(strings)) assert.ok(own.has(text) || known.includes(JSON.stringify(text)), text);
    });
  }

  it('offers what fits the state: pause while it lives, continue while it is paused, only the evidence at the end', async () => {
    const view = await open();
    const offered = async (name: FixtureName): Promise<(string | null)[]> => {
      await view.show(fixtures[name]);
      return view.page.locator('.tools button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
    };
    const alive = ['Open the contract', 'Write a note to the model', 'Pause', 'Stop'];
    for (const name of ['starting', 'plan', 'running'] as const) assert.deepEqual(await offered(name), alive);
    assert.deepEqual(await offered('paused'), ['Open the contract', 'Write a note to the model', 'Continue', 'Stop']);
    assert.deepEqual(await offered('ended'), ['Open the evidence']);
  });

  it('never offers a rewind to what has not been crossed', async () => {
    const view = await open();
    await view.show(fixtures.running);
    assert.deepEqual(await view.page.locator('.rewind').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label'))), ['Rewind to explore', 'Rewind to baseline', 'Rewind to oracle-only']);
  });

  it('never offers a rewind to what was given up to make room', async () => {
    const view = await open();
    await view.show(fixtures['store-full']);
    assert.deepEqual(await view.page.locator('.rewind').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label'))), ['Rewind to explore', 'Rewind to oracle-only', 'Rewind to minimal-hook']);
  });

  it('takes a double click for one', async () => {
    const view = shared();
    await view.show(fixtures.plan);
    await view.page.getByRole('button', { name: 'Approve and lock' }).dblclick();
    assert.equal((await view.posted()).length, 1);
  });

  it('ignores a message that it does not understand, says so, and keeps what it shows', async () => {
    const view = await open();
    await view.show(fixtures.running);
    const before = await view.page.content();
    for (const wrong of ['view', null, { type: 'reload' }, { type: 'view', view: { ...runningQuiet, boundaries: null } }]) await view.send(wrong);
    assert.equal(await view.page.content(), before);
    assert.equal(view.problems.length, 4);
    assert.match(view.problems[3] ?? '', /message\.view\.boundaries is not an object/);
  });

  it('draws the newest of many messages', async () => {
    const view = await open();
    const message = { type: 'view', view: { ...runningQuiet, title: 'the last one' } } as const;
    await view.page.evaluate((all) => all.forEach((each) => window.postMessage(each, '*')), Array.from({ length: 50 }, () => fixtures.running));
    await view.show(message);
    assert.equal(await view.page.locator('h1').innerText(), 'the last one');
  });
});

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

/** Presses every button of the page once and answers how many there are. */
function clickAll(): number {
  const buttons = [...document.querySelectorAll('button')];
  for (const button of buttons) button.click();
  return buttons.length;
}
