import assert from 'node:assert/strict';
import type { ToWebview } from '../../../src/core/protocol.ts';
import { fixtures } from '../fixtures/all.ts';
import type { FixtureName } from '../fixtures/all.ts';
import { sideViews } from '../support/hooks.ts';

const markup = `"><img src=x onerror="globalThis.broken=1"><script>globalThis.broken=1</script><svg onload=globalThis.broken=1>&lt;b&gt;\${globalThis.broken=1}</span></section>' onclick='globalThis.broken=1`;
const reordering = 'safe\u202egnp.sj\u2066\u200b.js שלום';
const long = 'x'.repeat(100_000);

/** Words that choose between cases; everything else is text of somebody. */
const chosen = new Set(['type', 'state', 'kind', 'verdict', 'support', 'how', 'outcome', 'what', 'stands']);

/** A message with its texts replaced. */
function poisoned<T>(value: T, text: string, key?: string): T;
function poisoned(value: unknown, text: string, key = ''): unknown {
  if (typeof value === 'string') return chosen.has(key) && value !== '' ? value : text;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, text, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poisoned(inner, text, name)]));
}

/** `outcome` is a word of ours in a flag and a text in a finding. */
function withFindings(message: ToWebview, text: string): ToWebview {
  const copy = poisoned(message, text);
  if (copy.type === 'empty' || copy.view.result === undefined) return copy;
  return { type: 'view', view: { ...copy.view, result: { ...copy.view.result, findings: copy.view.result.findings.map((finding) => ({ ...finding, outcome: text })) } } };
}

const names = (Object.keys(fixtures) as FixtureName[]).filter((name) => !name.includes('huge'));

describe('Side view: hostile texts', () => {
  const { shared } = sideViews();

  for (const name of names) {
    it(`"${name}": markup stays text`, async () => {
      const view = shared();
      await view.show(withFindings(fixtures[name], markup));
      assert.deepEqual(view.problems, []);
      assert.equal(await view.page.locator('main :is(img, script, svg, b, iframe, a, link, style)').count(), 0);
      assert.equal(await view.page.evaluate(() => 'broken' in globalThis), false);
      if (name !== 'empty') assert.ok((await view.page.locator('main').textContent())?.includes('<img src=x onerror='));
      const handlers = await view.page.evaluate(() => [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]).filter(({ name }) => name.startsWith('on')).length);
      assert.equal(handlers, 0);
    });

    it(`"${name}": what would reorder or hide characters is spelled out`, async () => {
      const view = shared();
      await view.show(withFindings(fixtures[name], reordering));
      const text = (await view.page.locator('main').textContent()) ?? '';
      if (name !== 'empty') assert.ok(text.includes('safe\\u{202e}gnp.sj\\u{2066}\\u{200b}.js'));
      assert.equal(/[\u202e\u2066\u200b]/.test(await view.page.content()), false);
    });

    it(`"${name}": texts of 100 KB are cut and stay inside 240 px`, async () => {
      const view = shared();
      await view.page.setViewportSize({ width: 240, height: 900 });
      await view.show(withFindings(fixtures[name], long));
      assert.ok((await view.page.content()).length < 1_500_000);
      assert.equal(await view.page.evaluate(() => document.documentElement.scrollWidth), 240);
      assert.equal(await view.page.locator('main').evaluate((root) => [...root.querySelectorAll('*')].some((element) => [...element.childNodes].some((node) => node.nodeType === 3 && (node.nodeValue?.length ?? 0) > 2100))), false);
    });
  }

  it('a text from right to left does not disturb the figures beside it', async () => {
    const view = shared();
    const message = fixtures.running;
    await view.show({ type: 'view', view: { ...message.view, now: [{ call: 'c1', tool: 'read', title: 'קובץ.js', running: false, refused: '', summary: '84 lines' }] } });
    const [title, side] = await view.page.locator('.rows li').first().evaluate((row) => ['.mono', '.side'].map((part) => row.querySelector(part)?.getBoundingClientRect().left ?? 0));
    assert.ok((title ?? 0) < (side ?? 0));
  });
});
