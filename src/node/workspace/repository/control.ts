import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { Path } from '../../../core/session/changes.ts';
import { codeOf } from '../../journal/faults.ts';
import { modulesIn, nested, own, packedRefs, refWord, shared, stock } from './controlPlaces.ts';
import { gitObject, type GitObject } from '../git/objects.ts';
import { hashOf, openLarge } from '../disk/content.ts';
import { keyOf } from '../disk/stats.ts';
import type { Store } from '../store/store.ts';
import type { UserRepository } from './userRepository.ts';

/** Words by the place of the file, each for one state of it. */
type Known = Map<string, { readonly key: string; readonly word: string; readonly oid?: string; readonly racy: boolean }>;

/** Larger control files are only told apart, in bytes; a rewind does not bring them back. */
const largestHeld = 4 * 1024 * 1024;

/**
 * The states of git's control files, and their contents in the private store, so that a rewind can bring them back. Unchanged files are
 * not read again, unless the store has given their contents up.
 */
export class ControlFiles {
  readonly #store: Store;
  readonly #known: Known = new Map();
  #asked = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Each control file with a word that changes when it does: `file 644 <blob>` and `link <blob>` for what the store holds, `ref <value>`, packed or not,
   * and others for what no rewind brings back, as `folder` for the git folder itself and what it keeps in store. Names are as below the git folder (`refs/heads/main`); those of repositories inside
   * the work tree begin with their folder, those of submodules with `modules/`. Nothing of their contents is in it: they may hold secrets.
   */
  async read(root: string, repository: UserRepository | undefined, repositories: readonly Path[]): Promise<Record<string, string>> {
    const look = new ControlLook(this.#known, (oid) => this.#store.has(oid));
    for (const folder of repositories) {
      look.note(path.join(root, folder, '.git'), `${folder}/.git`);
      look.collectNested(path.join(root, folder, '.git'), `${folder}/.git/`);
    }
    if (repository !== undefined) lookAtOwn(look, repository);
    for (const one of look.large) await look.noteLarge(one);
    await this.#hold(look.contents);
    return look.words;
  }

  async #hold(contents: readonly GitObject[]): Promise<void> {
    try {
      // The process before this one has stored most of them.
      if (!this.#asked && contents.length > 0) this.#store.remember(await this.#present(contents.map(({ oid }) => oid)));
      this.#asked = true;
      await this.#store.write(contents);
    } catch (error) {
      // What was not stored has to be read again.
      this.#known.clear();
      throw error;
    }
  }

  async #present(oids: readonly string[]): Promise<string[]> {
    const missing = new Set(await this.#store.missing(oids));
    return oids.filter((oid) => !missing.has(oid));
  }
}

function lookAtOwn(look: ControlLook, repository: UserRepository): void {
  look.note(path.join(repository.top, '.git'), '.git');
  look.collect(repository.commonDir, shared, '');
  look.collectRefs(repository.commonDir, '');
  look.collectStock(repository.commonDir, '');
  look.collect(repository.gitDir, own, '');
  for (const module of modulesIn(path.join(repository.commonDir, 'modules'))) look.collectNested(module, `${path.relative(repository.commonDir, module).split(path.sep).join('/')}/`);
}

const folderWord = 'folder';

/** One look at the control files. */
class ControlLook {
  readonly words: Record<string, string> = {};
  /** What was read for the first time. */
  readonly contents: GitObject[] = [];
  /** What is too large to be read in one go. */
  readonly large: LargeFile[] = [];
  readonly #known: Known;
  readonly #isHeld: (oid: string) => boolean;

  constructor(known: Known, isHeld: (oid: string) => boolean) {
    this.#known = known;
    this.#isHeld = isHeld;
  }

  collectNested(folder: string, prefix: string): void {
    this.collect(folder, nested, prefix);
    this.collectRefs(folder, prefix);
    this.collectStock(folder, prefix);
  }

  collectStock(folder: string, prefix: string): void {
    for (const name of stock) if (statsOf(path.join(folder, name))?.isDirectory() === true) this.words[prefix + name] = folderWord;
  }

