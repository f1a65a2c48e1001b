import type { Capture, WholeCapture } from '../../../agent/ports.ts';
import type { Blob, Path } from '../../../core/session/changes.ts';
import { allOf } from '../common/allOf.ts';
import type { Blobs } from '../store/blobs.ts';
import type { Loan } from './borrow.ts';
import { besides, notCovered, outdated } from './captureReport.ts';
import { ControlFiles } from '../repository/control.ts';
import { changedStates } from './changedStates.ts';
import type { CaptureState, Loaded } from './captureState.ts';
import { Comparison } from './comparison.ts';
import { sameBlob } from '../disk/fileState.ts';
import type { IgnoreRules } from '../repository/ignoreRules.ts';
import { Intake } from '../store/intake.ts';
import { KnownFiles } from './knownFiles.ts';
import { leftOutFile, type LeftOutLists, leftOutObject } from '../store/leftOut.ts';
import { Pace } from '../common/pace.ts';
import { repay } from './repay.ts';
import type { RootRecord } from '../store/rootRecord.ts';
import type { Scan } from './scan.ts';
import type { StateTable } from '../store/stateTable.ts';
import { leadOf, SteadyClock } from './steadyClock.ts';
import type { Store } from '../store/store.ts';
import { isStale } from '../store/tableFile.ts';
import { type Dir, emptyDir, fileAt, files, oidsOf, treeObjects } from '../store/tree.ts';
import { addAll, treeOf, type Trees } from '../store/trees.ts';
import { findUserRepository, type UserRepository } from '../repository/userRepository.ts';
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
  readonly unseen: readonly RegExp[];
}

/** Takes checkpoints of one work tree. Calls must not overlap. */
export class Captures {
  readonly #parts: CaptureParts;
  readonly #control: ControlFiles;
  readonly #clock = new SteadyClock();
  readonly #comparison: Comparison;
  #state: CaptureState | undefined;
  /** The last look at everything. */
  #whole: WholeCapture | undefined;

  /** What the first checkpoint borrowed is packed while others work; no other checkpoint is taken before. */
  #repaid: Promise<void> | undefined;
  /** Sentences for people. */
  readonly #lost: string[] = [];

  constructor(parts: CaptureParts) {
    this.#parts = parts;
    this.#control = new ControlFiles(parts.store);
    this.#comparison = new Comparison(parts.store, parts.root, parts.record.table.path);
  }

