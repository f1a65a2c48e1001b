import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { lstat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { removeTree } from '../process/removeTree.ts';
import { Pace } from '../workspace/common/pace.ts';

/** Everything below a folder by its name; the folder itself is ''. */
type Entries = ReadonlyMap<string, BigIntStats>;

/** Milliseconds within which the clock of a file system may stamp two changes alike. */
const tick = 20;

/**
 * What a folder contains at one moment: files, links and folders by what the system knows of them, whoever made them.
 * Nobody can set back when something was changed, so nothing is read.
 */
export class Census {
  readonly #folder: string;
  #entries: Entries | undefined;

  private constructor(folder: string, entries: Entries | undefined) {
    this.#folder = folder;
    this.#entries = entries;
  }

  static async of(folder: string): Promise<Census> {
    const census = new Census(folder, await look(folder));
    await census.#settle();
    // What is written from now on gets another stamp than what is there.
    const newest = [...(census.#entries?.values() ?? [])].reduce((latest, { ctimeMs }) => (ctimeMs > latest ? ctimeMs : latest), 0n);
    const wait = Number(newest) + tick - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, tick)));
    return census;
  }

  /**
   * Takes away what was added since. Answers whether the folder is as it was then; it is not where anything that was
   * there has been changed, moved or removed, or where not all of it can be seen or taken away.
   */
  async restore(): Promise<boolean> {
    const [before, now] = [this.#entries, await look(this.#folder)];
    if (before === undefined || now === undefined) return false;
    const touched = [...before].filter(([name, stats]) => !isSame(stats, now.get(name)));
    if (!touched.every(([name, stats]) => isWidened(stats, now.get(name)))) return false;
    if (touched.length === 0) return true;
    const added = [...now.keys()].filter((name) => !before.has(name) && before.has(parentOf(name)));
    try {
      for (const name of added) await removeTree(path.join(this.#folder, name));
      await this.#settle();
      return true;
    } catch {
      // Something that cannot be removed, or that somebody still changes: a new folder has neither.
      return false;
    }
  }

  /** Gives every folder its time again, in whole seconds, so that it does not tell the next process in which of them something was. */
  async #settle(): Promise<void> {
    if (this.#entries === undefined) return;
    const settled = new Map(this.#entries);
    await Promise.all([...settled].filter(([, stats]) => stats.isDirectory()).map(async ([name, { mtimeMs }]) => {
      const folder = path.join(this.#folder, name);
      const seconds = Number(mtimeMs / 1000n);
      await utimes(folder, seconds, seconds);
      settled.set(name, await lstat(folder, { bigint: true }));
    }));
    this.#entries = settled;
  }
}

/** Undefined where a folder cannot be listed or something in it has no readable name. */
async function look(top: string): Promise<Entries | undefined> {
  const found = new Map<string, BigIntStats>();
  const pace = new Pace();
  try {
    // Asked one after the other in this thread, tens of thousands of files take a third of the time.
    for (const open = ['']; open.length > 0;) {
      const name = open.pop() ?? '';
      const stats = lstatSync(path.join(top, name), { bigint: true });
      found.set(name, stats);
      if (stats.isDirectory()) for (const entry of readdirSync(path.join(top, name))) open.push(name === '' ? entry : `${name}/${entry}`);
      if (pace.due) await pace.rest();
    }
    return found;
  } catch {
    return undefined;
  }
}

function isSame(before: BigIntStats, now: BigIntStats | undefined): boolean {
  return now !== undefined && now.ctimeNs === before.ctimeNs && now.mtimeNs === before.mtimeNs && now.ino === before.ino && now.size === before.size && now.mode === before.mode;
}

/** A folder in which names came or went, which was not otherwise changed: both of its stamps are of the same moment. */
function isWidened(before: BigIntStats, now: BigIntStats | undefined): boolean {
  return now?.isDirectory() === true && now.ino === before.ino && now.mode === before.mode && now.uid === before.uid && now.gid === before.gid && now.mtimeNs === now.ctimeNs;
}

function parentOf(name: string): string {
  return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
}
