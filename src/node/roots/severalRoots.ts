import path from 'node:path';
import type { Capture, CommitInput, FileRead, Head, KeepAnswer, Keeper, KeepWish, Landing, Match, Rehearsal, RestoreItem, RestoreOutcome, WholeCapture, Workspace, Written } from '../../agent/ports.ts';
import { pathIn, splitPath, type RootName } from '../../core/contract/rootPath.ts';
import { globsIn } from '../../core/contract/roots.ts';
import type { Blob, FileChange, FileDiff, Hunk, LineCounts, Path, TreeId } from '../../core/session/changes.ts';
import type { BesideItem, LeftPath, ScratchUse } from '../../core/session/facts.ts';
import { diskFault } from '../../core/session/diskFault.ts';
import { joinIds, splitIds } from '../../core/session/joinedIds.ts';
import type { KeptBranch, Session } from '../../core/session/session.ts';
import { ofRoot } from '../../core/session/sessionOfRoot.ts';
import { sameBlob } from '../../core/session/sameBlob.ts';
import { hunkOfRoot, joinCaptures, joinHeads, joinLandings, joinRestores } from './joins.ts';
import type { CheckpointStore } from '../workspace/store/checkpoints.ts';
import { dropEach, keepEach } from './keepEach.ts';
import type { OpenRoot } from './openRoot.ts';

/**
 * Several work trees, each with its own store, behind the port of one. A path goes to the root that it lies in and to no other; an id names the
 * content of all of them. What one root refuses or cannot do is said of that root, and the others keep what they did.
 */
export class SeveralRoots implements Workspace, Keeper {
  readonly root: string;
  readonly stores: readonly CheckpointStore[];
  readonly #roots: readonly OpenRoot[];
  readonly #main: OpenRoot;
  readonly #names: readonly RootName[];

  constructor(roots: readonly OpenRoot[]) {
    const [main] = roots;
    if (main === undefined) throw new Error('a session needs a folder');
    this.#roots = roots;
    this.#main = main;
    this.#names = roots.slice(1).map(({ name }) => name);
    this.root = main.workspace.root;
    this.stores = roots.map(({ workspace }) => workspace.checkpoints);
  }

