import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Paused } from '../../agent/run.ts';
import type { RootName } from '../../core/contract/rootPath.ts';
import { codeOf } from '../journal/faults.ts';
import { exists } from '../workspace/disk/exists.ts';
import { whyNotOver } from '../workspace/disk/mounts.ts';
import { identityOf, OpenedFolder } from '../workspace/disk/openedFolder.ts';
import { type Layered, mergedOf, overlaid, type OverlayPrograms, seenOf, upperOf } from './overlay.ts';
import { removeTree } from './removeTree.ts';

/** What a layer was made over. */
interface Ground {
  readonly name: RootName;
  /** Real path of the work tree. */
  readonly root: string;
  /** What tells it from another folder that takes its name. */
  readonly identity: string;
}

/** Written when all layers are made: before that nothing can be in them. */
interface Made {
  /** The run of the system in which it was. */
  readonly boot: string;
  /** In the order of the layers. */
  readonly over: readonly Ground[];
}

/** The layers of a session's commands: what one command writes beside the work trees, until it is in them. There is never more than one for each tree. */
export class Layers {
  readonly #dir: string;
  readonly #trees: ReadonlyMap<RootName, string>;

  /** `dir`: a private folder of the session; made on demand. */
  constructor(dir: string, trees: ReadonlyMap<RootName, string>) {
    this.#dir = dir;
    this.#trees = trees;
  }

  /** Empty layers for the next command; there must be no others. Throws `Paused` where none can be over a work tree any more. */
  async make(): Promise<readonly Layered[]> {
    const over = await Promise.all([...this.#trees].map(async ([name, folder]) => groundAt(name, await realpath(folder))));
    const mounts = await readFile('/proc/self/mountinfo', 'latin1');
    for (const { root } of over) {
      const against = whyNotOver(mounts, root);
      if (against !== undefined) throw new Paused(`${against} since the session began, and a command would not see it; take it away, then go on, or resume the session in a new process`);
    }
    await mkdir(this.#dir, { mode: 0o700 });
    const made = over.map(({ root }, index) => ({ root, layer: this.#layer(index) }));
    for (const { root, layer } of made) {
      for (const one of [layer, upperOf(layer), path.join(layer, 'work'), mergedOf({ root, layer })]) await mkdir(one, { mode: 0o700 });
      // The folder that the command sees in the place of the work tree has these rights.
      await chmod(upperOf(layer), (await lstat(root)).mode & 0o7777);
    }
    await writeFile(this.#made, JSON.stringify({ boot: await bootId(), over } satisfies Made));
    return made;
  }

  /**
   * The layers of the last command, as long as nobody has forgotten them; undefined where there are none. Throws `Paused` where one was made over another folder
   * than there is now: what was written in one does not belong into another.
   */
  async written(): Promise<ReadonlyMap<RootName, Layered> | undefined> {
    if (!(await exists(this.#dir))) return undefined;
    const made = await this.#read();
    const sameBoot = made.boot === (await bootId());
    const found = new Map<RootName, Layered>();
    for (const [index, ground] of made.over.entries()) {
      const layer = this.#layer(index);
      // Nothing in a layer is on the disk for certain: after a power cut there may be anything in it.
      if (!sameBoot) await this.#empty(layer);
      else await this.#stand(ground);
      const folder = this.#trees.get(ground.name);
      if (folder !== undefined) found.set(ground.name, { root: await realpath(folder).catch(() => folder), layer });
    }
    return found;
  }

  async #stand({ name, root, identity }: Ground): Promise<void> {
    const folder = this.#trees.get(name);
    const fault = folder === undefined ? `${root} is no folder of this session any more` : await OpenedFolder.known(await realpath(folder).catch(() => folder), identity).fault();
    if (fault !== undefined) throw new Paused(`${fault}, and what a command wrote there waits in ${this.#dir}; put it back as it was, then go on, or remove that folder to give it up`);
  }

  async #empty(layer: string): Promise<void> {
    await removeTree(upperOf(layer));
    await mkdir(upperOf(layer), { recursive: true, mode: 0o700 });
    await mkdir(path.join(layer, 'merged'), { recursive: true, mode: 0o700 });
  }

  async #read(): Promise<Made> {
    try {
      return JSON.parse(await readFile(this.#made, 'utf8')) as Made;
    } catch (error) {
      // Cut off while the layers were made, or by a power cut.
      if (codeOf(error) !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
      return { boot: '', over: [] };
    }
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

  get #made(): string {
    return path.join(this.#dir, 'made.json');
  }

  #layer(index: number): string {
    return path.join(this.#dir, String(index));
  }
}

async function groundAt(name: RootName, root: string): Promise<Ground> {
  return { name, root, identity: await identityOf(root) };
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
