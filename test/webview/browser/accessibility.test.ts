import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AxeResults, RunOptions } from 'axe-core';
import { fixtures } from '../fixtures/all.ts';
import type { FixtureName } from '../fixtures/all.ts';
import { sideViews } from '../support/hooks.ts';
import type { SideView } from '../support/sideView.ts';
import { allThemes, mainThemes } from '../support/themes.ts';

const axeSource = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const names = (Object.keys(fixtures) as FixtureName[]).filter((name) => !name.includes('huge'));

describe('Side view: accessibility', () => {
  const { open, shared } = sideViews();

  before(() => shared().page.evaluate(axeSource));

  for (const name of names) {
    it(`axe finds nothing serious in "${name}" in any theme`, async () => {
      const view = shared();
      await view.show(fixtures[name]);
      await view.page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      for (const theme of allThemes) {
        await view.setTheme(theme);
        // Only contrast depends on the theme.
        assert.deepEqual(await violations(view, theme === allThemes[0] ? undefined : 'color-contrast'), [], theme.name);
      }
    });
  }

  it('axe finds nothing serious where everything is long', async () => {
    const view = await open({ width: 240 });
    await view.page.evaluate(axeSource);
    await view.show(fixtures['ended-huge']);
    assert.deepEqual(await violations(view), []);
  });

  it('every part has a heading below the one of the task', async () => {
    const view = await open();
    await view.show(fixtures.running);
    assert.deepEqual(await view.page.locator('h1, h2').allTextContents(), [
      'Extract activation vectors of chosen layers; generation outputs stay unchanged', '1 change outside the scope', 'Boundaries', 'Oracle', 'Changes', 'Budgets', 'Now', 'Rewinds', 'Plan', 'Scope',
    ]);
  });

  it('meters, cells and rows say in words what they show in colours', async () => {
    const view = await open();
    await view.show(fixtures.running);
    const { page } = view;
    assert.equal(await page.getByRole('meter', { name: 'Repairs' }).getAttribute('aria-valuetext'), '4 of 5, nearly used up');
    assert.equal(await page.getByRole('button', { name: 'float32, 4 · 8: fail, max_abs_error 3e-2' }).count(), 1);
    assert.equal(await page.getByRole('img', { name: 'noise 1e-8, threshold 1e-6, nearest decoy 4e-3' }).count(), 1);
    assert.equal(await page.locator('.spine [aria-current=step]').innerText(), 'now\nminimal-hook\n+61 −9\nrun_oracle · 5 of 8 cells');
    assert.equal(await page.getByRole('table', { name: 'dtype by batch · length' }).count(), 1);
    assert.equal(await page.getByRole('row', { name: /^float16/ }).count(), 1);
  });

  it('icons are silent', async () => {
    const view = shared();
    await view.show(fixtures.running);
    assert.ok((await view.page.locator('.codicon').count()) > 20);
    assert.equal(await view.page.locator('.codicon:not([aria-hidden=true])').count(), 0);
  });

  it('a polite region tells what changed, once, and no more', async () => {
    const view = await open();
    const told: string[] = [];
    await view.page.exposeFunction('tell', (text: string) => void told.push(text));
    await view.page.evaluate(() => new MutationObserver(() => (globalThis as unknown as { tell(text: string): void }).tell(document.querySelector('[role=status]')?.textContent ?? '')).observe(document.querySelector('[role=status]') ?? document.body, { childList: true, characterData: true, subtree: true }));
    for (const name of ['starting', 'plan', 'plan', 'running-quiet', 'running', 'ended', 'empty-problem'] as const) await view.show(fixtures[name]);
    assert.deepEqual(told, [
      'Starting',
      'Waiting for you, explore. Does the plan understand the real path, and is the integration point the smallest?',
      'Working, minimal-hook',
      'Working, minimal-hook. 1 change outside the scope',
      'Ended. Verdict: pass. What shall become of the work?',
      'Open a folder to start.',
    ]);
    assert.equal(await view.page.locator('[role=status]').getAttribute('aria-live'), 'polite');
  });

  it('borders stand in for tints in high contrast', async () => {
    const view = await open();
    await view.show(fixtures.running);
    for (const theme of mainThemes.filter(({ colors }) => colors['contrastBorder'] !== undefined)) {
      await view.setTheme(theme);
      for (const part of ['.cell.pass', '.button', '.chip', '.card', '.meter']) {
        const color = await view.page.locator(part).first().evaluate((element) => getComputedStyle(element).borderTopColor);
        const wanted = await view.page.evaluate((value) => Object.assign(document.body.appendChild(document.createElement('i')), { style: `color: ${value}` }) && value, theme.colors['contrastBorder']);
        assert.equal(color, rgb(wanted ?? ''), `${theme.name} ${part}`);
      }
    }
  });
});

function rgb(hex: string): string {
  return `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;
}

/** What axe finds, all of its rules or one. */
async function violations({ page }: SideView, rule?: string): Promise<string[]> {
  const options: RunOptions = rule === undefined ? {} : { runOnly: [rule] };
  const results = await page.evaluate((how) => (globalThis as unknown as { axe: { run(how: RunOptions): Promise<AxeResults> } }).axe.run(how), options);
  return results.violations.filter(({ impact }) => impact !== 'minor').map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join(' | ')}`);
}