  async head(): Promise<Head> {
    return joinHeads(await this.#inEach(async ({ name, workspace }) => ({ name, head: await workspace.head() })));
  }

  /** Why one of the repositories cannot be read as a whole, in words. */
  async damage(): Promise<string | undefined> {
    const damages = await this.#inEach(async ({ name, workspace }) => ({ name, damage: await workspace.damage() }));
    const [first] = damages.flatMap(({ name, damage }) => (damage === undefined ? [] : [said(name, damage)]));
    return first;
  }

  async capture(around?: 'command'): Promise<WholeCapture> {
    return { ...joinCaptures(await this.#inEach(async ({ name, workspace }) => ({ name, capture: await workspace.capture(around) }))), covers: 'everything' };
  }

  async captureWritten(paths: readonly Path[]): Promise<Capture> {
    return joinCaptures(await this.#inEach(async ({ name, workspace }) => ({ name, capture: await workspace.captureWritten(this.#own(name, paths)) })));
  }

  async settled(): Promise<void> {
    await this.#inEach(({ workspace }) => workspace.settled());
  }

  async scratchUse(): Promise<ScratchUse> {
    const uses = await this.#inEach(({ workspace }) => workspace.scratchUse());
    return { files: uses.reduce((sum, use) => sum + use.files, 0), bytes: uses.reduce((sum, use) => sum + use.bytes, 0) };
  }

  async dirty(): Promise<readonly Path[]> {
    return (await this.#inEach(async ({ name, workspace }) => (await workspace.dirty()).map((file) => pathIn(name, file)))).flat();
  }

  async diff(from: TreeId, to: TreeId): Promise<readonly FileDiff[]> {
    const [before, after] = [this.#ids(from), this.#ids(to)];
    const changed = this.#roots.filter((_, index) => before[index] !== after[index]);
    const diffs = await Promise.all(changed.map(async ({ name, workspace }) => {
      const index = this.#indexOf(name);
      return (await workspace.diff(before[index] ?? '', after[index] ?? '')).map((diff) => ({ ...diff, path: pathIn(name, diff.path) }));
    }));
    return diffs.flat();
  }

  /** From the stores alone, also where the folder of a root is away. */
  async hunks(diffs: readonly FileDiff[]): Promise<readonly (readonly Hunk[])[]> {
    const at = diffs.map((diff) => ({ diff, ...this.#at(diff.path) }));
    const found: (readonly Hunk[])[] = [];
    while (found.length < at.length) {
      const from = at.slice(found.length);
      const other = from.findIndex(({ root }) => root !== from[0]?.root);
      const own = other === -1 ? from : from.slice(0, other);
      const hunks = await own[0]?.root.workspace.hunks(own.map(({ diff, rest }) => ({ ...diff, path: rest }))) ?? [];
      found.push(...hunks.map((one, index) => one.map((hunk) => hunkOfRoot(own[index]?.root.name ?? '', hunk))));
      if (hunks.length < own.length) break;
    }
    return found;
  }

  countLines(file: Path, content: string | null, tree: TreeId): Promise<LineCounts | undefined> {
    const { root, rest } = this.#at(file);
    return root.workspace.countLines(rest, content, this.#ids(tree)[this.#indexOf(root.name)] ?? '');
  }

  async entries(tree: TreeId, paths: readonly Path[]): Promise<ReadonlyMap<Path, Blob>> {
    const ids = this.#ids(tree);
    const all = await Promise.all(this.#roots.map(async ({ name, workspace }, index) => {
      const found = await workspace.entries(ids[index] ?? '', this.#own(name, paths));
      return Array.from(found, ([file, blob]): [Path, Blob] => [pathIn(name, file), blob]);
    }));
    return new Map(all.flat());
  }

  async matching(tree: TreeId, globs: readonly string[], most?: number): Promise<ReadonlyMap<Path, Blob>> {
    const [ids, found] = [this.#ids(tree), new Map<Path, Blob>()];
    for (const [index, { name, workspace }] of this.#roots.entries()) {
      const inside = await workspace.matching(ids[index] ?? '', globsIn(name, globs), most === undefined ? undefined : most - found.size);
      for (const [file, blob] of inside) found.set(pathIn(name, file), blob);
    }
    return found;
  }

  /** The store of one root has it; what it answers hashes to the id, so that it does not matter which. */
  async blobText(blob: Blob): Promise<string> {
    let missing: unknown;
    for (const { workspace } of this.#roots) {
      try {
        return await workspace.blobText(blob);
      } catch (error) {
        missing ??= error;
      }
    }
    throw missing;
  }

  async read(file: Path): Promise<FileRead> {
    const found = await this.#find(file);
    return 'fault' in found ? { kind: 'refused', why: found.fault } : found.root.workspace.read(found.rest);
  }

  /** By the text alone it is decided which root a path leads to, and that root rules on the rest of it. */
  async resolve(text: string): Promise<{ readonly path: Path } | { readonly refused: string }> {
    const inside = await this.#main.workspace.resolve(text);
    if ('path' in inside || /^~|^[a-z][a-z0-9+.-]*:\/\/|^\\\\/i.test(text)) return inside;
    const whole = slashed(path.resolve(this.root, slashed(text)));
    const root = this.#roots.find(({ workspace }) => whole === slashed(workspace.root) || whole.startsWith(`${slashed(workspace.root)}/`));
    if (root === undefined) return inside;
    const fault = await root.workspace.folder.fault();
    if (fault !== undefined) return { refused: fault };
    const rest = await root.workspace.resolve(whole.slice(slashed(root.workspace.root).length + 1) || '.');
    return 'path' in rest ? { path: pathIn(root.name, rest.path) } : rest;
  }

  /** A pattern without `../` is about the main root alone, as in a contract. */
  async glob(pattern: string, under?: Path): ReturnType<Workspace['glob']> {
    const found = under === undefined || under === '' ? undefined : await this.#find(under);
    if (found !== undefined && 'fault' in found) return { paths: [], truncated: false };
    const meant = found === undefined ? this.#roots.flatMap((root) => globsIn(root.name, [pattern]).map((inside) => ({ root, inside, rest: '' }))) : [{ ...found, inside: pattern }];
    const answers = await Promise.all(meant.map(async ({ root: { name, workspace }, inside, rest }) => {
      const { paths, truncated } = await workspace.glob(inside, rest);
      return { paths: paths.map((file) => pathIn(name, file)), truncated };
    }));
    return { paths: answers.flatMap(({ paths }) => paths), truncated: answers.some(({ truncated }) => truncated) };
  }

  /** Without a folder it searches every root. */
  async grep(pattern: string, under?: Path): ReturnType<Workspace['grep']> {
    const found = under === undefined || under === '' ? undefined : await this.#find(under);
    if (found !== undefined && 'fault' in found) return { error: found.fault };
    const places = found === undefined ? this.#roots.map((root) => ({ root, rest: '' })) : [found];
    const matches: Match[] = [];
    let truncated = false;
    for (const { root: { name, workspace }, rest } of places) {
      const answer = await workspace.grep(pattern, rest);
      if ('error' in answer) return answer;
      matches.push(...answer.matches.map((match) => ({ ...match, path: pathIn(name, match.path) })));
      truncated ||= answer.truncated;
    }
    return { matches, truncated };
  }

  async changedAt(file: Path): Promise<number | undefined> {
    const found = await this.#find(file);
    return 'fault' in found ? undefined : found.root.workspace.changedAt(found.rest);
  }

  async apply(change: FileChange): ReturnType<Workspace['apply']> {
    const found = await this.#find(change.path);
    if ('fault' in found) return { ok: false, why: 'refused', detail: found.fault };
    const done = await found.root.workspace.apply({ ...change, path: found.rest });
    return done.ok ? done : { ...done, detail: said(found.root.name, done.detail) };
  }

  async restore(items: readonly RestoreItem[]): Promise<RestoreOutcome> {
    const strays = this.#strays(items);
    const outcomes = await this.#eachOf(items, (root, own) => wholly(root, own), (own, why) => ({ restored: [], merged: [], left: own.map((item) => ({ path: item.path, why })), now: new Map() }));
    return joinRestores(outcomes, strays);
  }

  async restoreBeside(items: readonly BesideItem[]): Promise<readonly LeftPath[]> {
    const outcomes = await this.#eachOf(items, (root, own) => root.workspace.restoreBeside(own), (own, why): readonly LeftPath[] => own.map((item) => ({ path: item.path, why })));
    return [...this.#strays(items), ...outcomes.flatMap(({ name, outcome }) => outcome.map((left) => ({ ...left, path: pathIn(name, left.path) })))];
  }

  /** What lies in no root is never touched. */
  #strays(items: readonly { readonly path: Path }[]): readonly LeftPath[] {
    return items.flatMap(({ path: file }) => (splitPath(this.#names, file) === undefined ? [{ path: file, why: 'it is no path of the session' }] : []));
  }

  async land(written: Written, before: TreeId): Promise<Landing> {
    const ids = this.#ids(before);
    return joinLandings(await this.#inEach(async ({ name, workspace }) => {
      const layer = written[name];
      return { name, landing: await workspace.land(layer === undefined ? {} : { '': layer }, ids[this.#indexOf(name)] ?? '') };
    }));
  }

  async sweep(since: TreeId): Promise<void> {
    const ids = this.#ids(since);
    await this.#inEach(({ name, workspace }) => workspace.sweep(ids[this.#indexOf(name)] ?? ''));
  }

  async rehearse(file: Path, items: readonly RestoreItem[], answers?: readonly string[]): Promise<Rehearsal> {
    const found = await this.#find(file);
    if ('fault' in found) return { path: file, does: 'left', why: found.fault };
    return ofFile(found.root, file, await found.root.workspace.rehearse(found.rest, items.map((item) => ({ ...item, path: found.rest })), answers));
  }

  /** In the store of the root that the path lies in. */
  keepText(file: Path, text: string): Promise<string> {
    const { root, rest } = this.#at(file);
    return root.workspace.keepText(rest, text);
  }

  async revertHunks(file: Path, hunks: readonly Hunk[], of?: Blob, mode?: Blob['mode']): ReturnType<Workspace['revertHunks']> {
    const found = await this.#find(file);
    if ('fault' in found) return { ok: false, detail: found.fault };
    const done = await found.root.workspace.revertHunks(found.rest, hunks, of, mode);
    return done.ok ? done : { ...done, detail: said(found.root.name, done.detail) };
  }

  async rehearseHunks(file: Path, hunks: readonly Hunk[], of?: Blob): Promise<Rehearsal> {
    const found = await this.#find(file);
    if ('fault' in found) return { path: file, does: 'left', why: found.fault };
    return ofFile(found.root, file, await found.root.workspace.rehearseHunks(found.rest, hunks, of));
  }

  async commit(input: CommitInput): Promise<string> {
    const [trees, parents] = [this.#ids(input.tree), this.#ids(input.parent ?? '')];
    const since = input.only === undefined ? [] : this.#ids(input.only.since);
    return joinIds(await this.#inEach(({ name, workspace }) => {
      const index = this.#indexOf(name);
      const only = input.only === undefined ? {} : { only: { since: since[index] ?? '', paths: this.#own(name, input.only.paths) } };
      return workspace.commit({ ...input, tree: trees[index] ?? '', parent: parents[index] ?? '', ...only });
    }));
  }

  writeContract(file: Path, text: string): Promise<void> {
    return this.#main.workspace.writeContract(file, text);
  }

  writeReport(name: string, file: string, text: string): Promise<void> {
    return this.#main.workspace.writeReport(name, file, text);
  }

  async hashOf(file: Path): Promise<string | undefined> {
    const found = await this.#find(file);
    return 'fault' in found ? undefined : found.root.workspace.hashOf(found.rest);
  }

  drop(branches: readonly KeptBranch[]): Promise<KeepAnswer> {
    return dropEach(this.#roots, branches);
  }

  keep(wish: KeepWish, session: Session): Promise<KeepAnswer> {
    return keepEach(this.#roots, wish, session);
  }

  #ids(tree: TreeId): readonly string[] {
    return splitIds(tree, this.#roots.length);
  }

  #indexOf(name: RootName): number {
    return this.#roots.findIndex((root) => root.name === name);
  }

  #own(name: RootName, paths: readonly Path[]): readonly Path[] {
    return ofRoot(paths.map((file) => ({ path: file })), name, this.#names).map((item) => item.path);
  }

  /** Throws for a path of no root: such a path has been refused before. */
  #at(file: Path): { readonly root: OpenRoot; readonly rest: Path } {
    const placed = splitPath(this.#names, file);
    const root = this.#roots.find(({ name }) => name === placed?.root);
    if (placed === undefined || root === undefined) throw new Error(`${file} is outside of the folders of the session`);
    return { root, rest: placed.path };
  }

  /** For what touches a file: its root must still be the folder that was opened. */
  async #find(file: Path): Promise<{ readonly root: OpenRoot; readonly rest: Path } | { readonly fault: string }> {
    if (splitPath(this.#names, file) === undefined) return { fault: `${file} is outside of the folders of the session` };
    const at = this.#at(file);
    const fault = await at.root.workspace.folder.fault();
    return fault === undefined ? at : { fault };
  }

  /** One root after the other. Throws `Paused` where one is not there any more. */
  async #inEach<T>(work: (root: OpenRoot) => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    for (const root of this.#roots) results.push(await root.workspace.folder.during(() => work(root)));
    return results;
  }

  /**
   * Does what concerns a root there; where that fails, `failed` says so of its items, and the other roots are gone on with. A disk that takes
   * nothing now may take it later, and of what failed half-way only the journal can tell how far it came: that is thrown, after the others.
   */
  async #eachOf<Item extends { readonly path: Path }, T>(items: readonly Item[], work: (root: OpenRoot, own: readonly Item[]) => Promise<T>, failed: (own: readonly Item[], why: string) => T): Promise<{ readonly name: RootName; readonly outcome: T }[]> {
    const outcomes: { readonly name: RootName; readonly outcome: T }[] = [];
    const passing: unknown[] = [];
    for (const root of this.#roots) {
      const own = ofRoot(items, root.name, this.#names);
      if (own.length === 0) continue;
      const fault = await root.workspace.folder.fault();
      const outcome = fault === undefined ? await work(root, own).catch((error: unknown) => {
        if (diskFault(error) !== undefined || error instanceof HalfWay) passing.push(error);
        return failed(own, error instanceof Error ? error.message : String(error));
      }) : failed(own, fault);
      outcomes.push({ name: root.name, outcome });
    }
    if (passing.length > 0) throw passing[0];
    return outcomes;
  }
}

/** Some paths of a root were brought back, and then something failed. */
class HalfWay extends Error {}

/** Throws `HalfWay` where something failed once anything had been done. */
async function wholly({ workspace }: OpenRoot, items: readonly RestoreItem[]): Promise<RestoreOutcome> {
  try {
    return await workspace.restore(items);
  } catch (error) {
    if (diskFault(error) !== undefined) throw error;
    const { tree } = await workspace.capture();
    const is = await workspace.entries(tree, items.map((item) => item.path));
    if (items.every(({ path: file, expected }) => sameBlob(is.get(file) ?? null, expected))) throw error;
    throw new HalfWay(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A rehearsal as the session knows its paths. */
const ofFile = ({ name }: OpenRoot, path: Path, { inWay, emptied, ...rehearsal }: Rehearsal): Rehearsal =>
  ({ ...rehearsal, path, ...(inWay === undefined ? {} : { inWay: { ...inWay, files: inWay.files.map((one) => pathIn(name, one)) } }), ...(emptied === undefined ? {} : { emptied: emptied.map((one) => pathIn(name, one)) }) });

const slashed = (text: string): string => text.replaceAll('\\', '/');
const said = (name: RootName, detail: string): string => (name === '' ? detail : `in ${name}: ${detail}`);
