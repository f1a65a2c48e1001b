import assert from 'node:assert/strict';
import type { View } from '../../../src/core/session/view.ts';
import { fixtures } from '../fixtures/all.ts';
import { sideViews } from '../support/hooks.ts';
import type { SideView } from '../support/sideView.ts';

const name = ({ page }: SideView) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '');

/** The names of what Tab reaches, in order, once around. */
async function tour(view: SideView): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    await view.page.keyboard.press('Tab');
    const around = await view.page.evaluate(() => {
      const seen = document.activeElement?.classList.contains('seen') ?? true;
      document.activeElement?.classList.add('seen');
      return seen || document.activeElement === document.body;
    });
    if (around) return names;
    names.push(await name(view));
  }
}

describe('Side view: keyboard', () => {
  const { open } = sideViews();

  it('Tab goes from the head through the card to the spine, in the order of reading', async () => {
    const view = await open();
    await view.show(fixtures.running);
    assert.deepEqual((await tour(view)).slice(0, 16), [
      'Open the contract', 'Write a note to the model', 'Pause', 'Stop', 'src/scheduler/queue.js:41', 'Rewind hunk', 'Rewind file', 'Allow…',
      'Open the whole diff', 'explore', 'Rewind to explore', 'baseline', 'Rewind to baseline', 'oracle-only', 'Rewind to oracle-only', 'Open ORACLE.md',
    ]);
  });

  it('reaches every button and fold of a page', async () => {
    for (const fixture of ['plan', 'running', 'oracle-gate', 'ended-fail', 'empty-resumable'] as const) {
      const view = await open();
      await view.show(fixtures[fixture]);
      const all = await view.page.evaluate(() => [...document.querySelectorAll('button, summary')].filter((element) => element.checkVisibility()).length);
      assert.equal((await tour(view)).length, all, fixture);
    }
  });

  it('a focused rewind can be seen, and Enter and Space press it', async () => {
    const view = await open();
    await view.show(fixtures.running);
    const rewind = view.page.getByRole('button', { name: 'Rewind to baseline' });
    const opacity = () => rewind.evaluate((element) => getComputedStyle(element).opacity);
    assert.equal(await opacity(), '0');
    await view.page.getByRole('button', { name: 'baseline', exact: true }).focus();
    await view.page.keyboard.press('Tab');
    assert.equal(await opacity(), '1');
    assert.notEqual(await rewind.evaluate((element) => getComputedStyle(element).outlineStyle), 'none');
    await view.page.keyboard.press('Enter');
    await view.page.keyboard.press('Space');
    const wish = { type: 'intention', intention: { type: 'rewind-boundary', to: 'b2' } };
    assert.deepEqual((await view.posted()).slice(1), [wish, wish]);
  });

  it('a mark keeps the focus while it is set and taken off', async () => {
    const view = await open();
    const { view: ended } = fixtures.ended as { view: View };
    await view.show(fixtures.ended);
    await view.page.getByRole('button', { name: 'Mark as reviewed: src/model/block.js, line 47' }).focus();
    const marked = (ended.changes?.files ?? []).map((file) => ({ ...file, hunks: file.hunks.map((hunk) => ({ ...hunk, reviewed: true })) }));
    await view.show({ type: 'view', view: { ...ended, changes: { total: 5, reviewed: 5, files: marked, more: 0 } } });
    assert.equal(await name(view), 'Reviewed: src/model/block.js, line 47. Take the mark off');
    assert.equal(await view.page.evaluate(() => document.activeElement?.getAttribute('aria-pressed')), 'true');
  });

  it('a rewind can be seen under the pointer', async () => {
    const view = await open();
    await view.show(fixtures.running);
    await view.page.locator('.spine li').nth(1).hover();
    assert.equal(await view.page.getByRole('button', { name: 'Rewind to baseline' }).evaluate((element) => getComputedStyle(element).opacity), '1');
  });

  it('opens and closes a fold', async () => {
    const view = await open();
    await view.show(fixtures.running);
    await view.page.locator('summary', { hasText: 'Scope' }).focus();
    await view.page.keyboard.press('Enter');
    assert.ok(await view.page.getByText('src/model/**').isVisible());
    await view.page.keyboard.press('Space');
    assert.equal(await view.page.getByText('src/model/**').isVisible(), false);
  });
});