  collect(folder: string, names: readonly string[], prefix: string): void {
    for (const name of names) this.note(path.join(folder, name), prefix + name);
  }

  note(file: string, name: string): void {
    const stats = statsOf(file);
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      if (path.basename(file) === '.git') this.words[name] = folderWord;
      else for (const entry of readdirSync(file)) if (!entry.endsWith('.lock') && !isListOfRefs(`${name}/${entry}`)) this.note(path.join(file, entry), `${name}/${entry}`);
      return;
    }
    const key = keyOf(stats);
    const known = this.#known.get(file);
    const stands = known?.key === key && !known.racy && (known.oid === undefined || this.#isHeld(known.oid));
    const racy = stats.ctimeNs > BigInt(Date.now() - 2000) * 1_000_000n;
    if (!stands && stats.isFile() && stats.size > BigInt(largestHeld)) {
      this.large.push({ file, name, key, racy, permissions: stats.mode & 0o7777n });
      return;
    }
    if (!stands) this.#known.set(file, { key, racy, ...this.#seen(file, name, stats) });
    this.words[name] = this.#known.get(file)?.word ?? '';
  }

  /** The index of a large repository, for one. It has the same word as if it had been read at once. */
  async noteLarge({ file, name, key, racy, permissions }: LargeFile): Promise<void> {
    const word = await largeWord(file, permissions);
    this.#known.set(file, { key, racy, word });
    this.words[name] = word;
  }

  #seen(file: string, name: string, stats: BigIntStats): { readonly word: string; readonly oid?: string } {
    const { word, object } = controlState(file, stats);
    if (object === undefined) return { word };
    // A table of refs is a set of files that belong together.
    if (/(^|\/)reftable\//.test(name) || object.body.length > largestHeld) return { word: `seen ${word}` };
    this.contents.push(object);
    return { word, oid: object.oid };
  }

  /** Refs by what they point to: packing them, as git does now and then by itself, is no change. A file of its own wins over the packed one. */
  collectRefs(folder: string, prefix: string): void {
    for (const [name, oid] of packedRefs(folder)) this.words[prefix + name] = `ref ${oid}`;
    const pending = ['refs'];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const stats = statsOf(path.join(folder, name));
      if (stats?.isDirectory() === true) for (const entry of readdirSync(path.join(folder, name))) pending.push(`${name}/${entry}`);
      else if (stats !== undefined && !name.endsWith('.lock')) this.words[prefix + name] = refWord(path.join(folder, name));
    }
  }
}

interface LargeFile {
  readonly file: string;
  readonly name: string;
  readonly key: string;
  readonly racy: boolean;
  readonly permissions: bigint;
}

async function largeWord(file: string, permissions: bigint): Promise<string> {
  try {
    const { handle, stats } = await openLarge(file);
    try {
      return `seen file ${permissions.toString(8)} ${(await hashOf(handle, Number(stats.size))) ?? 'changing'}`;
    } finally {
      await handle.close();
    }
  } catch (error) {
    return `unreadable: ${codeOf(error) ?? 'unknown'}`;
  }
}

/** What git writes for those who fetch without git on the other side, whenever it packs: it steers nothing. */
const isListOfRefs = (name: Path): boolean => /(^|\/)info\/refs(_\w+)?$/.test(name);

function statsOf(file: string): BigIntStats | undefined {
  try {
    return lstatSync(file, { bigint: true });
  } catch {
    // Not there; a link on the way that cannot be followed is seen where it is.
    return undefined;
  }
}

/** The word for a control file that is no ref, with its content where it has one. */
export function controlState(file: string, stats: BigIntStats): { readonly word: string; readonly object?: GitObject } {
  if (!stats.isSymbolicLink() && !stats.isFile()) return { word: 'special' };
  try {
    const object = gitObject('blob', stats.isSymbolicLink() ? readlinkSync(file, { encoding: 'buffer' }) : readFileSync(file));
    return { word: stats.isSymbolicLink() ? `link ${object.oid}` : `file ${(stats.mode & 0o7777n).toString(8)} ${object.oid}`, object };
  } catch (error) {
    return { word: `unreadable: ${codeOf(error) ?? 'unknown'}` };
  }
}
