import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Blob, Path, TreeId } from '../../core/session/changes.ts';
import { catFile } from '../workspace/git/catFile.ts';
import { findProgram } from '../workspace/git/findProgram.ts';
import { type Git, gitEnvironment, gitRunner } from '../workspace/git/git.ts';
import { gitObject } from '../workspace/git/objects.ts';
import { listTree } from '../workspace/store/trees.ts';

/** Where an oracle reads what it measures. */
export interface TreeReader {
  /** Every file and link of a tree. Throws for a tree that the store does not have. */
  entries(tree: TreeId): Promise<ReadonlyMap<Path, Blob>>;
  read(oid: string): Promise<Buffer>;
  /** Contents in the order of `oids`, one at a time. Throws for one that is missing or damaged. */
  readAll(oids: readonly string[]): AsyncGenerator<readonly [string, Buffer]>;
}

/** Reads trees and contents from the checkpoint store, and believes only what hashes to its id. */
export class StoreReader implements TreeReader {
  readonly #store: string;
  readonly #workspaces: readonly string[];
  #git: Promise<Git> | undefined;

  /** `store` is a bare git directory; no program inside one of `workspaces` is taken for git. */
  constructor(store: string, workspaces: readonly string[]) {
    this.#store = store;
    this.#workspaces = workspaces;
  }

  async entries(tree: TreeId): Promise<ReadonlyMap<Path, Blob>> {
    const entries = new Map<Path, Blob>();
    for await (const [name, blob] of listTree(await this.#open(), tree)) entries.set(name, blob);
    return entries;
  }

  async read(oid: string): Promise<Buffer> {
    for await (const [, bytes] of this.readAll([oid])) return bytes;
    throw new Error(`the checkpoint store does not have ${oid}`);
  }

  async *readAll(oids: readonly string[]): AsyncGenerator<readonly [string, Buffer]> {
    let index = 0;
    for await (const bytes of catFile(await this.#open(), oids)) {
      const oid = oids[index++] ?? '';
      if (!Buffer.isBuffer(bytes)) throw new Error(`the checkpoint store does not have ${oid}`);
      if (gitObject('blob', bytes).oid !== oid) throw new Error(`the checkpoint store has a damaged ${oid}`);
      yield [oid, bytes];
    }
  }

  #open(): Promise<Git> {
    return (this.#git ??= this.#find());
  }

  async #find(): Promise<Git> {
    const program = await findProgram('git', ...this.#workspaces);
    if (program === undefined) throw new Error('git is not installed');
    const home = path.join(this.#store, 'home');
    await mkdir(home, { recursive: true });
    return gitRunner(program, { ...gitEnvironment(home), GIT_DIR: this.#store }, this.#store);
  }
}