  /** Resolves when what the first checkpoint borrowed is packed, and what waits for further questions is gone: only the loop that started a process takes note of its end. */
  async settled(): Promise<void> {
    await this.#repaid;
    await allOf([this.#comparison.end(), this.#parts.blobs.end()]);
  }

  /** The last checkpoint of this process; takes one if there is none. */
  async last(): Promise<CaptureState> {
    await this.#repaid;
    return this.#state ?? (await this.take()).state;
  }

  /** Looks at the whole work tree and makes its content durable in the store. Throws when the store refuses. */
  async take(around?: 'command'): Promise<{ readonly capture: WholeCapture; readonly state: CaptureState }> {
    await this.#repaid;
    const [{ root, record }, lead] = [this.#parts, leadOf()];
    this.#comparison.start();
    this.#parts.blobs.prepare();
    const before = this.#state ?? (await this.#load());
    const mayCompare = around === 'command' && before.around !== undefined && this.#clock.isSteady(lead);
    const [repository, inside] = [await findUserRepository(root), before.around?.repositories ?? new Set<Path>()];
    const compared = mayCompare ? changedStates({ ...this.#parts, comparison: this.#comparison, table: record.table }, before.files, before.around) : undefined;
    // While git or threads look at the rest.
    const [stored, [controlled]] = await allOf([this.#storeAll(before, repository, compared), Promise.allSettled([this.#control.read(root, repository, [...inside])])]);
    const { base, seen, coverage, parts, look, leftOut, tree, loan } = stored;
    this.#clock.note(lead, (await compared) === undefined);
    const state = { tree, files: base.files.with(look.news), leftOut, parts, unread: look.unread, appeared: appearedSince(before, seen), around: seen.around };
    this.#state = state;
    if (loan !== undefined) this.#repaid = this.#repay(state, loan);
    // A repository that has come or gone inside the work tree is known only now.
    const known = controlled.status === 'fulfilled' && isSame(inside, seen.around.repositories) ? controlled.value : undefined;
    const [, control] = await allOf([loan === undefined ? this.#note(state) : undefined, known ?? this.#control.read(root, repository, [...seen.around.repositories])]);
    const beside = { look, coverage, around: seen.around, parts };
    this.#whole = { tree: tree.oid, covers: 'everything', notCovered: [...notCovered(beside), ...this.#lost], ...outdated(look), control, beside: besides(beside) };
    return { state, capture: this.#whole };
  }

  /** For the next process, which relies on it: only what is in packs of our own. The table of states is written anew when there is none, or when too much is known otherwise. */
  async #note(state: CaptureState): Promise<void> {
    const { record } = this.#parts;
    await record.write({ tree: state.tree.oid, appeared: [...state.appeared] });
    if (record.table.mark !== undefined && !isStale(state.files.table.size, state.files.news.size)) return;
    const files = await state.files.inOneTable();
    this.#state = { ...state, files };
    await record.table.write(files.table);
  }

  /** Never rejects: whatever goes wrong, what was lent stays, and the next look begins anew. */
  async #repay(state: CaptureState, loan: Loan): Promise<void> {
    try {
      const lost = await repay(this.#parts, state.files.table, state.tree, loan);
      this.#lost.push(...lost.map((path) => `${path}: its content at the first checkpoint was lent by a pack of the repository that is not what it says, and has changed since`));
      await this.#note(state);
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
    state.files.note(look.news);
    // What has appeared there besides is found when they are listed.
    for (const folder of look.folders) state.around.folders.set(folder, '');
    this.#state = { ...state, tree, appeared: new Set([...state.appeared, ...look.folders]) };
    const [{ root, record }, repository] = [this.#parts, await findUserRepository(this.#parts.root)];
    const [, control] = await allOf([record.write({ tree: tree.oid, appeared: [...this.#state.appeared] }), this.#control.read(root, repository, [...state.around.repositories])]);
    return { ...whole, tree: tree.oid, covers: 'written', control };
  }

  async #storeWritten(state: CaptureState, paths: ReadonlySet<Path>, beside: Readonly<Record<Path, string>>): Promise<{ readonly look: WrittenLook; readonly tree: Dir } | undefined> {
    const intake = new Intake(this.#parts.store);
    try {
      const look = await lookAtWritten(this.#parts, state, paths, beside, intake);
      return look === undefined ? undefined : { look, tree: await this.#storeTree(state.tree, look.changes, intake) };
    } finally {
      await intake.abandon();
    }
  }

  /** Everything that was read, and the tree that it makes of the last one, durable; what is lent is. */
  async #storeTree(before: Dir, changes: Iterable<readonly [Path, Blob | null]>, intake: Intake, loan?: Loan): Promise<Dir> {
    const tree = await treeOf(changes, before);
    await addAll(treeObjects(tree, (oid) => intake.has(oid)), intake, await loan?.lends());
    await intake.finish();
    this.#parts.trees.note(tree);
    return tree;
  }

  /** What the last process that looked at this work tree left: its contents need not be stored again. */
  async #load(): Promise<Loaded> {
    const { record, trees, store, leftOut } = this.#parts;
    const { tree: id, appeared } = await record.read();
    const tree = id === undefined ? emptyDir : await trees.get(id);
    const oids = [...new Set(oidsOf(tree))];
    const missing = await store.find(oids);
    const known = await knownAsOf(tree, missing, await record.table.read());
    return { tree, files: known, leftOut: await leftOut.of(tree), parts: new Map(), unread: new Map(), appeared: new Set(appeared) };
  }

  async #storeAll(before: CaptureState | Loaded, repository: UserRepository | undefined, compared: Promise<Scan | undefined> | undefined): Promise<WholeLook & { readonly leftOut: ReadonlySet<Path>; readonly tree: Dir }> {
    const intake = new Intake(this.#parts.store);
    let whole: WholeLook | undefined;
    try {
      whole = await lookAtAll(this.#parts, before, repository, intake, await compared);
      const { base, look, parts } = whole;
      const leftOut = new Set([...parts.keys(), ...[...look.unread.keys()].filter((path) => !look.kept.has(path))]);
      const marker = leftOutObject(leftOut);
      if (marker !== undefined) await intake.add(marker);
      return { ...whole, leftOut, tree: await this.#storeTree(base.tree, withList(look.changes, base.tree, marker?.oid), intake, whole.loan) };
    } catch (error) {
      await whole?.loan?.giveBack();
      throw error;
    } finally {
      await intake.abandon();
    }
  }
}

/** What a checkpoint holds, with the states that are noted for just these contents. */
async function knownAsOf(tree: Dir, missing: ReadonlySet<string>, noted: StateTable): Promise<KnownFiles> {
  const [known, pace] = [new KnownFiles(), new Pace()];
  for (const [path, blob] of files(tree)) {
    if (pace.due) await pace.rest();
    if (path === leftOutFile) continue;
    const place = missing.has(blob.oid) ? -1 : noted.find(path);
    const note = place < 0 ? undefined : noted.entryAt(place);
    known.note([[path, { blob, state: sameBlob(note?.blob, blob) ? note?.state : undefined }]]);
  }
  return known;
}

/** The list of what is left out changes the tree only where it differs. */
function* withList(changes: ReadonlyMap<Path, Blob | null>, before: Dir, list: string | undefined): Generator<readonly [Path, Blob | null]> {
  yield* changes;
  if (fileAt(before, leftOutFile)?.oid !== list) yield [leftOutFile, list === undefined ? null : { oid: list, mode: '100644' }];
}

const isSame = (some: ReadonlySet<Path>, others: ReadonlySet<Path>): boolean => some.size === others.size && [...some].every((path) => others.has(path));

function appearedSince(before: CaptureState | Loaded, { around }: Scan): Set<Path> {
  const earlier = before.around?.folders;
  return new Set([...around.folders.keys()].filter((folder) => before.appeared.has(folder) || (earlier !== undefined && !earlier.has(folder))));
}
