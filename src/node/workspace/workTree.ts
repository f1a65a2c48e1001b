import { lstat } from 'node:fs/promises';
import type { Capture, CommitInput, FileRead, Head, KeepAnswer, KeepWish, Landing, Rehearsal, RestoreItem, RestoreOutcome, WholeCapture, Written } from '../../agent/ports.ts';
import type { Blob, FileChange, FileDiff, Hunk, LineCounts, Path, TreeId } from '../../core/session/changes.ts';
import { compileGlobs } from '../../core/guard/globs.ts';
import type { BesideItem, LeftPath, ScratchUse } from '../../core/session/facts.ts';
import type { KeptBranch as KeptRef, Session } from '../../core/session/session.ts';
import type { Blobs } from './store/blobs.ts';
import { decodeBytes, encodeText, linesOf } from './common/bytes.ts';
import { Checkpoints } from './store/checkpoints.ts';
import type { Captures } from './look/capture.ts';
import type { Commits } from './keep/commits.ts';
import type { Diffs } from './diff/diffs.ts';
import { dirtyPaths } from './diff/dirty.ts';
import { type ApplyOutcome, FileTools } from './fileTools.ts';
import { isPlain, type PathGuard } from './disk/guard.ts';
import type { IgnoreRules } from './repository/ignoreRules.ts';
import { keepBranch, type KeptBranch, patchBetween, squash } from './keep/keep.ts';
import { dropBranch, keepSession } from './keep/keepSession.ts';
import { leftBeside } from './rewind/leftBeside.ts';
import { leftOutFile } from './store/leftOut.ts';
import { isBoundedPath, type Resolved } from './disk/lexicalPath.ts';
import type { KeepingWorkspace } from './keepingWorkspace.ts';
import { gitObject } from './git/objects.ts';
import { OwnFiles } from './disk/ownFiles.ts';
import { Queue } from './common/queue.ts';
import { onDisk } from './disk/places.ts';
import { land } from './landing/land.ts';
import { rehearse } from './rewind/rehearse.ts';
import { restorePaths } from './rewind/restore.ts';
import { restoreBeside } from './rewind/restoreBeside.ts';
import { scratchUse } from './disk/scratchUse.ts';
import type { GrepAnswer, Search } from './search.ts';
import type { OpenedFolder } from './disk/openedFolder.ts';
import type { Store } from './store/store.ts';
import { fileAt, files } from './store/tree.ts';
import type { Trees } from './store/trees.ts';
import { damageOf, findUserRepository, headOf } from './repository/userRepository.ts';
import type { Work } from './keep/work.ts';

export interface WorkTreeParts {
  readonly root: string;
  readonly folder: OpenedFolder;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly trees: Trees;
  readonly rules: IgnoreRules;
  readonly guard: PathGuard;
  readonly captures: Captures;
  readonly diffs: Diffs;
  readonly search: Search;
  readonly commits: Commits;
  readonly contractFile: Path;
  readonly skip: (path: Path) => boolean;
}

/** The user's work tree behind the port. Looking at the whole tree and changing it never overlap. */
export class WorkTree implements KeepingWorkspace {
  readonly root: string;
  readonly folder: OpenedFolder;
  readonly checkpoints: Checkpoints;
  readonly stores: readonly Checkpoints[];
  readonly #parts: WorkTreeParts;
  readonly #tools: FileTools;
  readonly #own: OwnFiles;
  readonly #queue = new Queue();
  /** Paths that this port wrote since the last look. */
  readonly #written = new Set<Path>();

  constructor(parts: WorkTreeParts) {
    this.root = parts.root;
    this.folder = parts.folder;
    this.#parts = parts;
    this.#tools = new FileTools(parts.root, parts.guard);
    this.checkpoints = new Checkpoints(parts.store, (work) => this.#queue.run(work));
    this.stores = [this.checkpoints];
    this.#own = new OwnFiles(parts.root, parts.contractFile);
  }

  /** For what looks at the whole folder or writes in it: another folder in its place is somebody else's. */
  #inPlace<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(() => this.folder.during(work));
  }

