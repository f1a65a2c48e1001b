import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RootName } from '../../core/contract/rootPath.ts';
import { codeOf } from '../journal/faults.ts';
import { exists } from '../workspace/disk/exists.ts';
import { type Layered, mergedOf, overlaid, type OverlayPrograms, seenOf, upperOf } from './overlay.ts';
import { removeTree } from './removeTree.ts';

/** The layers of a session's commands: what one command writes beside the work trees, until it is in them. There is never more than one for each tree. */
export class Layers {
  readonly #dir: string;
  readonly #trees: ReadonlyMap<RootName, string>;

  /** `dir`: a private folder of the session; made on demand. */
  constructor(dir: string, trees: ReadonlyMap<RootName, string>) {
    this.#dir = dir;
    this.#trees = trees;
  }

  /** Empty layers for the next command; there must be no others. */
  async make(): Promise<readonly Layered[]> {
    await mkdir(this.#dir, { mode: 0o700 });
    const made: Layered[] = [];
    for (const [index, [, folder]] of [...this.#trees].entries()) {
      const layer = this.#layer(index);
      const root = await realpath(folder);
      for (const one of [layer, upperOf(layer), path.join(layer, 'work'), mergedOf({ root, layer })]) await mkdir(one, { mode: 0o700 });
      // The folder that the command sees in the place of the work tree has these rights.
      await chmod(upperOf(layer), (await lstat(root)).mode & 0o7777);
      made.push({ root, layer });
    }
    await writeFile(this.#boot, await bootId());
    return made;
  }

  /** The layers of the last command, as long as nobody has forgotten them; undefined where there are none. */
  async written(): Promise<ReadonlyMap<RootName, Layered> | undefined> {
    if (!(await exists(this.#dir))) return undefined;
    const sameBoot = (await readFile(this.#boot, 'utf8').catch(() => '')) === (await bootId());
    // Nothing in a layer is on the disk for certain: after a power cut there may be anything in it.
    if (!sameBoot) for (const index of [...this.#trees.keys()].keys()) await this.#empty(this.#layer(index));
    return new Map(await Promise.all([...this.#trees].map(async ([name, folder], index) => [name, { root: await realpath(folder).catch(() => folder), layer: this.#layer(index) }] as const)));
  }

  async #empty(layer: string): Promise<void> {
    await removeTree(upperOf(layer));
    await mkdir(upperOf(layer), { recursive: true, mode: 0o700 });
    await mkdir(path.join(layer, 'merged'), { recursive: true, mode: 0o700 });
  }

  /** Forgets what was written. What cannot be removed at once goes with the folder of the session. */
  async discard(): Promise<void> {
    const aside = `${this.#dir}-${randomBytes(6).toString('hex')}`;
    try {
      await rename(this.#dir, aside);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      throw error;
    }
    await removeTree(aside).catch(() => undefined);
  }

  get #boot(): string {
    return path.join(this.#dir, 'boot');
  }

  #layer(index: number): string {
    return path.join(this.#dir, String(index));
  }
}

/** What tells one run of the system from the next; only Linux has layers. */
const bootId = (): Promise<string> => readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown');

/**
 * Notes what a command saw that was ended from outside before it could tell. Where that does not work any more, the list stays away: then nothing counts
 * as removed but what the layer names.
 */
export async function noteSeen(programs: OverlayPrograms, tree: Layered): Promise<void> {
  if ((await exists(seenOf(tree.layer))) || (await readdir(upperOf(tree.layer))).length === 0) return;
  // The folder in which the kernel prepares its steps says that it was not left in order; the layer itself does not need it.
  const work = path.join(tree.layer, 'work');
  await removeTree(work);
  await mkdir(work, { mode: 0o700 });
  const [program, ...args] = overlaid(programs, [tree], [':']);
  await promisify(execFile)(program, args, { env: {}, timeout: 60_000 }).catch(() => undefined);
}
