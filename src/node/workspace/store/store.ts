import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { privateDirectory, writeDurably } from '../../journal/durable.ts';
import { exists } from '../disk/exists.ts';
import { gatherPacks } from './gatherPacks.ts';
import { type Git, gitEnvironment, gitRunner } from '../git/git.ts';
import { gitObject, type GitObject } from '../git/objects.ts';
import { packed, PackFile, packOf } from './pack.ts';
import { Pace } from '../common/pace.ts';
import { PackFolder, removeOld } from './packFolder.ts';
import { layOut } from './storeLayout.ts';

/** Marks a folder as a store of ours; without it nothing is ever deleted. */
export const storeMarker = 'bounded-store';
/**
 * The private bare git repository that holds checkpoints. What `write`, `takePack` and `protect` have answered is on
 * the disk and stays there; several processes may use one store.
 */
export class Store {
  readonly directory: string;
  /** Runs git with this store as its repository. */
  readonly git: Git;
  /** Path of git itself. */
  readonly program: string;
  /** The whole environment of its git processes. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #stored = new Set<string>();
  readonly packs: PackFolder;
  /** Packs that may be written before the folder is worth a look; other processes may have put some there, too. */
  #room = 0;

  private constructor(directory: string, program: string) {
    this.directory = directory;
    this.program = program;
    this.packs = new PackFolder(directory);
    this.environment = { ...gitEnvironment(path.join(directory, 'home')), GIT_DIR: directory };
    this.git = gitRunner(program, this.environment, directory);
  }

  /** Opens the store, creating it on demand. `program` is git. */
  static async open(directory: string, program: string): Promise<Store> {
    await privateDirectory(directory);
    const store = new Store(directory, program);
    await layOut(directory);
    if (!(await exists(path.join(directory, storeMarker)))) await store.#create();
    for (const folder of ['home', 'spool', 'rules', 'roots']) await mkdir(path.join(directory, folder), { recursive: true, mode: 0o700 });
    for (const name of await readdir(path.join(directory, 'spool'))) await removeOld(path.join(directory, 'spool', name));
    await store.packs.sweep();
    await store.packs.measure();
    return store;
  }

  async #create(): Promise<void> {
    await this.write([gitObject('tree', Buffer.alloc(0)), gitObject('blob', Buffer.alloc(0))]);
    await writeDurably(path.join(this.directory, storeMarker), Buffer.from('1\n'));
  }

  /** Whether this process knows that the object is stored. */
  has(oid: string): boolean {
    return this.#stored.has(oid);
  }

  /** Notes objects that are in the store. */
  remember(oids: Iterable<string>): void {
    for (const oid of oids) this.#stored.add(oid);
  }

  /** Notes that objects are not in the store any more. */
  forget(oids: Iterable<string>): void {
    for (const oid of oids) this.#stored.delete(oid);
  }

  newSpool(): Promise<PackFile> {
    return PackFile.create(path.join(this.directory, 'spool', `${process.pid}-${randomBytes(6).toString('hex')}.pack`));
  }

  /** Stores objects in one pack, put together in memory; those that are known to be stored are left out. For few and small ones. */
  async write(objects: readonly GitObject[]): Promise<void> {
    const fresh = new Map(objects.flatMap((object) => (this.#stored.has(object.oid) ? [] : [[object.oid, object] as const])));
    if (fresh.size === 0) return;
    const parts: { readonly oid: string; readonly bytes: Buffer }[] = [];
    const pace = new Pace();
    for (const object of fresh.values()) {
      if (pace.due) await pace.rest();
      parts.push({ oid: object.oid, bytes: await packed(object) });
    }
    await this.packs.put(packOf(parts));
    await this.#stores(fresh.keys());
  }

  /** Takes a pack into the store. */
  async takePack(pack: PackFile): Promise<void> {
    const { entries } = await this.packs.take(pack);
    await this.#stores(entries.map(({ oid }) => oid));
  }

  async #stores(oids: Iterable<string>): Promise<void> {
    const pace = new Pace();
    for (const oid of oids) {
      if (pace.due) await pace.rest();
      this.#stored.add(oid);
    }
    this.#room -= 1;
    // It only saves time, and what failed once would fail again; a full disk is told by what has to be written.
    if (this.#room < 0) this.#room = await gatherPacks(this.packs).catch(() => Number.POSITIVE_INFINITY);
  }

  /** Those of `oids` that the store does not have. */
  async missing(oids: readonly string[]): Promise<string[]> {
    if (oids.length === 0) return [];
    const { stdout } = await this.git.run({ args: ['cat-file', '--batch-check=%(objectname) %(objecttype)', '--buffer'], input: Buffer.from(`${oids.join('\n')}\n`) });
    return stdout.toString('latin1').split('\n').filter((line) => line.endsWith(' missing')).map((line) => line.slice(0, line.indexOf(' ')));
  }

  /** Finds out which of these the store has, and answers those that it does not have. A content that is known to be there is not stored again. */
  async find(oids: readonly string[]): Promise<ReadonlySet<string>> {
    const missing = new Set(await this.missing(oids));
    this.remember(oids.filter((oid) => !missing.has(oid)));
    return missing;
  }

  /** Moves a branch of the store, durably. Not by git, which leaves a lock behind when it is killed and then refuses for ever. */
  async setBranch(branch: string, commit: string): Promise<void> {
    // Its names become names of files.
    if (!/^[\w-]+(\/[\w-]+)*$/.test(branch)) throw new Error(`${branch} is no name for a branch of the store`);
    const file = path.join(this.directory, 'refs', 'heads', branch);
    await privateDirectory(path.dirname(file));
    await writeDurably(file, Buffer.from(`${commit}\n`));
  }

  /** Gives a commit a ref that stays for as long as the store lives. */
  async protect(commit: string): Promise<void> {
    const file = path.join(this.directory, 'refs', 'kept', commit);
    if (!(await exists(file))) await writeDurably(file, Buffer.from(`${commit}\n`));
  }
}