  async head(): Promise<Head> {
    return headOf(this.#parts.store.git, await findUserRepository(this.root));
  }

  async damage(): Promise<string | undefined> {
    return damageOf(this.#parts.store.git, await findUserRepository(this.root), this.root);
  }

  settled(): Promise<void> {
    return this.#queue.run(() => this.#parts.captures.settled());
  }

  capture(around?: 'command'): Promise<WholeCapture> {
    return this.#inPlace(async () => {
      const { capture } = await this.#parts.captures.take(around);
      this.#written.clear();
      return capture;
    });
  }

  captureWritten(paths: readonly Path[]): Promise<Capture> {
    return this.#inPlace(async () => {
      const capture = await this.#parts.captures.takeWritten(new Set([...paths, ...this.#written]));
      this.#written.clear();
      return capture;
    });
  }

  scratchUse(): Promise<ScratchUse> {
    return this.#queue.run(async () => scratchUse(this.root, [...(await this.#parts.captures.last()).around.skipped].filter((path) => !isBoundedPath(path))));
  }

  dirty(): Promise<readonly Path[]> {
    return this.#queue.run(async () => dirtyPaths(this.#parts, await this.#parts.captures.last()));
  }

  diff(from: TreeId, to: TreeId): Promise<readonly FileDiff[]> {
    return this.#parts.diffs.diff(from, to);
  }

  /** None for a secret file: hunks are shown. */
  async hunks(diffs: readonly FileDiff[]): Promise<readonly (readonly Hunk[])[]> {
    const isShown = diffs.map(({ path }) => !this.#parts.guard.isSecret(path));
    const hunks = await this.#parts.diffs.hunks(diffs.filter((_, index) => isShown[index]));
    const found: (readonly Hunk[])[] = [];
    let shown = 0;
    for (const is of isShown) {
      const own = is ? hunks[shown++] : [];
      if (own === undefined) break;
      found.push(own);
    }
    return found;
  }

  countLines(path: Path, content: string | null, tree: TreeId): Promise<LineCounts | undefined> {
    return this.#parts.diffs.countLines(path, content, tree);
  }

  async entries(tree: TreeId, paths?: readonly Path[]): Promise<ReadonlyMap<Path, Blob>> {
    const dir = await this.#parts.trees.get(tree);
    const all = paths === undefined ? files(dir) : paths.flatMap((path): [Path, Blob][] => asEntry(path, fileAt(dir, path)));
    return new Map([...all].filter(([path]) => path !== leftOutFile));
  }

  async matching(tree: TreeId, globs: readonly string[], most?: number): Promise<ReadonlyMap<Path, Blob>> {
    const [isMatched, found] = [compileGlobs(globs), new Map<Path, Blob>()];
    for (const [path, blob] of files(await this.#parts.trees.get(tree))) {
      if (found.size === most) break;
      if (path !== leftOutFile && isMatched(path) !== undefined) found.set(path, blob);
    }
    return found;
  }

  async blobText(blob: Blob): Promise<string> {
    return decodeBytes(await this.#parts.blobs.read(blob.oid));
  }

  read(path: Path): Promise<FileRead> {
    return this.#tools.read(path);
  }

  resolve(path: string): Promise<Resolved> {
    return this.#parts.guard.resolve(path);
  }

  glob(pattern: string, under?: Path): ReturnType<Search['glob']> {
    return this.#parts.search.glob(pattern, under);
  }

  grep(pattern: string, under?: Path): Promise<GrepAnswer> {
    return this.#parts.search.grep(pattern, under);
  }

  apply(change: FileChange): Promise<ApplyOutcome> {
    return this.#inPlace(() => this.#writing([change.path], () => this.#tools.apply(change)));
  }

  restore(items: readonly RestoreItem[]): Promise<RestoreOutcome> {
    return this.#inPlace(() => this.#writing(items.map(({ path }) => path), async () => restorePaths({ ...this.#parts, made: await this.#made() }, items)));
  }

  land(written: Written, before: TreeId): Promise<Landing> {
    const layer = written[''];
    return this.#inPlace(async () => (layer === undefined ? { before, landed: new Set<Path>(), withheld: [] } : land(this.#parts, layer, before)));
  }

  sweep(since: TreeId): Promise<void> {
    return this.#inPlace(async () => {
      const { state } = await this.#parts.captures.take();
      const items = leftBeside(await this.#parts.trees.get(since), state.tree);
      if (items.length > 0) await this.#writing(items.map(({ path }) => path), async () => restorePaths({ ...this.#parts, made: await this.#made() }, items));
    });
  }

  rehearse(path: Path, items: readonly RestoreItem[], answers?: readonly string[]): Promise<Rehearsal> {
    return this.#queue.run(() => rehearse(this.#parts, path, items, answers));
  }

  async keepText(_path: Path, text: string): Promise<string> {
    const object = gitObject('blob', encodeText(text));
    await this.#parts.store.write([object]);
    return object.oid;
  }

  /** What refuses as a whole has written nothing: whoever changed the path then, it was not this port. */
  async #writing<Outcome extends object>(paths: readonly Path[], write: () => Promise<Outcome>): Promise<Outcome> {
    const fresh = paths.filter((path) => !this.#written.has(path));
    for (const path of fresh) this.#written.add(path);
    const outcome = await write();
    if ('ok' in outcome && outcome.ok === false) for (const path of fresh) this.#written.delete(path);
    return outcome;
  }

  /** Whether a folder came to be under the session. */
  async #made(): Promise<(folder: Path) => boolean> {
    const { appeared, around } = await this.#parts.captures.last();
    return (folder) => appeared.has(folder) || !around.folders.has(folder);
  }

  restoreBeside(items: readonly BesideItem[]): Promise<readonly LeftPath[]> {
    return this.#inPlace(async () => restoreBeside({ ...this.#parts, made: await this.#made(), repository: await findUserRepository(this.root) }, items));
  }

  async revertHunks(path: Path, hunks: readonly Hunk[], of?: Blob, mode?: Blob['mode']): ReturnType<FileTools['revertHunks']> {
    const text = await this.#linesOf(of);
    return this.#inPlace(() => this.#writing([path], () => this.#tools.revertHunks(path, hunks, text, mode)));
  }

  async rehearseHunks(path: Path, hunks: readonly Hunk[], of?: Blob): Promise<Rehearsal> {
    const text = await this.#linesOf(of);
    return this.#queue.run(() => this.#tools.rehearseHunks(path, hunks, text));
  }

  async #linesOf(of: Blob | undefined): Promise<readonly string[] | undefined> {
    return of === undefined ? undefined : linesOf(await this.blobText(of));
  }

  commit(input: CommitInput): Promise<string> {
    return this.#queue.run(() => this.#parts.commits.commit(input));
  }

  writeContract(path: Path, text: string): Promise<void> {
    return this.#queue.run(() => this.#own.writeContract(path, text));
  }

  writeReport(name: string, file: string, text: string): Promise<void> {
    return this.#queue.run(() => this.#own.writeReport(name, file, text));
  }

  async changedAt(path: Path): Promise<number | undefined> {
    if (!isPlain(path)) return undefined;
    return (await lstat(onDisk(this.root, path)).catch(() => undefined))?.ctimeMs;
  }

  hashOf(path: Path): Promise<string | undefined> {
    return this.#tools.sha256(path);
  }

  keep(wish: KeepWish, session: Session): Promise<KeepAnswer> {
    return this.#queue.run(() => keepSession({ ...this.#parts, own: this.#own }, wish, session));
  }

  drop([branch]: readonly KeptRef[]): Promise<KeepAnswer> {
    if (branch === undefined) return Promise.resolve({ ok: false, detail: 'there is no branch to drop' });
    return this.#queue.run(() => dropBranch(this.#parts, branch));
  }

  keepBranch(work: Work): Promise<KeptBranch> {
    return this.#queue.run(() => keepBranch(this.#parts, work, false));
  }

  squash(work: Work, message: string): Promise<KeptBranch> {
    return this.#queue.run(() => squash(this.#parts, work, message, false));
  }

  patch(from: TreeId, to: TreeId): Promise<Buffer> {
    const { commits } = this.#parts;
    return this.#queue.run(async () => patchBetween(this.#parts, await commits.committable(from), await commits.committable(to)));
  }
}

const asEntry = (path: Path, blob: Blob | undefined): [Path, Blob][] => (blob === undefined ? [] : [[path, blob]]);
