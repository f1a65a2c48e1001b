import type { Capture, WholeCapture } from '../../agent/ports.ts';
import type { Blob, Path } from '../../core/session/changes.ts';
import type { Blobs } from './blobs.ts';
import { besides, notCovered } from './captureReport.ts';
import { ControlFiles } from './control.ts';
import { type Coverage, decideCoverage } from './coverage.ts';
import { type KnownFile, readFound } from './fileReader.ts';
import type { IgnoreRules } from './ignoreRules.ts';
import { Intake } from './intake.ts';
import { type Look, lookOf } from './look.ts';
import { leftOutFile, type LeftOutLists, leftOutObject } from './leftOut.ts';
import { Pace } from './pace.ts';
import type { RootRecord } from './rootRecord.ts';
import { type Scan, scan } from './scan.ts';
import type { Store } from './store.ts';
import { type Dir, emptyDir, fileAt, files, oidsOf, treeObjects } from './tree.ts';
import { treeOf, type Trees } from './trees.ts';
import { findUserRepository } from './userRepository.ts';
import { lookAtWritten, type WrittenLook } from './writtenPaths.ts';

export interface CaptureParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly trees: Trees;
  readonly rules: IgnoreRules;
  readonly leftOut: LeftOutLists;
  readonly record: RootRecord;
  /** Paths that checkpoints never look at. */
  readonly skip: (path: Path) => boolean;
}

/** The last checkpoint and what is known of the files that it holds. */
export interface CaptureState extends Look {
  readonly tree: Dir;
  /** Undefined before the first look of this process. */
  readonly folders: ReadonlySet<Path> | undefined;
  /** Folders that were not there at an earlier look. */
  readonly appeared: ReadonlySet<Path>;
  readonly repositories: readonly Path[];
  /** Topmost paths that no checkpoint looks at. */
  readonly skipped: readonly Path[];
}

