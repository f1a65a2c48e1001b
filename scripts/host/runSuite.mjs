import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Problem } from '../problem.mjs';
import { openBrowser, testStatus, workbenchUrl } from './page.mjs';
import { installVsix, startEditor } from './server.mjs';

/**
 * A suite to run inside VS Code, all paths absolute.
 * @typedef {object} HostSuite
 * @property {string} extension the folder of the extension under development
 * @property {string} tests a CommonJS file with `exports.run`
 * @property {string} [folder] the workspace; a fresh empty folder without it
 * @property {string} [vsix] a packaged extension to install first
 * @property {NodeJS.ProcessEnv} [env] added to the environment of the extension host
 * @property {number} [timeoutMs]
 * @property {string} [screenshot] file for a picture of the editor at the end
 */

/** Runs a suite in the extension host of a real VS Code and answers its exit status. @param {HostSuite} suite @returns {Promise<number>} */
export async function runHostSuite({ extension, tests, folder, vsix, env, timeoutMs = 1_200_000, screenshot }) {
  // Without its tests the editor would start, and say nothing until the time is over.
  if (!fs.existsSync(tests)) throw new Problem(`The suite ${tests} is missing.`, 'Build it: npm run build -- --tests.');
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-editor-'));
  const workspace = fs.realpathSync(folder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-workspace-')));
  if (vsix !== undefined) await installVsix(vsix, data);
  const editor = await startEditor({ data, test: true, ...(env === undefined ? {} : { env }) });
  let status = 1;
  try {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const ended = testStatus(page);
      await page.goto(workbenchUrl(editor.url, { folder: workspace, extension: fs.realpathSync(extension), tests: fs.realpathSync(tests) }));
      status = await Promise.race([ended, serverLost(editor), tooLate(timeoutMs)]);
      const picture = screenshot ?? (status === 0 ? undefined : path.join(data, 'failure.png'));
      if (picture !== undefined) await page.screenshot({ path: picture }).catch(() => {});
    } finally {
      await browser.close();
    }
  } finally {
    await editor.stop();
  }
  if (status === 0) removeTraces(data, folder === undefined ? workspace : undefined);
  else console.log(`  The editor's logs and a picture of it are in ${data}`);
  return status;
}

/** @param {import('./server.mjs').EditorServer} editor @returns {Promise<never>} */
const serverLost = async ({ exited, logs }) => {
  throw new Problem(`VS Code ended during the tests with status ${await exited}.`, `Its log: ${logs}`);
};

/** @param {number} ms @returns {Promise<never>} */
const tooLate = (ms) => new Promise((_resolve, reject) => setTimeout(() => reject(new Problem(`The editor suite did not end within ${ms / 1000} s.`)), ms).unref());

/** @param {...(string | undefined)} folders */
function removeTraces(...folders) {
  for (const folder of folders) if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
