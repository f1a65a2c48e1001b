import { spawn, execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { promisify } from 'node:util';
import type { Controller } from '../agent/controller.ts';
import type { Session } from '../core/session/session.ts';
import { makeFolders } from '../node/journal/durable.ts';
import { loadContract } from '../node/session/place.ts';
import { startSession } from '../node/session/open.ts';
import { StartRefusal } from '../node/session/refusal.ts';
import { parseApprovals } from './approvals.ts';
import { UsageError, parse } from './arguments.ts';
import { changedNeighbours, missingScenes } from './demoPromise.ts';
import { exits } from './exit.ts';
import { runHeld } from './hold.ts';
import { createOutput } from './output.ts';
import type { Output } from './output.ts';
import { terminalUser } from './terminalUser.ts';
import { productVersion } from './version.ts';

const packageRoot = path.resolve(__dirname, '..');
const example = path.join(packageRoot, 'examples', 'activations');

/**
 * `bounded demo`: the example task in a fresh folder, with a scripted Messages-API server as the model and this command as
 * the person, who approves the phase gates and rewinds what is flagged. Everything but the model's words is real. A run
 * that passes is held against the disk and against what the demo is for; where it falls short, the status says so.
 */
export async function demo(args: readonly string[]): Promise<number> {
  const { values } = parse(args, { dir: { type: 'string' }, json: { type: 'boolean' }, unsandboxed: { type: 'boolean' }, pace: { type: 'string' } }, { least: 0, most: 0, names: '' });
  const output = createOutput(values.json === true);
  const workspace = await makeWorkspace(values.dir);
  output.say(`Example workspace: ${workspace}`);
  const server = await startServer(values.pace ?? '0');
  try {
    const loaded = await loadContract(path.join(workspace, '.bounded', 'activations.bounded.yaml'));
    const held = await startSession(loaded, {
      name: 'the terminal', endpoint: { apiKey: 'not-a-key', baseUrl: server.url }, user: terminalUser(parseApprovals(['all'])), unsandboxed: values.unsandboxed === true,
      product: productVersion, progress: output.progress,
    });
    rewindFlags(held.controller);
    const status = await runHeld(held, output);
    return status === exits.pass ? await keptPromise(workspace, held.controller.session, output) : status;
  } finally {
    server.process.kill();
  }
}

/** `pass`, unless a neighbour was changed or a scene is missing: then Bounded itself does not work, whatever the verdict says. */
async function keptPromise(workspace: string, session: Session, output: Output): Promise<number> {
  const changed = await changedNeighbours(workspace, example, session);
  const missing = missingScenes(session);
  if (changed.length > 0) output.say(`Outside of the scope, and changed: ${changed.join(', ')}`);
  for (const scene of missing) output.say(`The demo did not show ${scene}.`);
  return changed.length + missing.length === 0 ? exits.pass : exits.internal;
}

/** The person of the demo presses *Rewind file* on each flag, as a user would in the editor. */
function rewindFlags(controller: Controller): void {
  controller.onEntry((_session, { event }) => {
    if (event.type === 'flags/raised') for (const { id } of event.flags) void controller.act({ type: 'rewind-file', flag: id });
  });
}

/** A fresh copy of the example, as a git repository of its own; the user's git configuration is not used. */
async function makeWorkspace(dir: string | undefined): Promise<string> {
  const workspace = dir === undefined ? await mkdtemp(path.join(os.tmpdir(), 'bounded-example-')) : path.resolve(dir);
  await makeFolders(workspace).catch((error: Error) => {
    throw new StartRefusal('cannot-start', `the example wants a folder of its own, and ${workspace} cannot be one: ${error.message}`);
  });
  if ((await readdir(workspace)).length > 0) throw new UsageError(`${workspace} is not empty; the example wants a folder of its own`);
  await cp(example, workspace, { recursive: true });
  const git = (...words: string[]) => promisify(execFile)('git', words, { cwd: workspace, env: { PATH: process.env['PATH'], HOME: workspace, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: os.devNull } });
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('-c', 'user.name=Example', '-c', 'user.email=example@localhost', 'commit', '-q', '-m', 'A tiny transformer');
  return workspace;
}

/** Starts the scripted server; its first line of output says where it listens. It ends with this process. */
async function startServer(pace: string): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const child = spawn(process.execPath, [path.join(packageRoot, 'dist', 'scripted-model.js'), '--port', '0', '--pace', pace], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const said: unknown = JSON.parse(line);
    if (typeof said === 'object' && said !== null && 'url' in said && typeof said.url === 'string') return { url: said.url, process: child };
  }
  throw new Error('the scripted model server ended before it listened');
}
