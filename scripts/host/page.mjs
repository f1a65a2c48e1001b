import util from 'node:util';
import { chromium } from 'playwright-core';
import { Problem } from '../problem.mjs';
import { findChromium } from '../setup/systemPrograms.mjs';

/** @typedef {import('playwright-core').Page} Page */

const browserFlags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run'];

/** A Chromium without a window. The caller closes it. */
export function openBrowser() {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Problem('Chromium was not found.', 'Install it or set CHROMIUM to a Chromium, Chrome or Edge program.');
  return chromium.launch({ executablePath, args: browserFlags, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}

/** An absolute path as the page of a remote VS Code names it. @param {string} file */
export const remoteUri = (file) => `vscode-remote://remote${encodeURI(file)}`;

/**
 * The address that opens `folder`, with an extension under development and a test entry where given.
 * @param {URL} server @param {{ folder: string, extension?: string, tests?: string }} what absolute paths
 */
export function workbenchUrl(server, { folder, extension, tests }) {
  const url = new URL(server);
  url.searchParams.set('folder', folder);
  /** @type {[string, string][]} */
  const payload = [['skipWelcome', 'true']];
  if (extension !== undefined) payload.push(['extensionDevelopmentPath', remoteUri(extension)]);
  if (tests !== undefined) payload.push(['extensionTestsPath', remoteUri(tests)]);
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** What VS Code says of itself in this form without a cloud, an account and a gallery; no fault of ours. */
const noise = /ChatModelSelection|AgentHost|Creating a socket|connection token|ServiceWorker|AccountPolicy|grace time|builtin extensions cache|open-vsx|workbench\/workbench\.js:/;

/** Shows what the tests print and answers the status that they end with. @param {Page} page @returns {Promise<number>} */
export function testStatus(page) {
  return new Promise((resolve) => {
    page.on('crash', () => resolve(70));
    const show = (/** @type {string} */ _type, /** @type {unknown[]} */ parts) => {
      const text = util.format(...parts);
      if (!noise.test(text)) console.log(text);
    };
    void page.exposeFunction('codeAutomationLog', show);
    void page.exposeFunction('codeAutomationExit', resolve);
  });
}
