import assert from 'node:assert/strict';
import type { Blob, Path } from '../../../src/core/session/changes.ts';
import { SeveralStores } from '../../../src/node/oracle/severalStores.ts';
import type { TreeReader } from '../../../src/node/oracle/storeReader.ts';

/** A store with one tree, `tree`, and with the contents of some more ids; what it has not it throws for. */
class Store implements TreeReader {
  readonly asked: string[][] = [];
  readonly #files: Readonly<Record<Path, string>>;
  readonly #more: readonly string[];

  constructor(files: Readonly<Record<Path, string>>, more: readonly string[] = []) {
    this.#files = files;
    this.#more = more;
  }

  async entries(): Promise<ReadonlyMap<Path, Blob>> {
    return new Map(Object.entries(this.#files).map(([path, oid]) => [path, { oid, mode: '100644' }]));
  }

  async read(oid: string): Promise<Buffer> {
    for await (const [, bytes] of this.readAll([oid])) return bytes;
    throw new Error(oid);
  }

  async *readAll(oids: readonly string[]): AsyncGenerator<readonly [string, Buffer]> {
    this.asked.push([...oids]);
    for (const oid of oids) {
      if (![...Object.values(this.#files), ...this.#more].includes(oid)) throw new Error(`this store does not have ${oid}`);
      yield [oid, Buffer.from(oid)];
    }
  }
}

describe('the stores of several roots', () => {
  const open = () => {
    const [main, api] = [new Store({ 'a': '1', 'b': '2' }), new Store({ 'a': '3', 'src/c': '4' }, ['frozen'])];
    return { main, api, both: new SeveralStores([{ name: '', reader: main }, { name: '../api', reader: api }]) };
  };

  it('list a joined tree with the names of the roots, and refuse an id that is not of as many', async () => {
    const { both } = open();
    assert.deepEqual([...(await both.entries('x+y')).keys()], ['a', 'b', '../api/a', '../api/src/c']);
    await assert.rejects(both.entries('x'), /1 folders/);
  });

  it('read each content where it is, in the order that was asked for, as few at a time as that takes', async () => {
    const { both, main, api } = open();
    await both.entries('x+y');
    const read: string[] = [];
    for await (const [oid, bytes] of both.readAll(['2', '1', '3', '4', '1'])) read.push(`${oid}${bytes.toString()}`);
    assert.deepEqual(read, ['22', '11', '33', '44', '11']);
    assert.deepEqual([main.asked, api.asked], [[['2', '1'], ['1']], [['3', '4']]]);
  });

  it('find what no tree has named in whichever of them has it, and nothing where none has', async () => {
    const { both } = open();
    assert.equal((await both.read('frozen')).toString(), 'frozen');
    await assert.rejects(both.read('gone'), /does not have gone/);
  });
});
