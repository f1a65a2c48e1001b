import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { OracleRequest, Signal } from '../../agent/ports.ts';
import type { Blob, Path } from '../../core/session/changes.ts';
import { pathIn, type RootName } from '../../core/contract/rootPath.ts';
import type { Commands } from '../process/commands.ts';
import { removeTree } from '../process/removeTree.ts';
import { borrowable, type Borrowed, copyPlaces, makePlaces } from './borrowing.ts';
import { type BenchOutput, runMerged } from './benchOutput.ts';
import { Census } from './census.ts';
import { isInside } from '../workspace/git/findProgram.ts';
import { Checkout, type Content } from './checkout.ts';
import type { Plan } from './plan.ts';
import type { TreeReader } from './storeReader.ts';
import { Workbench } from './workbench.ts';

/** What preparing a workbench needs of the world. */
export interface Kit {
  readonly reader: TreeReader;
  readonly commands: Commands;
  /** Folder for throw-away checkouts. */
  readonly tmpRoot: string;
  /** The user's work trees, the main one first. */
  readonly roots: readonly { readonly name: RootName; readonly folder: string }[];
  /** Folders of installed packages in a work tree that a checkout without a set-up uses. */
  readonly dependencies: readonly string[];
}

/** A workbench and what it took from the user, or why there is none. */
export type Prepared = Ready | { readonly failed: string };

export interface Ready {
  readonly bench: Workbench;
  readonly borrowed: readonly Borrowed[];
  /** Makes the checkout as it was before any process measured in it; false where that takes a new one. */
  readonly restore: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

const setupTimeoutMs = 20 * 60_000;
/** Files that are written at the same time. */
const together = 64;

/** Makes a clean checkout and runs the set-up in it, on the base's manifests. The folder goes again where that fails. */
export async function prepare(kit: Kit, request: OracleRequest, plan: Plan, sandboxed: boolean, signal: Signal): Promise<Prepared> {
  await mkdir(kit.tmpRoot, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(await realpath(kit.tmpRoot), `run-${process.pid}-`));
  const close = () => removeTree(folder);
  try {
    const checkout = await layOut(path.join(folder, 'tree'), kit.roots);
    await fill(checkout, plan, kit.reader);
    const borrowed = request.oracle.setup === undefined ? await borrow(kit, checkout, sandboxed) : [];
    const bench = new Workbench(kit.commands, checkout, { sandboxed, network: request.commands.network, readOnly: plan.frozen }, borrowed);
    const failed = request.oracle.setup === undefined ? undefined : await setUp(bench, request.oracle.setup, plan, kit.reader, signal);
    if (failed === undefined) {
      const census = await Census.of(folder);
      return { bench, borrowed, restore: () => census.restore(), close };
    }
    await close();
    return { failed };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** Empty folders that stand to each other as the work trees do. With one root it is the folder itself. */
async function layOut(top: string, roots: Kit['roots']): Promise<Checkout> {
  const [main, ...others] = roots.map(({ folder }) => folder);
  if (main === undefined) throw new Error('there is nothing to measure');
  const around = others.reduce((shared, folder) => commonFolder(shared, folder), main);
  const places = roots.map(({ folder }) => path.join(top, path.relative(around, folder)));
  for (const place of places) await mkdir(place, { recursive: true });
  return new Checkout(places[0] ?? top, roots.flatMap(({ name }) => (name === '' ? [] : [name])));
}

/** The nearest folder that holds both, which do not hold each other. */
function commonFolder(a: string, b: string): string {
  return isInside(b, a) ? a : commonFolder(path.dirname(a), b);
}

async function fill(checkout: Checkout, plan: Plan, reader: TreeReader): Promise<void> {
  const stored = [...plan.files].filter(([name]) => !plan.patched.has(name));
  const [files, links] = [stored.filter(([, { mode }]) => mode !== '120000'), stored.filter(([, { mode }]) => mode === '120000')];
  await checkout.makeFolders(files.map(([name]) => name));
  let batch: (readonly [Path, Content])[] = [];
  for await (const content of contentsOf(files, reader)) {
    batch.push(content);
    if (batch.length < together) continue;
    await writeTogether(checkout, batch);
    batch = [];
  }
  await writeTogether(checkout, batch);
  for await (const [name, content] of contentsOf(links, reader)) await checkout.write(name, content);
  for (const [name, bytes] of plan.patched) if (bytes !== null) await checkout.write(name, { bytes, mode: plan.files.get(name)?.mode ?? '100644' });
}

async function* contentsOf(entries: readonly (readonly [Path, Blob])[], reader: TreeReader): AsyncGenerator<readonly [Path, Content]> {
  let index = 0;
  for await (const [, bytes] of reader.readAll(entries.map(([, blob]) => blob.oid))) {
    const entry = entries[index++];
    if (entry !== undefined) yield [entry[0], { bytes, mode: entry[1].mode }];
  }
}

/** Waits for every write, also where one has failed: the folder may be removed only when nothing writes there any more. */
async function writeTogether(checkout: Checkout, batch: readonly (readonly [Path, Content])[]): Promise<void> {
  const ends = await Promise.allSettled(batch.map(([name, content]) => checkout.write(name, content)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function borrow(kit: Kit, checkout: Checkout, sandboxed: boolean): Promise<readonly Borrowed[]> {
  const folders = new Map(checkout.folders.map(({ name, folder }) => [name, folder]));
  const found = await Promise.all(kit.roots.map(async ({ name, folder }) => (await borrowable(folder, folders.get(name) ?? '', kit.dependencies)).map((one) => ({ ...one, name: pathIn(name, one.name) }))));
  const borrowed = found.flat();
  await (sandboxed ? makePlaces(borrowed) : copyPlaces(borrowed));
  return borrowed;
}

/** Runs the set-up; answers why it failed. Afterwards the candidate's manifests are back. */
async function setUp(bench: Workbench, command: string, plan: Plan, reader: TreeReader, signal: Signal): Promise<string | undefined> {
  const { checkout } = bench;
  for (const [name, blob] of plan.manifests) {
    if (blob === null) await checkout.remove(name);
    else await checkout.write(name, { bytes: await reader.read(blob.oid), mode: blob.mode });
  }
  const output = await runMerged(bench, command, setupTimeoutMs, signal);
  const fault = setupFault(command, output);
  if (fault !== undefined) return fault;
  for (const name of plan.manifests.keys()) await putBack(checkout, name, plan, reader);
  const changed = await checkout.changed();
  const forbidden = changed.filter(plan.mustKeep);
  if (forbidden.length > 0) return `${command} changed what is to be measured: ${forbidden.join(', ')}`;
  checkout.accept(changed);
  return undefined;
}

async function putBack(checkout: Checkout, name: Path, plan: Plan, reader: TreeReader): Promise<void> {
  const own = plan.files.get(name);
  const patched = plan.patched.get(name);
  if (patched !== undefined && patched !== null) await checkout.write(name, { bytes: patched, mode: own?.mode ?? '100644' });
  else if (own === undefined || patched === null) await checkout.remove(name);
  else await checkout.write(name, { bytes: await reader.read(own.oid), mode: own.mode });
}

function setupFault(command: string, { end, text }: BenchOutput): string | undefined {
  if (end.aborted) return 'stopped';
  if (end.spawnError === undefined && !end.timedOut && end.exit === 0) return undefined;
  const how = end.spawnError ?? (end.timedOut ? `did not end within ${setupTimeoutMs / 60_000} minutes` : `ended with ${end.exit === null ? end.signal : `status ${end.exit}`}`);
  return `${command}: ${how}${text === '' ? '' : `\n${text.slice(-2000)}`}`;
}
