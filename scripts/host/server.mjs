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
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
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
 * How an editor is started. `data` keeps everything of it; `env` is added to the environment of the extension host; `test` honours the
 * development extension of the page's address and forgets a closed page at once.
 * @typedef {{ data: string, port?: number, settings?: Record<string, unknown>, env?: NodeJS.ProcessEnv, test?: boolean }} EditorOptions
 */

/** Starts VS Code on 127.0.0.1 and answers when it listens. @param {EditorOptions} options @returns {Promise<EditorServer>} */
export async function startEditor(options) {
  const { data, env = {} } = options;
  const token = crypto.randomUUID();
  const { node, main } = hostPaths();
  writeSettings(options);
  const child = start(node, [main, ...serverFlags(options, token), ...dataFlags(data)], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...cleanEnvironment(), ...env } });
  const logs = path.join(data, 'server.log');
  /** @type {Promise<number | null>} */
  const exited = new Promise((resolve) => child.once('close', resolve));
  const { port, said } = await Promise.race([firstWords(child, logs), startTime()]);
  if (port !== undefined) return { url: new URL(`http://127.0.0.1:${port}/?tkn=${token}`), logs, exited, stop: () => end(child) };
  await end(child);
  throw notStarted(said);
}

/** @param {EditorOptions} options */
function writeSettings({ data, settings }) {
  const machine = path.join(data, 'user', 'Machine');
  fs.mkdirSync(machine, { recursive: true });
  fs.writeFileSync(path.join(machine, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/** @param {EditorOptions} options @param {string} token */
function serverFlags({ port = 0, test = false }, token) {
  const where = ['--host', '127.0.0.1', '--port', String(port), '--connection-token', token];
  const manner = ['--accept-server-license-terms', '--telemetry-level', 'off', '--disable-workspace-trust', '--disable-getting-started-override'];
  return [...where, ...manner, ...(test ? ['--enable-smoke-test-driver', '--reconnection-grace-time', '1'] : [])];
}

/** What a server said until it listened on a port, gave up or ended. @typedef {{ port: string | undefined, said: string }} FirstWords */

/** @param {import('node:child_process').ChildProcess} child @param {string} logs a file that gets everything it says @returns {Promise<FirstWords>} */
function firstWords(child, logs) {
  const log = fs.createWriteStream(logs);
  let said = '';
  return new Promise((resolve) => {
    const hear = (/** @type {string} */ part) => {
      log.write(part);
      said = (said + part).slice(-4000);
      const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      // A server that cannot listen says so, but does not end.
      if (port !== undefined || /Error occurred in server[^]*\n +at /.test(said)) resolve({ port, said });
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear);
    child.once('close', () => resolve({ port: undefined, said }));
  });
}

/** @returns {Promise<FirstWords>} */
const startTime = () => new Promise((resolve) => setTimeout(() => resolve({ port: undefined, said: 'It did not listen within a minute.' }), 60_000).unref());

/** @param {string} said */
function notStarted(said) {
  const reason = /^.*EADDRINUSE.*$/m.exec(said)?.[0] ?? said.trim().split('\n').slice(-5).join('\n');
  return new Problem(`VS Code did not start.\n${reason}`, said.includes('EADDRINUSE') ? 'Another program has the port: choose another one with --port.' : undefined);
}
