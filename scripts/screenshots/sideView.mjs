// Draws the states of the side view in the themes of VS Code.
//   node scripts/screenshots/sideView.mjs             every state, light and dark, into docs/images
//   node scripts/screenshots/sideView.mjs --all DIR [--only NAME]   every state (whose name contains NAME), also at 240 and 800 px, into DIR
import fs from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { inRoot } from '../root.mjs';
import { smallPng } from './smallPng.mjs';

/** Drawn in high contrast as well. */
const mainStates = ['plan', 'running', 'ended', 'empty'];
/** Inputs of tests rather than states. */
const notStates = ['huge', 'ended-huge'];
const width = 340;

const { values } = parseArgs({ options: { all: { type: 'string' }, only: { type: 'string', default: '' } } });
process.chdir(inRoot());
const { allThemes, fixtures, launchBrowser, mainThemes, openSideView } = await load();
const browser = await launchBrowser();
try {
  if (values.all === undefined) await drawMain(inRoot('docs', 'images'));
  else await drawAll(path.resolve(values.all));
} finally {
  await browser.close();
}

/** The test support is TypeScript: it is bundled before it is imported. */
async function load() {
  const outfile = inRoot('out', 'screenshots', 'sideView.mjs');
  const names = ['fixtures/all.ts', 'support/sideView.ts', 'support/themes.ts'];
  const contents = names.map((name) => `export * from './test/webview/${name}';`).join('\n');
  await build({ stdin: { contents, resolveDir: inRoot() }, bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile, logLevel: 'warning' });
  return import(pathToFileURL(outfile).href);
}

/** @param {string} folder */
async function drawMain(folder) {
  for (const theme of mainThemes) for (const state of Object.keys(fixtures).filter((name) => !notStates.includes(name) && (mainStates.includes(name) || !theme.name.startsWith('high-contrast')))) await draw({ state, theme, width, file: path.join(folder, `side-view-${state}-${theme.name}.png`) });
}

/** @param {string} folder */
async function drawAll(folder) {
  for (const state of Object.keys(fixtures).filter((name) => name.includes(values.only))) {
    for (const theme of allThemes) await draw({ state, theme, width, file: path.join(folder, `${state}-${theme.name}.png`) });
    for (const other of [240, 800]) await draw({ state, theme: mainThemes[0], width: other, file: path.join(folder, `${state}-${other}.png`) });
  }
}

/** @param {{ state: string, theme: { name: string }, width: number, file: string }} picture */
async function draw({ state, theme, width, file }) {
  const view = await openSideView(browser, { theme, width, height: 480, scale: 2 });
  await view.show(fixtures[state]);
  if (view.problems.length > 0) throw new Error(`${state}: ${view.problems.join('\n')}`);
  await view.page.evaluate('document.fonts.ready');
  const png = smallPng(await view.page.screenshot({ fullPage: true }));
  await view.page.close();
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, png);
  console.log(`${path.relative(process.cwd(), file)}  ${Math.ceil(png.length / 1024)} KB`);
}
