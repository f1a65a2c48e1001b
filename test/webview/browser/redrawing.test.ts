import assert from 'node:assert/strict';
import type { View } from '../../../src/core/session/view.ts';
import { fixtures } from '../fixtures/all.ts';
import type { FixtureName } from '../fixtures/all.ts';
import { runningFlag } from '../fixtures/runningFlag.ts';
import { runningQuiet } from '../fixtures/runningQuiet.ts';
import { sideViews } from '../support/hooks.ts';
import type { SideView } from '../support/sideView.ts';

const names = Object.keys(fixtures) as FixtureName[];
const show = (view: View) => ({ type: 'view', view }) as const;

const focused = ({ page }: SideView) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);

describe('Side view: redrawing', () => {
  const { open } = sideViews();

  it('from any state to any other gives the same page, with the same messages behind its buttons, as drawing it afresh', async function () {
    this.timeout(120_000);
    const fresh = new Map<FixtureName, unknown>();
    for (const name of names) {
      const view = await open();
      await view.posted();
      await view.show(fixtures[name]);
      fresh.set(name, await view.page.evaluate(portrait));
    }
    const view = await open();
    await view.posted();
    const small = names.filter((name) => !name.includes('huge'));
    // One after the other, so that every state follows every other once.
    const walk = small.flatMap((one, index) => small.slice(index + 1).flatMap((other) => [one, other]));
    let from = '';
    for (const to of [...walk, 'huge', 'running', 'huge', 'ended-huge', 'huge'] as const) {
      await view.show(fixtures[to]);
      assert.deepEqual(await view.page.evaluate(portrait), fresh.get(to), `${from} → ${to}`);
      from = to;
    }
    assert.deepEqual(view.problems, []);
  });

  it('keeps every element that stays what it was', async () => {
    const view = await open();
    await view.show(show(runningQuiet));
    await view.page.evaluate(() => document.querySelectorAll('main *').forEach((element) => ((element as unknown as { seen: boolean }).seen = true)));
    const call = { call: 'c119', tool: 'read', title: 'src/model/new.js', running: true, refused: '', summary: '' };
    await view.show(show({ ...runningQuiet, now: [call, ...runningQuiet.now], meta: ['minimal-hook', '1 h 53', '$6.60', 'turn 119'] }));
    const added = await view.page.evaluate(() => [...document.querySelectorAll('main *')].filter((element) => !('seen' in element)).map((element) => element.closest('li')?.textContent));
    assert.deepEqual([...new Set(added)], ['readsrc/model/new.jsrunning']);
  });

  it('leaves the focus where it is', async () => {
    const view = await open();
    await view.show(show(runningFlag));
    await view.page.getByRole('button', { name: 'Rewind to baseline' }).focus();
    await view.show(show({ ...runningFlag, now: runningFlag.now.toReversed(), meta: ['later'] }));
    assert.equal(await focused(view), 'Rewind to baseline');
    await view.show(show(runningQuiet));
    assert.equal(await focused(view), 'Rewind to baseline');
  });

  it('leaves the focus on an element that moves', async () => {
    const view = await open();
    await view.show(fixtures['oracle-gate']);
    const gate = fixtures['oracle-gate'].view;
    assert.ok(gate.card);
    await view.page.getByRole('button', { name: 'Restore' }).focus();
    await view.show(show({ ...gate, card: { ...gate.card, flags: gate.card.flags.toReversed() } }));
    assert.equal(await focused(view), 'Restore');
  });

  it('never lets a button change its meaning under the focus: the focus goes to the heading instead', async () => {
    const view = await open();
    await view.show(fixtures.plan);
    await view.page.locator('.button.primary').focus();
    await view.show(fixtures['oracle-gate']);
    assert.equal(await focused(view), fixtures.plan.view.title);
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await view.posted(), [{ type: 'ready' }]);
  });

  it('keeps a fold as the person left it', async () => {
    const view = await open();
    await view.show(show(runningFlag));
    await view.page.locator('summary', { hasText: 'Plan' }).click();
    await view.show(show({ ...runningQuiet, meta: ['later'] }));
    assert.deepEqual(await view.page.locator('details').evaluateAll((all) => all.map((details) => (details as HTMLDetailsElement).open)), [false, true, false]);
    await view.page.locator('summary', { hasText: 'Plan' }).click();
    await view.show(show(runningFlag));
    assert.deepEqual(await view.page.locator('details').evaluateAll((all) => all.map((details) => (details as HTMLDetailsElement).open)), [false, false, false]);
  });

  it('keeps the place to which the page is scrolled', async () => {
    const view = await open({ height: 400 });
    await view.show(show(runningFlag));
    await view.page.evaluate(() => window.scrollTo(0, 300));
    await view.show(show({ ...runningFlag, meta: ['later'] }));
    assert.equal(await view.page.evaluate(() => window.scrollY), 300);
  });

  it('remembers that place for when VS Code builds the view again', async () => {
    const view = await open({ height: 400 });
    await view.show(show(runningFlag));
    await view.page.evaluate(() => new Promise((resolve) => {
      document.addEventListener('scrollend', resolve, { once: true });
      window.scrollTo(0, 240);
    }));
    const memory = await view.page.evaluate(() => (globalThis as unknown as { kept: unknown }).kept);
    assert.deepEqual(memory, { top: 240 });
    const again = await open({ height: 400, memory });
    await again.show(show(runningFlag));
    assert.equal(await again.page.evaluate(() => window.scrollY), 240);
    const confused = await open({ height: 400, memory: 'nonsense' });
    await confused.show(show(runningFlag));
    assert.equal(await confused.page.evaluate(() => window.scrollY), 0);
  });
});

/** The page as markup, and what each of its buttons posts; folds belong to the person and are left out. Runs in the page. */
function portrait(): { markup: string; messages: unknown[] } {
  const copy = document.querySelector('main')?.cloneNode(true) as HTMLElement;
  for (const details of copy.querySelectorAll('details')) details.open = false;
  const { posted } = globalThis as unknown as { posted: unknown[] };
  const before = posted.length;
  for (const button of document.querySelectorAll('button')) button.click();
  return { markup: copy.innerHTML.replaceAll(' style=""', ''), messages: posted.splice(before) };
}
