import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Signal } from '../../agent/ports.ts';
import { findProgram, isInside } from '../workspace/git/findProgram.ts';
import { type Bubblewrap, findBubblewrap } from './bubblewrap.ts';
import { childEnvironment } from './environment.ts';
import { homeIn } from './homeFolder.ts';
import { type Layered, overlaid, type OverlayPrograms } from './overlay.ts';
import type { Protection } from './protectedPaths.ts';
import { removeTree } from './removeTree.ts';
import { type ProcessEnd, runProcess } from './runProcess.ts';
import { sandboxArgs } from './sandboxArgs.ts';
import { type SystemLayout, systemLayout } from './systemLayout.ts';
import { type Toolchains, toolchainsOf } from './toolchains.ts';

export interface CommandsOptions {
  /** Folders of the user's work trees: nothing in them counts as a program of ours. */
  readonly workspaces: readonly string[];
  /** Bubblewrap's program; searched on PATH by default. */
  readonly bubblewrap?: string;
  /** PATH to read; our own by default. */
  readonly path?: string;
}

/** One command line in one folder. */
export interface CommandRequest {
  /** Name of the call, by which what is left of it is found again. */
  readonly call?: string;
  readonly command: string;
  /** `sh` for what a contract says, `bash` where it is there and a model writes. */
  readonly shell: 'sh' | 'bash';
  /** Folder that the command runs in and, in a sandbox, sees. */
  readonly root: string;
  /** Further folders that it sees and may change as it may `root`. */
  readonly roots?: readonly string[];
  readonly sandboxed: boolean;
  readonly workTree: 'writable' | 'read-only';
  /** Work trees whose writes go to a layer, in a sandbox. */
  readonly layered?: readonly Layered[];
  /** What stays read-only or unseen in a sandbox; asked right before the command starts. */
  readonly protection: () => Promise<Protection>;
  /** Folders of the user's that a sandbox shows at another place, read-only. */
  readonly borrowed?: readonly { readonly from: string; readonly at: string }[];
  readonly network: 'none' | 'full';
  readonly variables?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly merged: boolean;
  readonly onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

interface Machine {
  readonly system: SystemLayout;
  readonly toolchains: Toolchains;
  readonly bash: string | undefined;
}

/** Bytes of output after which a command is ended. */
const outputLimit = 256 * 1024 * 1024;
/** Blocks of 512 bytes that one file may have: 4 GiB. */
const fileBlocks = 8 * 1024 * 1024;
/** Processes in one sandbox. */
const processLimit = 8192;

/** Runs command lines, in a sandbox or plainly, with an environment built from nothing. */
export class Commands {
  readonly #options: CommandsOptions;
  #machine: Promise<Machine> | undefined;
  #bubblewrap: Promise<Bubblewrap | { readonly missing: string }> | undefined;
  #overlay: Promise<OverlayPrograms | { readonly missing: string }> | undefined;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /** The sandbox of this machine, or why there is none; looked for once. */
  bubblewrap(): Promise<Bubblewrap | { readonly missing: string }> {
    return (this.#bubblewrap ??= findBubblewrap(this.#options.bubblewrap ?? findProgram('bwrap', ...this.#options.workspaces)));
  }

  /** What lays overlays on this machine, or why nothing does; looked for once. */
  overlay(): Promise<OverlayPrograms | { readonly missing: string }> {
    return (this.#overlay ??= this.#findOverlay());
  }

  /** Resolves when the whole process tree is dead. Never throws, and never runs without the sandbox that was asked for. */
  async run(request: CommandRequest, signal: Signal): Promise<ProcessEnd> {
    let temp: string | undefined;
    try {
      if (process.platform === 'win32') throw new Error('commands are written for a POSIX shell, and this system has none');
      temp = await mkdtemp(path.join(await realpath(os.tmpdir()), 'bounded-run-'));
      const started = request.sandboxed ? await this.#confined(request) : await this.#plain(request, temp);
      return await runProcess({ ...started, call: request.call ?? randomUUID(), temp, timeoutMs: request.timeoutMs, merged: request.merged, confined: request.sandboxed, outputLimit, onOutput: request.onOutput }, signal);
    } catch (error) {
      const spawnError = error instanceof Error ? error.message : String(error);
      return { spawnError, exit: null, signal: null, timedOut: false, aborted: signal.aborted, flooded: false, survivors: 0, ms: 0 };
    } finally {
      // What a command made unremovable in the temporary folder is the system's to clean.
      if (temp !== undefined) await removeTree(temp).catch(() => undefined);
    }
  }

  async #plain(request: CommandRequest, temp: string) {
    const { toolchains } = await this.#look();
    const [home, own] = [path.join(temp, 'home'), path.join(temp, 'tmp')];
    await Promise.all([mkdir(home), mkdir(own)]);
    const env = { ...childEnvironment({ ...toolchains, home, temp: own, network: request.network }), ...request.variables };
    return { argv: limited('/bin/sh', request.command, ''), cwd: request.root, env };
  }

  async #confined(request: CommandRequest) {
    const bubblewrap = await this.bubblewrap();
    if ('missing' in bubblewrap) throw new Error(bubblewrap.missing);
    const { system, toolchains, bash } = await this.#look();
    const [root, roots] = [await realpath(request.root), await Promise.all((request.roots ?? []).map((folder) => realpath(folder)))];
    const { readOnly, hidden, pinned = [] } = await request.protection();
    const home = await homeIn([root, ...roots], os.homedir());
    const env = { ...childEnvironment({ ...toolchains, home: home.at, temp: '/tmp', network: request.network }), ...request.variables };
    const { workTree, network, borrowed = [], layered = [] } = request;
    const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const plan = { system, toolchains: toolchains.folders, roots: [root, ...roots], workTree, layered, pinned, readOnly, hidden: [...hidden, ...home.hidden], borrowed, home: home.at, cwd: root, network, env, user, features: bubblewrap.features };
    const inner = limited(request.shell === 'bash' ? (bash ?? '/bin/sh') : '/bin/sh', request.command, `ulimit -u ${processLimit} 2>/dev/null || ulimit -p ${processLimit} 2>/dev/null;`);
    const argv = [bubblewrap.program, ...sandboxArgs(plan, inner)] as const;
    return { argv: layered.length === 0 ? argv : overlaid(await this.#overlayPrograms(), layered, argv), cwd: '/', env: {} };
  }

  async #overlayPrograms(): Promise<OverlayPrograms> {
    const overlay = await this.overlay();
    if ('missing' in overlay) throw new Error(overlay.missing);
    return overlay;
  }

  async #findOverlay(): Promise<OverlayPrograms | { readonly missing: string }> {
    const [bubblewrap, ...programs] = await Promise.all([this.bubblewrap(), ...['mount', 'find', 'xargs'].map((name) => findProgram(name, ...this.#options.workspaces))]);
    if ('missing' in bubblewrap) return bubblewrap;
    const [mount, find, xargs] = programs;
    if (mount === undefined || find === undefined || xargs === undefined) return { missing: 'mount, find or xargs is not installed' };
    return { bubblewrap: bubblewrap.program, mount, find, path: [...new Set([find, xargs, '/usr/bin/x', '/bin/x'].map((file) => path.dirname(file)))].join(':') };
  }

  #look(): Promise<Machine> {
    return (this.#machine ??= this.#lookAround());
  }

  async #lookAround(): Promise<Machine> {
    const workspaces = await Promise.all(this.#options.workspaces.map((folder) => realpath(folder)));
    const [system, toolchains, bash] = await Promise.all([
      systemLayout(), toolchainsOf(this.#options.path ?? process.env['PATH'] ?? '', os.homedir(), workspaces), findProgram('bash', ...workspaces),
    ]);
    return { system, toolchains, bash: bash !== undefined && system.folders.some((folder) => isInside(bash, folder)) ? bash : undefined };
  }
}

/** The command line under limits that no process below it can lift: no core files, no endless file. */
function limited(shell: string, command: string, more: string): [string, ...string[]] {
  return ['/bin/sh', '-c', `ulimit -c 0; ulimit -f ${fileBlocks}; ${more} exec "$1" -c "$2"`, 'sh', shell, command];
}