/** Takes checkpoints of one work tree. Calls must not overlap. */
export class Captures {
  readonly #parts: CaptureParts;
  readonly #control: ControlFiles;
  #state: CaptureState | undefined;
  /** The last look at everything. */
  #whole: WholeCapture | undefined;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
    this.#control = new ControlFiles(parts.store);
  }

  /** The last checkpoint of this process; takes one if there is none. */
  async last(): Promise<CaptureState> {
    return this.#state ?? (await this.take()).state;
  }

  /** Looks at the whole work tree and makes its content durable in the store. Throws when the store refuses. */
  async take(): Promise<{ readonly capture: WholeCapture; readonly state: CaptureState }> {
    const { root, rules, skip, record } = this.#parts;
    const before = this.#state ?? (await this.#load());
    const repository = await findUserRepository(root);
    const seen = await scan(root, skip);
    const coverage = await decideCoverage({
      found: seen.found, held: (path) => before.files.has(path), leftOut: before.leftOut, ignoredRoots: () => rules.ignoredRoots(repository),
    });
    const { look, tree } = await this.#storeAll(before, seen, coverage);
    this.#state = { ...look, tree, folders: seen.folders, appeared: appearedSince(before, seen), repositories: seen.repositories, skipped: seen.skipped };
    await record.write({ tree: tree.oid, appeared: [...this.#state.appeared] });
    await record.statCache.note(look.files, look.read);
    const control = await this.#control.read(root, repository, seen.repositories);
    this.#whole = { tree: tree.oid, covers: 'everything', notCovered: notCovered(look, seen, coverage), control, beside: besides(look, seen, coverage) };
    return { state: this.#state, capture: this.#whole };
  }

  /** Looks at these paths alone, or at everything where that does not do; what else is known stands as it is. Their content is durable in the store. */
  async takeWritten(paths: ReadonlySet<Path>): Promise<Capture> {
    const [state, whole] = [this.#state, this.#whole];
    const narrow = state === undefined || whole === undefined ? undefined : await this.#storeWritten(state, paths, whole.beside ?? {});
    if (state === undefined || whole === undefined || narrow === undefined) return (await this.take()).capture;
    const { look, tree } = narrow;
    for (const [path, file] of look.fresh) state.files.set(path, file);
    for (const [path, blob] of look.changes) if (blob === null) state.files.delete(path);
    this.#state = { ...state, tree, changes: look.changes, read: look.fresh.size, folders: new Set([...(state.folders ?? []), ...look.folders]), appeared: new Set([...state.appeared, ...look.folders]) };
    await this.#parts.record.write({ tree: tree.oid, appeared: [...this.#state.appeared] });
    await this.#parts.record.statCache.note(state.files, look.fresh.size);
    const control = await this.#control.read(this.#parts.root, await findUserRepository(this.#parts.root), state.repositories);
    return { ...whole, tree: tree.oid, covers: 'written', control };
  }

  async #storeWritten(state: CaptureState, paths: ReadonlySet<Path>, beside: Readonly<Record<Path, string>>): Promise<{ readonly look: WrittenLook; readonly tree: Dir } | undefined> {
    const intake = new Intake(this.#parts.store);
    try {
      const look = await lookAtWritten(this.#parts, state, paths, beside, intake);
      return look === undefined ? undefined : { look, tree: await this.#storeTree(state, look.changes, intake) };
    } finally {
      await intake.abandon();
    }
  }

  /** Everything that was read, and the tree that it makes of the last one, durable. */
  async #storeTree(before: CaptureState, changes: Iterable<readonly [Path, Blob | null]>, intake: Intake): Promise<Dir> {
    const tree = await treeOf(changes, before.tree);
    for (const object of treeObjects(tree, (oid) => intake.has(oid))) await intake.add(object);
    await intake.finish();
    this.#parts.trees.note(tree);
    return tree;
  }

  /** What the last process that looked at this work tree left: its contents need not be stored again. */
  async #load(): Promise<CaptureState> {
    const { record, trees, store, leftOut } = this.#parts;
    const { tree: id, appeared } = await record.read();
    const tree = id === undefined ? emptyDir : await trees.get(id);
    const oids = [...new Set(oidsOf(tree))];
    const missing = new Set(await store.missing(oids));
    store.remember(oids.filter((oid) => !missing.has(oid)));
    const noted = await record.statCache.read();
    const known = new Map(Array.from(files(tree), ([path, blob]): [Path, KnownFile] => {
      const note = missing.has(blob.oid) ? undefined : noted.get(path);
      return [path, { blob, key: note?.oid === blob.oid ? note.key : '', racy: false }];
    }));
    known.delete(leftOutFile);
    return { tree, files: known, changes: new Map(), read: 0, leftOut: await leftOut.of(tree), unread: new Map(), kept: new Set(), folders: undefined, appeared: new Set(appeared), repositories: [], skipped: [] };
  }

  async #storeAll(before: CaptureState, seen: Scan, coverage: Coverage): Promise<{ readonly look: Look; readonly tree: Dir }> {
    const intake = new Intake(this.#parts.store);
    try {
      const look = await this.#read(before, seen, coverage, intake);
      const marker = leftOutObject(look.leftOut);
      if (marker !== undefined) await intake.add(marker);
      return { look, tree: await this.#storeTree(before, [...look.changes, ...listChange(before, marker?.oid)], intake) };
    } finally {
      await intake.abandon();
    }
  }

  /** Reads what has changed since the last look. */
  async #read(before: CaptureState, seen: Scan, coverage: Coverage, intake: Intake): Promise<Look> {
    const unread = new Map(seen.unreadable);
    for (const file of coverage.outgrown) unread.set(file.path, 'it has grown larger than 256 MiB');
    const fresh = new Map<Path, KnownFile>();
    const lost = new Set<Path>();
    const pace = new Pace();
    for (const file of coverage.covered) {
      if (pace.due) await pace.rest();
      const known = before.files.get(file.path);
      if (known !== undefined && known.key === file.key && !known.racy) continue;
      const outcome = await readFound(this.#parts.root, file, intake, this.#parts.blobs);
      if (outcome !== 'gone' && !('unreadable' in outcome)) fresh.set(file.path, outcome);
      else lost.add(file.path);
      if (outcome !== 'gone' && 'unreadable' in outcome) unread.set(file.path, outcome.unreadable);
    }
    return lookOf(before.files, coverage, { fresh, lost, unread });
  }
}

/** The list of what is left out changes the tree only where it differs. */
function listChange(before: CaptureState, list: string | undefined): [Path, Blob | null][] {
  if (fileAt(before.tree, leftOutFile)?.oid === list) return [];
  return [[leftOutFile, list === undefined ? null : { oid: list, mode: '100644' }]];
}

function appearedSince(before: CaptureState, seen: Scan): Set<Path> {
  const { folders } = before;
  return new Set([...seen.folders].filter((folder) => before.appeared.has(folder) || (folders !== undefined && !folders.has(folder))));
}
