import assert from 'node:assert/strict';
import { fixtures } from '../fixtures/all.ts';
import type { FixtureName } from '../fixtures/all.ts';
import { sideViews } from '../support/hooks.ts';

const names = Object.keys(fixtures) as FixtureName[];

describe('Side view: drawing', () => {
  const { open, shared } = sideViews();

  it('asks for its first view when it has loaded', async () => {
    assert.deepEqual(await (await open()).posted(), [{ type: 'ready' }]);
  });

  for (const name of names) {
    it(`draws "${name}" under its content security policy without a word on the console`, async () => {
      const view = shared();
      await view.show(fixtures[name]);
      await view.page.evaluate(() => document.fonts.ready);
      assert.deepEqual(view.problems, []);
      assert.equal(await view.page.locator('h1').count(), 1);
      assert.ok(await view.page.evaluate(() => document.querySelector('.codicon') === null || document.fonts.check('16px codicon')));
    });

    it(`"${name}" needs no sideways scrolling from 170 to 800 px, and nothing sticks out`, async () => {
      const view = shared();
      await view.show(fixtures[name]);
      for (const width of [170, 240, 340, 800]) {
        await view.page.setViewportSize({ width, height: 900 });
        assert.equal(await view.page.evaluate(() => document.documentElement.scrollWidth), width);
        assert.deepEqual(await view.page.evaluate(sticksOut), [], `${width} px`);
      }
    });
  }

  it('keeps the page small however much there is to show', async () => {
    const view = await open();
    await view.show(fixtures.huge);
    assert.ok((await view.page.locator('*').count()) < 4000);
    for (const [part, text] of [['.flags', '… 452 more'], ['.changes', '… 9088 more'], ['.globs', '… 284 more'], ['.rows', '… 188 more']] as const) assert.ok((await view.page.locator(`${part} > .more`).allTextContents()).includes(text), text);
    await view.show(fixtures['ended-huge']);
    assert.ok((await view.page.locator('*').count()) < 4500);
  });

  it('shows the red cell of a matrix of forty rows', async () => {
    const view = await open();
    await view.show(fixtures.huge);
    assert.equal(await view.page.locator('.cell.fail').count(), 18);
    assert.match((await view.page.locator('.grids .more').textContent()) ?? '', /^… \d+ more cells: \d+ passed$/);
  });

  it('moves nothing but the running rows, and nothing at all where motion is not wanted', async () => {
    const running = await open({ reducedMotion: 'no-preference' });
    await running.show(fixtures.running);
    const moving = () => document.getAnimations().map(({ effect }) => (effect instanceof KeyframeEffect ? effect.target?.className : ''));
    assert.deepEqual(await running.page.evaluate(moving), ['codicon codicon-loading spin', 'codicon codicon-loading spin']);
    await running.page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
    assert.deepEqual(await running.page.evaluate(moving), []);
    const still = await open({ reducedMotion: 'reduce' });
    await still.show(fixtures.running);
    assert.deepEqual(await still.page.evaluate(moving), []);
  });

  it('draws shares and positions although inline styles are forbidden', async () => {
    const view = await open();
    await view.show(fixtures.running);
    assert.equal(await view.page.locator('.budget .meter i').first().evaluate((bar) => (bar as HTMLElement).style.width), '62%');
    assert.equal(await view.page.locator('.scale i.limit').evaluate((mark) => (mark as HTMLElement).style.left), '48%');
    assert.equal(await view.page.locator('.cell').nth(1).evaluate((cell) => (cell as HTMLElement).style.getPropertyValue('--share')), '9%');
    assert.equal(await view.page.locator('.cell').nth(1).evaluate((cell) => Math.round(100 * parseFloat(getComputedStyle(cell, '::after').width) / cell.clientWidth)), 9);
  });
});

/** Elements whose text is neither inside the window nor cut on purpose; runs in the page. */
function sticksOut(): string[] {
  const outside = [...document.querySelectorAll('main *')].filter((element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility() && box.width > 0 && (box.right > window.innerWidth + 1 || box.left < -1);
  });
  const hidden = (element: Element): boolean => element.closest('.cut, .path, .tag, .tree, .clamp, .unseen, .cell, .label, .spin, h1') !== null;
  return outside.filter((element) => !hidden(element)).map((element) => `${element.tagName}.${element.className}`);
}
