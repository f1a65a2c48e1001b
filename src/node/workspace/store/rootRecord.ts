import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Path, TreeId } from '../../../core/session/changes.ts';
import { writeWhole } from '../../journal/durable.ts';
import type { Store } from './store.ts';
import { TableFile } from './tableFile.ts';

/** What the next process wants to know of a work tree. Losing it costs time, nothing else. */
export interface RootFacts {
  /** The last checkpoint. */
  readonly tree?: TreeId;
  readonly appeared: readonly Path[];
}

/** The record of one work tree in a store that several may share. */
export class RootRecord {
  readonly table: TableFile;
  readonly #file: string;
  #written = '';

  constructor(store: Store, root: string) {
    const name = path.join(store.directory, 'roots', createHash('sha1').update(root).digest('hex'));
    this.#file = `${name}.json`;
    this.table = new TableFile(`${name}.table`);
  }

  async read(): Promise<RootFacts> {
    const text = await readFile(this.#file, 'utf8').catch(() => '{}');
    return factsIn(text);
  }

  async write(facts: RootFacts): Promise<void> {
    const text = JSON.stringify(facts);
    if (text === this.#written) return;
    await writeWhole(this.#file, text);
    this.#written = text;
  }
}

/** The last checkpoint of every work tree that uses the store: the next look begins there. */
export async function lastTrees(store: Store): Promise<TreeId[]> {
  const folder = path.join(store.directory, 'roots');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const facts = await Promise.all(names.map(async (name) => factsIn(await readFile(path.join(folder, name), 'utf8').catch(() => '{}'))));
  return facts.flatMap(({ tree }) => tree ?? []);
}

function factsIn(text: string): RootFacts {
  try {
    const facts = JSON.parse(text) as { readonly tree?: unknown; readonly appeared?: unknown };
    const appeared = Array.isArray(facts.appeared) ? facts.appeared.filter((one): one is string => typeof one === 'string') : [];
    return typeof facts.tree === 'string' && /^[0-9a-f]{40}$/.test(facts.tree) ? { tree: facts.tree, appeared } : { appeared };
  } catch {
    // Cut short by a crash: as if it were not there.
    return { appeared: [] };
  }
}
