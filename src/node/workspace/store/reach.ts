import type { Needs } from '../../../core/session/retention.ts';
import { ContentReader } from './contentReader.ts';
import { gitObject, type ObjectType } from '../git/objects.ts';
import { Pace } from '../common/pace.ts';
import type { Store } from './store.ts';

/** Trees and commits that are asked for at once. */
const batch = 500;

/**
 * What of the store can be reached from what is needed. Trees and commits are read once each, by a git process; what a `weigh` found is part of
 * what is kept as soon as it is taken.
 */
export class Reach {
  readonly #store: Store;
  readonly #reader: ContentReader;
  readonly #stops: ReadonlySet<string>;
  readonly #kept = new Set<string>();
  readonly #parents = new Map<string, readonly string[]>();

  /** The way from a commit to its parents ends at `stops`: each of these is needed for itself or not at all. */
  constructor(store: Store, stops: ReadonlySet<string>) {
    this.#store = store;
    this.#reader = new ContentReader(store);
    this.#stops = stops;
  }

  get kept(): ReadonlySet<string> {
    return this.#kept;
  }

  /** Commits of which a parent is not kept: git has to take them for the first of their history. */
  get shallow(): readonly string[] {
    return [...this.#parents].filter(([commit, parents]) => this.#kept.has(commit) && parents.some((parent) => !this.#kept.has(parent))).map(([commit]) => commit);
  }

  /** What these needs reach beyond what is kept already. Needs that the store does not have are passed over; throws where something below them is missing. */
  async beyond(needs: Needs): Promise<ReadonlySet<string>> {
    const roots = [...needs.trees, ...needs.blobs, ...needs.commits].filter((oid) => !this.#kept.has(oid));
    const missing = new Set(await this.#store.missing(roots));
    const here = (oids: readonly string[]) => oids.filter((oid) => !missing.has(oid));
    const fresh = new Set<string>();
    for (const oid of here(needs.blobs)) if (!this.#kept.has(oid)) fresh.add(oid);
    const trees = await this.#commits(here(needs.commits), fresh);
    await this.#trees([...here(needs.trees), ...trees], fresh);
    return fresh;
  }

  /** From here on this is kept. */
  keep(oids: Iterable<string>): void {
    for (const oid of oids) this.#kept.add(oid);
  }

  #isNew(oid: string, fresh: Set<string>): boolean {
    if (this.#kept.has(oid) || fresh.has(oid)) return false;
    fresh.add(oid);
    return true;
  }

  /** Objects of the store with their ids. Throws for one that is not there, or not what its id says. */
  async *#read(type: ObjectType, oids: readonly string[]): AsyncGenerator<readonly [string, Buffer]> {
    let index = 0;
    for await (const body of this.#reader.read(oids, Number.POSITIVE_INFINITY)) {
      const oid = oids[index++] ?? '';
      if (!Buffer.isBuffer(body) || gitObject(type, body).oid !== oid) throw new Error(`the checkpoint store does not have ${oid}`);
      yield [oid, body];
    }
  }

  /** Follows commits to their parents; answers their trees. */
  async #commits(from: readonly string[], fresh: Set<string>): Promise<string[]> {
    const trees: string[] = [];
    const open = from.filter((oid) => this.#isNew(oid, fresh));
    while (open.length > 0) {
      const oids = open.splice(0, batch);
      for await (const [oid, body] of this.#read('commit', oids)) {
        const { tree, parents } = commitLinks(body);
        this.#parents.set(oid, parents);
        if (tree !== undefined) trees.push(tree);
        open.push(...parents.filter((parent) => !this.#stops.has(parent) && this.#isNew(parent, fresh)));
      }
    }
    return trees;
  }

  async #trees(from: readonly string[], fresh: Set<string>): Promise<void> {
    const pace = new Pace();
    for (let open = from.filter((oid) => this.#isNew(oid, fresh)); open.length > 0;) {
      const below: string[] = [];
      for await (const [, body] of this.#read('tree', open.splice(0, batch))) {
        for (const { oid, isTree } of treeLinks(body)) if (this.#isNew(oid, fresh) && isTree) below.push(oid);
        if (pace.due) await pace.rest();
      }
      open = [...below, ...open];
    }
  }
}

function commitLinks(body: Buffer): { readonly tree: string | undefined; readonly parents: readonly string[] } {
  const head = body.toString('latin1', 0, Math.max(0, body.indexOf('\n\n')));
  return { tree: /^tree ([0-9a-f]{40})$/m.exec(head)?.[1], parents: Array.from(head.matchAll(/^parent ([0-9a-f]{40})$/gm), ([, oid]) => oid ?? '') };
}

/** Entries of a tree object: mode, space, name, NUL, twenty bytes of id. */
function* treeLinks(body: Buffer): Generator<{ readonly oid: string; readonly isTree: boolean }> {
  for (let at = 0; at < body.length;) {
    const end = body.indexOf(0, at) + 1;
    if (end === 0) return;
    yield { oid: body.toString('hex', end, end + 20), isTree: body[at] === treeMode };
    at = end + 20;
  }
}

/** First digit of `40000`, the only mode that begins with a 4. */
const treeMode = '4'.charCodeAt(0);
