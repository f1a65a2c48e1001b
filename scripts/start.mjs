// Starts a real VS Code with Bounded in it, on the example task.
//   npm start -- [--folder DIR] [--desktop] [--port N] [--no-open] [--pace MS]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endAll, endChildrenOnSignal } from './programs.mjs';
import { main, Problem, say } from './problem.mjs';
import { makeExample, newExampleFolder } from './example.mjs';
import { installDependencies, requireNode } from './setup/dependencies.mjs';
import { bubblewrap, git, provide, ripgrep } from './setup/systemPrograms.mjs';
import { hostIsAvailable, provideVscodeHost } from './setup/vscodeHost.mjs';
import { openInBrowser } from './start/browser.mjs';
import { openDesktop } from './start/desktop.mjs';
import { chooseModel, modelVariables, startScriptedModel } from './start/model.mjs';

const { values: flags } = parseArgs({
  options: { folder: { type: 'string' }, desktop: { type: 'boolean' }, port: { type: 'string' }, 'no-open': { type: 'boolean' }, pace: { type: 'string' } },
});
const onDesktop = flags.desktop ?? !hostIsAvailable();

endChildrenOnSignal();
await main(async () => {
  requireNode();
  for (const name of /** @type {const} */ (['port', 'pace'])) requireNumber(name, flags[name]);
  await installDependencies();
  await provide([git, bubblewrap, ripgrep]);
  if (!onDesktop) await provideVscodeHost();
  const { buildProduct } = await import('./build/product.mjs');
  await buildProduct({ production: true });
  const folder = await workspace();
  const model = await chooseModel({ scripted: () => startScriptedModel(flags.pace) });
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-editor-'));
  process.once('exit', () => fs.rmSync(data, { recursive: true, force: true, maxRetries: 5 }));
  const show = (/** @type {string} */ where) => console.log(`\nBounded runs in a real VS Code:\n\n  ${where}\n\n  folder  ${folder}\n  model   ${model.title}\n\nThere: the Bounded icon at the side, or "Bounded: Start Bounded Task" among the commands (F1). Ctrl+C ends it.`);
  try {
    return onDesktop ? await desktop(folder, data, model.env, show) : await server(folder, data, model.env, show);
  } finally {
    await endAll();
  }
});

/** @param {string} name @param {string | undefined} value */
function requireNumber(name, value) {
  if (value !== undefined && !/^\d+$/.test(value)) throw new Problem(`--${name} takes a number, not "${value}".`);
}

/** The folder that is asked for, or a fresh copy of the example. */
async function workspace() {
  const wanted = flags.folder === undefined ? newExampleFolder() : path.resolve(flags.folder);
  if (fs.existsSync(wanted) && fs.readdirSync(wanted).length > 0) return fs.realpathSync(wanted);
  say(`Copying the example to ${wanted} …`);
  return makeExample(wanted);
}

/** @param {string} folder @param {string} data @param {NodeJS.ProcessEnv} env @param {(where: string) => void} show */
async function desktop(folder, data, env, show) {
  show('in its own window');
  return openDesktop({ folder, data, env });
}

/** @param {string} folder @param {string} data @param {NodeJS.ProcessEnv} env @param {(where: string) => void} show */
async function server(folder, data, env, show) {
  const [{ packVsix }, { installVsix, startEditor }] = await Promise.all([import('./build/vsix.mjs'), import('./host/server.mjs')]);
  const vsix = path.join(data, 'bounded.vsix');
  await packVsix(vsix, { quiet: true });
  await installVsix(vsix, data);
  // The editor's terminals belong to the user: what is set up for the extension stays out of them.
  const terminal = { 'terminal.integrated.env.linux': Object.fromEntries(modelVariables.map((name) => [name, null])) };
  const editor = await startEditor({ data, settings: terminal, env, ...(flags.port === undefined ? {} : { port: Number(flags.port) }) });
  const url = new URL(editor.url);
  url.searchParams.set('folder', folder);
  const address = url.href.replaceAll('%2F', '/');
  show(address);
  if (flags['no-open'] !== true) openInBrowser(address);
  return (await editor.exited) ?? 1;
}
