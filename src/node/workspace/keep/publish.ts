import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Blob, Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import { encodeText } from '../common/bytes.ts';
import { catFile } from '../git/catFile.ts';
import { commitBody } from './commits.ts';
import { Intake } from '../store/intake.ts';
import { attributesOf, committedContent, isUnfiltered } from '../repository/lineEnds.ts';
import { NotKept } from '../repository/notKept.ts';
import { gitObject } from '../git/objects.ts';
import type { Store } from '../store/store.ts';
import { listTree } from '../store/trees.ts';
import { objectEnvironment, objectFormat, type UserRepository } from '../repository/userRepository.ts';

/** One commit that is to be made: what changes against the one before, and who made it. */
export interface Step {
  readonly changes: ReadonlyMap<Path, Blob | null>;
  readonly person: string;
  /** Seconds since the epoch. */
  readonly seconds: number;
  readonly message: string;
}

export interface Published {
  readonly commit: string;
  readonly commits: number;
  /** Paths that went in as they are on the disk although a filter or an encoding of the user's would have changed them. */
  readonly unfiltered: readonly Path[];
}

/**
 * Writes commits on top of `head` (undefined: without a parent) as loose objects into the user's object store. Nothing else of the
 * repository is touched: index, work tree, HEAD, refs, configuration. Paths that do not change keep HEAD's objects. A step
 * without an effect makes no commit.
 */
export async function publish(parts: { readonly store: Store; readonly blobs: Blobs }, repository: UserRepository, head: string | undefined, steps: readonly Step[]): Promise<Published> {
  const format = await objectFormat(parts.store.git, repository);
  if (format !== 'sha1') throw new NotKept(`this repository names its objects by ${format}, which branches of Bounded cannot do yet; export a patch`);
  if (head !== undefined && !(await hasCommit(parts.store, repository, head))) throw new NotKept(`the repository does not have the commit ${head.slice(0, 10)} any more that the session started from, so there is nothing to put the work on; export a patch`);
  const prepared = await withLineEnds(parts, repository, head, steps);
  await copyBlobs(parts.store, repository, prepared.steps);
  const env = { ...objectEnvironment(repository), GIT_INDEX_FILE: path.join(parts.store.directory, 'spool', `index-${randomBytes(6).toString('hex')}`) };
  try {
    await parts.store.git.run({ args: head === undefined ? ['read-tree', '--empty'] : ['read-tree', head], env });
    let [commit, tree, commits] = [head, await writeTree(parts.store, env), 0];
    for (const step of prepared.steps) {
      await parts.store.git.run({ args: ['update-index', '-z', '--index-info'], env, input: indexInfo(repository.prefix, step.changes) });
      const next = await writeTree(parts.store, env);
      if (next === tree) continue;
      const body = commitBody({ ...step, tree: next, parents: commit === undefined ? [] : [commit] });
      commit = (await parts.store.git.run({ args: ['hash-object', '-t', 'commit', '-w', '--stdin'], env, input: body })).stdout.toString('latin1').trim();
      tree = next;
      commits += 1;
    }
    if (commit === undefined || commits === 0) throw new NotKept('there is nothing to keep: no file differs from the commit that the session started from');
    return { commit, commits, unfiltered: prepared.unfiltered };
  } finally {
    await rm(env.GIT_INDEX_FILE, { force: true });
  }
}

/** Whether a commit is there with its tree: the user may have amended it, and git has collected it since. */
async function hasCommit(store: Store, repository: UserRepository, commit: string): Promise<boolean> {
  return (await store.git.run({ args: ['rev-parse', '--verify', '-q', `${commit}^{tree}`], env: objectEnvironment(repository), also: [1, 128] })).status === 0;
}

async function writeTree(store: Store, env: Readonly<Record<string, string>>): Promise<string> {
  // A clone may lack contents that no commit of ours changes.
  return (await store.git.run({ args: ['write-tree', '--missing-ok'], env })).stdout.toString('latin1').trim();
}

function indexInfo(prefix: string, changes: ReadonlyMap<Path, Blob | null>): Buffer {
  // What goes makes room for what comes in its place.
  const sorted = [...changes].sort(([, a], [, b]) => Number(a !== null) - Number(b !== null));
  return Buffer.concat(sorted.flatMap(([file, blob]) => [Buffer.from(blob === null ? `0 ${'0'.repeat(40)}\t` : `${blob.mode} ${blob.oid}\t`), encodeText(prefix + file), Buffer.from([0])]));
}

/** Packs the new contents in the store and unpacks them in the user's object store, where what exists is left alone. */
async function copyBlobs(store: Store, repository: UserRepository, steps: readonly Step[]): Promise<void> {
  const oids = new Set(steps.flatMap((step) => [...step.changes.values()].flatMap((blob) => (blob === null ? [] : [blob.oid]))));
  if (oids.size === 0) return;
  const packed = store.git.stream({ args: ['pack-objects', '--stdout', '-q'], input: Buffer.from(`${[...oids].join('\n')}\n`) });
  await store.git.run({ args: ['unpack-objects', '-q'], env: objectEnvironment(repository), input: Readable.from(packed) });
}

async function withLineEnds(parts: { readonly store: Store; readonly blobs: Blobs }, repository: UserRepository, head: string | undefined, steps: readonly Step[]): Promise<{ readonly steps: readonly Step[]; readonly unfiltered: readonly Path[] }> {
  const paths = [...new Set(steps.flatMap((step) => [...step.changes.keys()]))];
  const { of, autocrlf } = await attributesOf(parts.store.git, parts.store.program, repository, paths);
  const old = await headBlobs(parts.store, repository, head, new Set(paths));
  await parts.store.find(steps.flatMap((step) => [...step.changes.values()].flatMap((blob) => blob?.oid ?? [])));
  const intake = new Intake(parts.store);
  const convert = async (file: Path, blob: Blob | null): Promise<Blob | null> => {
    if (blob === null || blob.mode === '120000') return blob;
    const object = gitObject('blob', committedContent(await parts.blobs.read(blob.oid), await old(file), of.get(file) ?? {}, autocrlf));
    await intake.add(object);
    return { ...blob, oid: object.oid };
  };
  const converted: Step[] = [];
  for (const step of steps) {
    const changes = new Map<Path, Blob | null>();
    for (const [file, blob] of step.changes) changes.set(file, await convert(file, blob));
    converted.push({ ...step, changes });
  }
  await intake.finish();
  return { steps: converted, unfiltered: paths.filter((file) => isUnfiltered(of.get(file) ?? {}) && steps.some((step) => step.changes.get(file))) };
}

/** Contents of HEAD at these paths, read when asked for. */
async function headBlobs(store: Store, repository: UserRepository, head: string | undefined, paths: ReadonlySet<Path>): Promise<(path: Path) => Promise<Buffer | undefined>> {
  const oids = new Map<Path, string>();
  if (head !== undefined) {
    for await (const [file, blob] of listTree(store.git, head, objectEnvironment(repository))) {
      const inside = file.slice(repository.prefix.length);
      if (file.startsWith(repository.prefix) && paths.has(inside)) oids.set(inside, blob.oid);
    }
  }
  return async (file) => {
    const oid = oids.get(file);
    if (oid === undefined) return undefined;
    for await (const bytes of catFile(store.git, [oid], { env: objectEnvironment(repository) })) return Buffer.isBuffer(bytes) ? bytes : undefined;
    return undefined;
  };
}
