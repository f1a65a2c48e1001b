import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from './problem.mjs';
import { root } from './root.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */
/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, timeoutMs?: number }} RunOptions `quiet` keeps the output for the caller instead of showing it. */

/** Children that are still ours to end. @type {Set<ChildProcess>} */
const living = new Set();

const ownGroup = process.platform !== 'win32';

/**
 * Starts a program in a process group of its own: what it started and left running ends with it.
 * @param {string} command @param {readonly string[]} args @param {import('node:child_process').SpawnOptions} options
 */
export function start(command, args, options) {
  const child = spawn(command, args, { cwd: root, detached: ownGroup, ...options });
  living.add(child);
  child.once('exit', () => {
    living.delete(child);
    signalGroup(child, 'SIGKILL');
  });
  child.once('error', () => living.delete(child));
  return child;
}

/** Runs a program to its end, or ends it when its time is over. @param {string} command @param {readonly string[]} args @param {RunOptions} [options] @returns {Promise<{ status: number, output: string }>} */
export function run(command, args, { cwd = root, env = process.env, quiet = false, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, args, { cwd, env, stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => void end(child), timeoutMs);
    child.once('error', (error) => reject(new Problem(`${command} could not be started: ${error.message}`)));
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, output });
    });
  });
}

/** Runs a program that has to succeed and answers its output. @param {string} command @param {readonly string[]} args @param {RunOptions & { hint?: string }} [options] */
export async function must(command, args, { hint, ...options } = {}) {
  const { status, output } = await run(command, args, options);
  if (status === 0) return output;
  throw new Problem(`${[path.basename(command), ...args].join(' ')} ended with status ${status}.${output === '' ? '' : `\n${output.trim()}`}`, hint);
}

/** Ends a child and what it started; by force after two seconds. @param {ChildProcess} child */
export async function end(child) {
  if (!living.has(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 2000);
  await ended;
  clearTimeout(timer);
}

/** @param {ChildProcess} child @param {NodeJS.Signals} signal */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (ownGroup) process.kill(-child.pid, signal);
    else spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
  } catch {
    // Nothing of the group is left.
  }
}

/** Ends every child that is still running; for signal handlers. */
export const endAll = () => Promise.all([...living].map(end));

/** A script that is told to stop takes its children along. */
export function endChildrenOnSignal() {
  for (const [signal, status] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
    process.once(signal, () => void endAll().finally(() => process.exit(status)));
  }
}

/** Whether a process of this id runs. @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The first of `names` that is a program on PATH. @param {...string} names */
export function onPath(...names) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((name) => folders.flatMap((folder) => endings.map((ending) => path.join(folder, name + ending))));
  return candidates.find(isProgram);
}

/** @param {string} file */
export function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The environment without what npm adds for its scripts, so that a started editor looks as if a person had started it. */
export function cleanEnvironment() {
  const added = /^(npm_|INIT_CWD$|NODE_OPTIONS$|NODE$|COLOR$|FORCE_COLOR$|VSCODE_|ELECTRON_RUN_AS_NODE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !added.test(name)));
}
