import type { Capture, WholeCapture } from '../../agent/ports.ts';
import type { Blob, Path } from '../../core/session/changes.ts';
import type { Blobs } from './blobs.ts';
import type { Loan } from './borrow.ts';
import { besides, notCovered } from './captureReport.ts';
import { ControlFiles } from './control.ts';
import type { KnownFile } from './fileReader.ts';
import type { IgnoreRules } from './ignoreRules.ts';
import { Intake } from './intake.ts';
import type { Look } from './look.ts';
import { leftOutFile, type LeftOutLists, leftOutObject } from './leftOut.ts';
import type { RootRecord } from './rootRecord.ts';
import { Pace } from './pace.ts';
import { repay } from './repay.ts';
import type { Found, Scan } from './scan.ts';
import type { Store } from './store.ts';
import { type Dir, emptyDir, fileAt, files, oidsOf, treeObjects } from './tree.ts';
import { treeOf, type Trees } from './trees.ts';
import { findUserRepository, type UserRepository } from './userRepository.ts';
import { lookAtAll, type WholeLook } from './wholeLook.ts';
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
  readonly #control = new ControlFiles();
  #state: CaptureState | undefined;
  /** The last look at everything. */
  #whole: WholeCapture | undefined;

  /** What the first checkpoint borrowed is packed while others work; no other checkpoint is taken before. */
  #repaid: Promise<void> | undefined;
  /** Sentences for people. */
  readonly #lost: string[] = [];

  constructor(parts: CaptureParts) {
    this.#parts = parts;
  }

  /** The last checkpoint of this process; takes one if there is none. */
  async last(): Promise<CaptureState> {
    await this.#repaid;
    return this.#state ?? (await this.take()).state;
  }

  /** Looks at the whole work tree and makes its content durable in the store. Throws when the store refuses. */
  async take(): Promise<{ readonly capture: WholeCapture; readonly state: CaptureState }> {
    await this.#repaid;
    const { root } = this.#parts;
    const before = this.#state ?? (await this.#load());
    const repository = await findUserRepository(root);
    const { seen, coverage, look, tree, lent, loan } = await this.#storeWhole(before, repository);
    this.#state = { ...look, tree, folders: seen.folders, appeared: appearedSince(before, seen), repositories: seen.repositories, skipped: seen.skipped };
    if (loan === undefined) await this.#note(this.#state);
    else this.#repaid = this.#repay(this.#state, lent, loan);
    const control = this.#control.read(root, repository, seen.repositories);
    this.#whole = { tree: tree.oid, covers: 'everything', notCovered: [...notCovered(look, seen, coverage), ...this.#lost], control, beside: besides(look, seen, coverage) };
    return { state: this.#state, capture: this.#whole };
  }

  /** For the next process, which relies on it: only what is in packs of our own. */
  async #note(state: CaptureState): Promise<void> {
    const { record } = this.#parts;
    await record.write({ tree: state.tree.oid, appeared: [...state.appeared] });
    await record.statCache.note(state.files, state.read);
  }

  /** Never rejects: whatever goes wrong, what was lent stays, and the next look begins anew. */
  async #repay(state: CaptureState, lent: readonly Found[], loan: Loan): Promise<void> {
    try {
      const lost = await repay(this.#parts, lent, state.files, loan);
      this.#lost.push(...lost.map((path) => `${path}: its content at the first checkpoint was lent by a pack of the repository that is not what it says, and has changed since`));
      if (lost.length === 0) await this.#note(state);
    } catch {
      this.#state = undefined;
    }
  }

  /** Looks at these paths alone, or at everything where that does not do; what else is known stands as it is. Their content is durable in the store. */
  async takeWritten(paths: ReadonlySet<Path>): Promise<Capture> {
    await this.#repaid;
    const [state, whole] = [this.#state, this.#whole];
    const narrow = state === undefined || whole === undefined ? undefined : await this.#storeWritten(state, paths, whole.beside ?? {});
    if (state === undefined || whole === undefined || narrow === undefined) return (await this.take()).capture;
    const { look, tree } = narrow;
    for (const [path, file] of look.fresh) state.files.set(path, file);
    for (const [path, blob] of look.changes) if (blob === null) state.files.delete(path);
    this.#state = { ...state, tree, changes: look.changes, read: look.fresh.size, folders: new Set([...(state.folders ?? []), ...look.folders]), appeared: new Set([...state.appeared, ...look.folders]) };
    await this.#note(this.#state);
    const control = this.#control.read(this.#parts.root, await findUserRepository(this.#parts.root), state.repositories);
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
    const pace = new Pace();
    for (const object of treeObjects(tree, (oid) => intake.has(oid))) {
      if (pace.due) await pace.rest();
      await intake.add(object);
    }
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

  async #storeWhole(before: CaptureState, repository: UserRepository | undefined): Promise<WholeLook & { readonly tree: Dir }> {
    const intake = new Intake(this.#parts.store);
    let whole: WholeLook | undefined;
    try {
      whole = await lookAtAll(this.#parts, before, repository, intake);
      const marker = leftOutObject(whole.look.leftOut);
      if (marker !== undefined) await intake.add(marker);
      return { ...whole, tree: await this.#storeTree(before, [...whole.look.changes, ...listChange(before, marker?.oid)], intake) };
    } catch (error) {
      await whole?.loan?.giveBack();
      throw error;
    } finally {
      await intake.abandon();
    }
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
