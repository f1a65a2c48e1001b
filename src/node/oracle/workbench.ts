import { lstat, open, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Signal } from '../../agent/ports.ts';
import type { Path } from '../../core/session/changes.ts';
import type { Commands } from '../process/commands.ts';
import type { Protection } from '../process/protectedPaths.ts';
import type { ProcessEnd } from '../process/runProcess.ts';
import { isInside } from '../workspace/git/findProgram.ts';
import { cachesOf, type Borrowed } from './borrowing.ts';
import type { Checkout } from './checkout.ts';

/** How the commands of one run are confined. */
export interface Confinement {
  readonly sandboxed: boolean;
  readonly network: 'none' | 'full';
  /** Frozen files, read-only to every command. */
  readonly readOnly: readonly Path[];
}

export interface BenchCommand {
  readonly command: string;
  readonly timeoutMs: number;
  readonly merged: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  readonly onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

/** Text of a report file, or why there is none that counts. */
export type ReportFile =
  | { readonly kind: 'text'; readonly text: string; readonly stale: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unfit'; readonly why: string };

const reportLimit = 16 * 1024 * 1024;
/** Milliseconds by which file systems with coarse stamps may lag behind the clock. */
const coarseStamp = 2000;
/** Files that a sandbox protects one by one without taking long to start. */
const protectable = 50;

/** A clean checkout with everything that commands need in it. */
export class Workbench {
  readonly checkout: Checkout;
  readonly #commands: Commands;
  readonly #confinement: Confinement;
  readonly #borrowed: readonly Borrowed[];

  constructor(commands: Commands, checkout: Checkout, confinement: Confinement, borrowed: readonly Borrowed[]) {
    this.#commands = commands;
    this.checkout = checkout;
    this.#confinement = confinement;
    this.#borrowed = borrowed;
  }

  async run({ command, timeoutMs, merged, variables = {}, onOutput }: BenchCommand, signal: Signal): Promise<ProcessEnd> {
    const { sandboxed, network } = this.#confinement;
    const { folders } = this.checkout;
    // Without it git would look for a repository around the checkout.
    const git = { GIT_CEILING_DIRECTORIES: folders.map(({ folder }) => path.dirname(folder)).join(path.delimiter) };
    try {
      return await this.#commands.run({
        command, timeoutMs, merged, variables: { ...git, ...variables }, onOutput, shell: 'sh', root: this.checkout.folder, roots: folders.flatMap(({ name, folder }) => (name === '' ? [] : [folder])), sandboxed, workTree: 'writable',
        protection: () => this.#protection(), borrowed: this.#borrowed, network,
      }, signal);
    } finally {
      this.checkout.distrust();
    }
  }

  /** Text without the place of the checkout, which differs every time. */
  placeless(text: string): string {
    // The longest first: the name of one folder may begin with that of another.
    const folders = [...this.checkout.folders].sort((a, b) => b.folder.length - a.folder.length);
    return folders.reduce((rest, { name, folder }) => rest.replaceAll(folder, name === '' ? '.' : name), text);
  }

  /** Frozen files cannot be written, moved or removed; where there are many, the look afterwards has to do. */
  async #protection(): Promise<Protection> {
    const { readOnly } = this.#confinement;
    const hidden = (await cachesOf(this.#borrowed)).map((folder) => ({ path: folder, directory: true }));
    if (readOnly.length > protectable) return { readOnly: [], hidden };
    const files = await Promise.all(readOnly.map(async (name) => ((await this.checkout.isFile(name)) ? [this.checkout.place(name)] : [])));
    return { readOnly: files.flat(), hidden };
  }

  /** Takes a report file away, so that one that is there afterwards is new. */
  async clearReport(name: Path): Promise<void> {
    if (await this.checkout.holds(path.posix.dirname(name))) await rm(this.checkout.place(name), { force: true, recursive: true });
  }

  /** Reads the report file that a process wrote since `since` (milliseconds since the epoch). Links are not followed. */
  async readReport(name: Path, since: number): Promise<ReportFile> {
    const file = this.checkout.place(name);
    const stats = await lstat(file).catch(() => undefined);
    if (stats === undefined) return { kind: 'missing' };
    if (!stats.isFile()) return { kind: 'unfit', why: 'is not a regular file' };
    if (stats.size > reportLimit) return { kind: 'unfit', why: `is larger than ${reportLimit / 1024 / 1024} MiB` };
    if (!isInside(await realpath(file), await realpath(this.checkout.folder))) return { kind: 'unfit', why: 'lies behind a link that leaves the checkout' };
    const handle = await open(file, 'r');
    const text = await handle.readFile('utf8').finally(() => handle.close());
    return { kind: 'text', text, stale: stats.mtimeMs < since - coarseStamp };
  }
}
