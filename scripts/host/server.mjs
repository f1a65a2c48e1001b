import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { cleanEnvironment, end, must, start } from '../programs.mjs';
import { Problem } from '../problem.mjs';
import { hostPaths } from '../setup/vscodeHost.mjs';

/**
 * A VS Code server that is running. `url` opens it and carries the token without which it answers nobody.
 * @typedef {{ url: URL, logs: string, exited: Promise<number | null>, stop: () => Promise<void> }} EditorServer
 */

/** Settings for an editor that starts quietly and asks nobody on the net. @type {Record<string, unknown>} */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'git.autofetch': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
};

/** @param {string} data the folder that holds everything of one editor */
const dataFlags = (data) => ['--server-data-dir', path.join(data, 'server'), '--user-data-dir', path.join(data, 'user'), '--extensions-dir', path.join(data, 'extensions')];

/** Installs a packaged extension into the editor that keeps its state in `data`. @param {string} vsix @param {string} data */
export async function installVsix(vsix, data) {
  const { node, main } = hostPaths();
  await must(node, [main, '--accept-server-license-terms', '--install-extension', vsix, '--force', ...dataFlags(data)], { env: cleanEnvironment(), quiet: true });
}

/**
 * Starts VS Code on 127.0.0.1 and answers when it listens.
 * @param {{ data: string, port?: number, settings?: Record<string, unknown>, env?: NodeJS.ProcessEnv, driver?: boolean }} options `data` keeps
 * everything of the editor; `env` is added to the environment of the extension host; `driver` honours the development extension of the page's address
 * @returns {Promise<EditorServer>}
 */
export async function startEditor({ data, port = 0, settings = {}, env = {}, driver = false }) {
  const machine = path.join(data, 'user', 'Machine');
  fs.mkdirSync(machine, { recursive: true });
  fs.writeFileSync(path.join(machine, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  const token = crypto.randomUUID();
  const { node, main } = hostPaths();
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--connection-token', token, '--accept-server-license-terms', '--telemetry-level', 'off'];
  const quiet = ['--disable-workspace-trust', '--disable-getting-started-override', '--reconnection-grace-time', '1', ...(driver ? ['--enable-smoke-test-driver'] : [])];
  const child = start(node, [main, ...flags, ...quiet, ...dataFlags(data)], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...cleanEnvironment(), ...env } });
  const logs = path.join(data, 'server.log');
  const log = fs.createWriteStream(logs);
  /** @type {Promise<number | null>} */
  const exited = new Promise((resolve) => child.once('close', resolve));
  /** @type {Promise<number>} */
  const listening = new Promise((resolve) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part) => {
        log.write(part);
        const found = /Extension host agent listening on (\d+)/.exec((text = (text + part).slice(-4000)));
        if (found) resolve(Number(found[1]));
      });
    }
  });
  const bound = await Promise.race([listening, exited.then((status) => failed(status, logs))]);
  return { url: new URL(`http://127.0.0.1:${bound}/?tkn=${token}`), logs, exited, stop: () => end(child) };
}

/** @param {number | null} status @param {string} logs @returns {never} */
function failed(status, logs) {
  const tail = fs.existsSync(logs) ? fs.readFileSync(logs, 'utf8').trim().split('\n').slice(-5).join('\n') : '';
  throw new Problem(`VS Code did not start (status ${status}).\n${tail}`, tail.includes('EADDRINUSE') ? 'The port is in use: choose another one with --port.' : undefined);
}
