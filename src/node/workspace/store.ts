import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { privateDirectory, syncDirectory, writeDurably } from '../journal/durable.ts';
import { type Git, gitEnvironment, gitRunner } from './git.ts';
import { emptyBlob, emptyTree, gitObject, type GitObject, objectHeader } from './objects.ts';
import { deflated, PackFile } from './pack.ts';

/** Marks a folder as a store of ours; without it nothing is ever deleted. */
export const storeMarker = 'bounded-store';
/** No attribute of the work tree has a say in the store: bytes go in and come out as they are. */
const attributes = '* -filter -text -eol -ident -working-tree-encoding !diff !merge !export-ignore !export-subst\n';

/**
 * The private bare git repository that holds checkpoints. What `write` and `protect` have answered is on the disk and
 * stays there; several processes may use one store.
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

  private constructor(directory: string, program: string) {
    this.directory = directory;
    this.program = program;
    this.environment = { ...gitEnvironment(path.join(directory, 'home')), GIT_DIR: directory };
    this.git = gitRunner(program, this.environment, directory);
  }

  /** Opens the store, creating it on demand. `program` is git. */
  static async open(directory: string, program: string): Promise<Store> {
    await privateDirectory(directory);
    const store = new Store(directory, program);
    if (!(await exists(path.join(directory, storeMarker)))) await store.#create();
    for (const folder of ['home', 'spool', 'rules', 'roots']) await mkdir(path.join(directory, folder), { recursive: true, mode: 0o700 });
    await sweep(path.join(directory, 'spool'));
    return store;
  }

  async #create(): Promise<void> {
    await this.git.run({ args: ['init', '-q', '--bare', '--template=', '--object-format=sha1', this.directory] });
    await mkdir(path.join(this.directory, 'info'), { recursive: true });
    await mkdir(path.join(this.directory, 'objects', 'pack'), { recursive: true });
    await mkdir(path.join(this.directory, 'refs', 'kept'), { recursive: true });
    await rm(path.join(this.directory, 'hooks'), { recursive: true, force: true });
    await writeFile(path.join(this.directory, 'info', 'attributes'), attributes);
    await this.write([gitObject('tree', Buffer.alloc(0)), gitObject('blob', Buffer.alloc(0))]);
    for (const oid of [emptyTree, emptyBlob]) await this.protect(oid);
    await writeDurably(path.join(this.directory, storeMarker), Buffer.from('1\n'));
  }

  /** Whether this process knows that the object is stored. */
  has(oid: string): boolean {
    return this.#stored.has(oid);
  }

  /** Notes objects that were found in the store. */
  remember(oids: Iterable<string>): void {
    for (const oid of oids) this.#stored.add(oid);
  }

  newSpool(): Promise<PackFile> {
    return PackFile.create(path.join(this.directory, 'spool', `${process.pid}-${randomBytes(6).toString('hex')}.pack`));
  }

  /** Stores objects one by one, each read back and compared. For few and small ones. */
  async write(objects: readonly GitObject[]): Promise<void> {
    const fresh = objects.filter((object) => !this.#stored.has(object.oid));
    const folders = await Promise.all(fresh.map((object) => this.#writeLoose(object)));
    for (const folder of new Set(folders)) if (folder !== undefined) await syncDirectory(folder);
    if (folders.some((folder) => folder !== undefined)) await syncDirectory(path.join(this.directory, 'objects'));
    this.remember(fresh.map((object) => object.oid));
  }

  async #writeLoose({ oid, type, body }: GitObject): Promise<string | undefined> {
    const folder = path.join(this.directory, 'objects', oid.slice(0, 2));
    const file = path.join(folder, oid.slice(2));
    if (await exists(file)) return undefined;
    await mkdir(folder, { recursive: true });
    await placeDurably(file, await deflated(Buffer.concat([objectHeader(type, body.length), body])));
    const back = createHash('sha1').update(inflateSync(await readFile(file))).digest('hex');
    if (back !== oid) throw new Error(`the checkpoint store read back ${back} where ${oid} was written`);
    return folder;
  }

  /** Takes a closed pack into the store; git checks every object of it, and each is looked up again afterwards. */
  async takePack(pack: PackFile): Promise<void> {
    await pack.close();
    await this.git.run({ args: ['index-pack', '--stdin'], input: createReadStream(pack.path) });
    const missing = await this.missing(pack.oids);
    if (missing.length > 0) throw new Error(`the checkpoint store lacks ${missing.length} objects that were written, the first is ${missing[0]}`);
    await syncDirectory(path.join(this.directory, 'objects', 'pack'));
    this.remember(pack.oids);
    await pack.discard();
  }

  /** Those of `oids` that the store does not have. */
  async missing(oids: readonly string[]): Promise<string[]> {
    if (oids.length === 0) return [];
    const { stdout } = await this.git.run({ args: ['cat-file', '--batch-check=%(objectname) %(objecttype)', '--buffer'], input: Buffer.from(`${oids.join('\n')}\n`) });
    return stdout.toString('latin1').split('\n').filter((line) => line.endsWith(' missing')).map((line) => line.slice(0, line.indexOf(' ')));
  }

  /** Keeps a tree or commit and all that it holds for as long as the store lives. */
  async protect(oid: string): Promise<void> {
    const file = path.join(this.directory, 'refs', 'kept', oid);
    if (!(await exists(file))) await writeDurably(file, Buffer.from(`${oid}\n`));
  }
}

const aDay = 24 * 60 * 60 * 1000;

/** Removes what a process that died has left behind; a living one is done within a day. */
async function sweep(spool: string): Promise<void> {
  for (const name of await readdir(spool)) {
    const file = path.join(spool, name);
    const stats = await stat(file).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > aDay) await rm(file, { recursive: true, force: true });
  }
}

/** Writes an object file beside its place and moves it there; the folder is synced by the caller, once for many. */
async function placeDurably(file: string, bytes: Buffer): Promise<void> {
  const temporary = path.join(path.dirname(file), `tmp_obj_${randomBytes(6).toString('hex')}`);
  const handle = await open(temporary, 'wx', 0o444);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}
