import type { Check, OracleSpec, Scope, CommandPolicy } from '../core/contract/contract.ts';
import type { RootName } from '../core/contract/rootPath.ts';
import type { CellResult, OracleRun, RunPurpose } from '../core/oracle/result.ts';
import type { Blob, FileChange, FileDiff, Hunk, LineCounts, Path, TreeId } from '../core/session/changes.ts';
import type { Entry, SessionEvent } from '../core/session/events.ts';
import type { BesideItem, EvictionPlan, LeftPath, MovedPath, RestoreItem, ScratchUse, Withheld } from '../core/session/facts.ts';
import type { Gate, GateAnswer, SandboxState, FrozenFile, KeptBranch, Session } from '../core/session/session.ts';
import type { ModelReply, ModelRequest } from '../core/transcript/message.ts';

/** What the agent needs of the world. Each method says what it answers in normal trouble; anything else it throws ends the session. */
export interface Ports {
  readonly model: Model;
  readonly workspace: Workspace;
  readonly oracle: Oracle;
  readonly shell: Shell;
  readonly journal: Journal;
  readonly artifacts: Artifacts;
  readonly clock: Clock;
  readonly user: User;
  readonly keeper: Keeper;
  /** Of each root, the main one's first. */
  readonly rooms: readonly Room[];
}

/** The only field of the platform's AbortSignal that the agent uses. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Model {
  /** One request, one answer, no retries. A failed request is a reply with its fault, never a rejection. Streaming text goes to `progress` and is not kept. */
  send(request: ModelRequest, progress: (text: string) => void, signal: Signal): Promise<ModelReply>;
}

/** The content of the covered work tree at one moment, durable in the checkpoint store when the promise resolves. */
export interface Capture {
  readonly tree: TreeId;
  /**
   * What was looked at. `written`: the written paths alone; everything else in `tree`, `notCovered` and `beside` stands as it was seen last and may
   * have changed since. Such a tree is no measurement of the work tree.
   */
  readonly covers: 'everything' | 'written';
  /** Paths that are not covered and why: nested repositories, over-size ignored files, special files. */
  readonly notCovered: readonly string[];
  /** Paths for which `tree` has an older content than is there: what is there has grown too large, or cannot be read. Absent: none. */
  readonly outdated?: readonly Path[];
  /**
   * Control files of the user's .git (HEAD, index, refs, config, hooks, info, stash) by their names there, each with a word that changes when it does and
   * has nothing of its content. A rewind brings back what begins with `file`, `link` or `ref`.
   */
  readonly control: Readonly<Record<string, string>>;
  /**
   * What is in the work tree but not in `tree`, each path with a word or a digest that changes when it does: empty folders, pipes,
   * sockets, repositories inside, what is left out for its size, and permissions that a new file would not get (`permissions 600`).
   */
  readonly beside?: Readonly<Record<Path, string>>;
}

/** Content on which an oracle run, a verdict, a boundary, a command or a rewind may rest. */
export interface WholeCapture extends Capture {
  readonly covers: 'everything';
}

export interface Head {
  readonly commit?: string;
  readonly branch?: string;
  /** A merge, rebase, cherry-pick, revert or bisect that is going on. */
  readonly operation?: string;
  /** Why git cannot tell, in a sentence; then nothing else is said. */
  readonly unreadable?: string;
}

export type FileRead =
  | { readonly kind: 'text'; readonly text: string; readonly blob: Blob; readonly lines: number }
  | { readonly kind: 'binary'; readonly blob: Blob; readonly bytes: number }
  | { readonly kind: 'directory' }
  | { readonly kind: 'missing' }
  /** The path leaves the workspace, goes through a link, or is a special file. */
  | { readonly kind: 'refused'; readonly why: string };

export interface Match {
  readonly path: Path;
  readonly line: number;
  readonly text: string;
}

export type { RestoreItem };

export interface RestoreOutcome {
  readonly restored: readonly Path[];
  /** The user's newer change was kept by a three-way merge. */
  readonly merged: readonly Path[];
  readonly left: readonly LeftPath[];
  readonly moved?: readonly MovedPath[];
  /** Empty folders that stood where files came back, and went. */
  readonly emptied?: readonly Path[];
  /** What each restored or merged path was left with, verified; null: nothing. */
  readonly now: ReadonlyMap<Path, Blob | null>;
}

/** What a restore of one path would do. `left` and `conflict` leave it as it is. */
export interface Rehearsal {
  readonly path: Path;
  readonly does: 'back' | 'delete' | 'merge' | 'nothing' | 'left' | 'conflict';
  readonly why?: string;
  /** Files where this path needs room: where they do not go before, it is left, and why. */
  readonly inWay?: { readonly files: readonly Path[]; readonly why: string };
  /** Other names that the file has now (hard links), where it has any: what comes back takes the place of this name alone. */
  readonly otherNames?: number;
  /** Empty folders that go to make room. */
  readonly emptied?: readonly Path[];
  /** Left in the end, but gone from the first round on: what comes into its place until then keeps it from being put back. */
  readonly goesFirst?: true;
  /** Of a conflict: the text as it is, the one that the session left, and the one that comes back. Absent for a secret file. */
  readonly sides?: ConflictSides;
  /** The text that a merge would give, and the mode that the file would have. */
  readonly text?: string;
  readonly mode?: Blob['mode'];
}

export interface ConflictSides {
  readonly yours: string;
  readonly base: string;
  readonly rewound: string;
  /** Merged as far as it goes; where both changed the same lines, those of the base. Nobody decided on that. */
  readonly undecided: string;
}

/** What a command wrote beside the work trees: a private folder for each root that it wrote in, by the root's name. */
export type Written = Readonly<Record<RootName, string>>;

/** What became of what a command wrote. */
export interface Landing {
  /** What the work tree held before, with what the user made meanwhile of the files that both changed: from there on it is the command's. */
  readonly before: TreeId;
  /** Every file, folder and link that is as the command left it, or merged, by its doing; also each that went. */
  readonly landed: ReadonlySet<Path>;
  /** What the user did meanwhile stays. */
  readonly withheld: readonly Withheld[];
}

export interface CommitInput {
  readonly tree: TreeId;
  /** Of `tree` these paths alone, everything else as it is in `since`. Where that changes nothing, no commit is made and `parent` is answered. */
  readonly only?: { readonly since: TreeId; readonly paths: readonly Path[] };
  readonly branch: string;
  readonly parent?: string;
  readonly message: string;
  readonly author: 'bounded' | 'user';
}

export interface Workspace {
  readonly root: string;
  head(): Promise<Head>;
  /**
   * Looks at everything. Before and after a `command` a folder whose own state has not changed is taken to have the entries that it had, where the
   * file system keeps that; otherwise each is listed.
   */
  capture(around?: 'command'): Promise<WholeCapture>;
  /**
   * Looks at these paths and at what was written through this port since the last look; at everything where that would not be enough to know
   * them. For file tools, whose writes are known; whatever else changed meanwhile is found by the next `capture`.
   */
  captureWritten(paths: readonly Path[]): Promise<Capture>;
  /** How much there is where no checkpoint looks because the contract says so, as of the last look. */
  scratchUse(): Promise<ScratchUse>;
  /** Paths whose content differs from the user's HEAD: uncommitted and untracked, not ignored. */
  dirty(): Promise<readonly Path[]>;
  diff(from: TreeId, to: TreeId): Promise<readonly FileDiff[]>;
  /**
   * The hunks of each of these, in their order; none where lines cannot be told: binary, very large, secret, a link, or changed in its mode alone.
   * Where all would be too much at once, of the first of them, of one at least: `withHunks` asks for the rest.
   */
  hunks(diffs: readonly FileDiff[]): Promise<readonly (readonly Hunk[])[]>;
  /** The change if `path` had `content` (null: were deleted), against its content in `tree`; undefined where that is the same. */
  countLines(path: Path, content: string | null, tree: TreeId): Promise<LineCounts | undefined>;
  /** Entries of `tree` at these paths. */
  entries(tree: TreeId, paths: readonly Path[]): Promise<ReadonlyMap<Path, Blob>>;
  /** Entries of `tree` that one of these globs matches, at most so many. */
  matching(tree: TreeId, globs: readonly string[], most?: number): Promise<ReadonlyMap<Path, Blob>>;
  blobText(blob: Blob): Promise<string>;
  read(path: Path): Promise<FileRead>;
  /** Normalises what a model wrote (absolute, `./`, backslashes) to a workspace path, or says why it is refused. */
  resolve(path: string): Promise<{ readonly path: Path } | { readonly refused: string }>;
  /** Paths that match, sorted. `truncated`: there are more than are answered. */
  glob(pattern: string, under?: Path): Promise<{ readonly paths: readonly Path[]; readonly truncated: boolean }>;
  grep(pattern: string, under?: Path): Promise<{ readonly matches: readonly Match[]; readonly truncated: boolean } | { readonly error: string }>;
  /** When the system last noted a change of a path, in milliseconds since the epoch; undefined where it is gone. */
  changedAt(path: Path): Promise<number | undefined>;
  /** Writes one change atomically (same directory, rename), keeping the mode. A file that is not as `expected` is answered `stale`. */
  apply(change: FileChange): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: 'stale' | 'refused'; readonly detail: string }>;
  restore(items: readonly RestoreItem[]): Promise<RestoreOutcome>;
  /**
   * Brings what a command wrote beside the work tree into it, never over what the user changed since `before`, the tree that the command began with. What
   * died in it is taken to its end by calling it again.
   */
  land(written: Written, before: TreeId): Promise<Landing>;
  /** Removes what a process that died in a write of this port left beside files since the checkpoint `since`, and nothing that may be the user's. */
  sweep(since: TreeId): Promise<void>;
  /** What `restore` would do with one path in rounds, without doing it. `answers`: the texts that a person gave for conflicts on the way, in order. */
  rehearse(path: Path, items: readonly RestoreItem[], answers?: readonly string[]): Promise<Rehearsal>;
  /** Keeps a text in the checkpoint store, so that `restore` can bring it to this path; answers its blob id. */
  keepText(path: Path, text: string): Promise<string>;
  /** Brings back empty folders, permissions and git's control files; what is not as expected is the user's and is left. Answers what was left. */
  restoreBeside(items: readonly BesideItem[]): Promise<readonly LeftPath[]>;
  /** Undoes hunks on the file as it is now, all in one write; answers what the file was left with, or why it cannot where the lines of one have changed since. `of`: the content in which they stand. `mode`: that of a file that comes back. */
  revertHunks(path: Path, hunks: readonly Hunk[], of?: Blob, mode?: Blob['mode']): Promise<{ readonly ok: true; readonly now: Blob } | { readonly ok: false; readonly detail: string }>;
  /** What `revertHunks` would do with one path, without doing it. */
  rehearseHunks(path: Path, hunks: readonly Hunk[], of?: Blob): Promise<Rehearsal>;
  /** Commits the tracked-or-new, not ignored part of a tree on the attempt's branch in the private store; answers the commit id. */
  commit(input: CommitInput): Promise<string>;
  /** Replaces the contract file by the text of an approved amendment, atomically. */
  writeContract(path: Path, text: string): Promise<void>;
  /** Writes a page for people under `.bounded/<name>/`. */
  writeReport(name: string, file: string, text: string): Promise<void>;
  /** SHA-256 of the contract file as it is on disk now, or undefined where it is gone. */
  hashOf(path: Path): Promise<string | undefined>;
}

export interface OracleRequest {
  readonly id: string;
  readonly purpose: RunPurpose;
  readonly tree: TreeId;
  /** Tree whose manifest and lock file `setup` uses. */
  readonly baseTree: TreeId;
  readonly oracle: OracleSpec;
  readonly scope: Scope;
  readonly commands: CommandPolicy;
  readonly checks: readonly Check[];
  /** Bytes that replace the tree's oracle files. */
  readonly frozen?: readonly FrozenFile[];
  /** A unified diff on top of `tree` (a decoy). */
  readonly patch?: string;
}

export interface Oracle {
  /** Runs checks in a throw-away checkout of `tree`. Everything that goes wrong is a cell's class or `setupFailed`. `null`: the patch did not apply. */
  run(request: OracleRequest, progress: (cell: CellResult, done: number, of: number) => void, signal: Signal): Promise<OracleRun | null>;
  /** Runs one command line in a throw-away checkout of `tree`, for a reviewer's finding. */
  runCommand(request: OracleRequest, command: string, signal: Signal): Promise<{ readonly kind: 'exit'; readonly exit: number; readonly output: string } | { readonly kind: 'could-not-run'; readonly why: string }>;
}

export interface ShellRequest {
  readonly command: string;
  readonly timeoutMs: number;
  readonly workTree: 'writable' | 'read-only';
  /** Globs whose existing files are read-only (oracle, contract) even where the work tree is writable. */
  readonly readOnly: readonly string[];
  /** Globs whose files are not visible. */
  readonly secret: readonly string[];
  readonly network: 'none' | 'full';
  readonly sandbox: SandboxState;
}

export interface ShellResult {
  readonly spawnError?: string;
  readonly exit: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** stdout and stderr as they came, head and tail if too long, secrets redacted. */
  readonly output: string;
  readonly bytes: number;
  readonly artifact?: string;
  readonly ms: number;
}

export interface Shell {
  /** Tries what the platform offers; never throws. */
  probe(): Promise<SandboxState>;
  /**
   * From when to when the last command ran, in milliseconds since the epoch; undefined where there was none or where that is not known. Where the
   * process that had started it died, whatever still runs of it is ended first.
   */
  lastRun(): Promise<{ readonly from: number; readonly to: number } | undefined>;
  /** Ends when the whole process tree is dead. Where the sandbox says so, what the command wrote is beside the work tree then: `written`. */
  run(request: ShellRequest, progress: (text: string) => void, signal: Signal): Promise<ShellResult>;
  /** What the last command wrote beside the work trees, also one that was cut off; undefined where there is nothing, or nothing any more. */
  written(): Promise<Written | undefined>;
  /** Forgets that, once it is in the work trees and recorded. */
  discard(): Promise<void>;
}

export interface Journal {
  /** Durable when resolved. Rejects with a JournalFault when the tail is not the writer's own or the disk refuses. */
  append(at: number, active: number, event: SessionEvent): Promise<Entry>;
}

export interface Artifacts {
  /** Durable when resolved; answers the SHA-256 of the bytes. Rejects with a JournalFault when the disk refuses. */
  put(text: string): Promise<string>;
  /** Text of an artifact of this session, or undefined. */
  get(id: string): Promise<string | undefined>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go back; stops or not during suspend. */
  monotonic(): number;
  /** Resolves early when the signal aborts. */
  sleep(ms: number, signal: Signal): Promise<void>;
  /** Lets others have their turn where this one has lasted long already; costs next to nothing otherwise. */
  rest(): Promise<void>;
  /** In [0, 1), for jitter. */
  random(): number;
  /** A short unique id, safe in file and branch names. */
  id(): string;
  sha256(text: string): string;
}

export interface User {
  /** Waits for a person, who may answer by an act as well: then nobody waits for this any more. `undefined`: nobody is there to answer now; the session stays at the gate. */
  answer(gate: Gate, session: Session, signal: Signal): Promise<{ readonly answer: GateAnswer; readonly by: 'person' | 'approve-flag' } | undefined>;
  /** Files with unsaved changes in an editor. */
  unsaved(): readonly Path[];
  /** Files that the user saved in an editor since the last call. */
  takeSaved(): readonly Path[];
  /** Problems that language tools report, for the tool `diagnostics`; undefined where there is no editor. */
  diagnostics(path?: Path): Promise<readonly string[] | undefined>;
}

/** The checkpoint store of a root, and what of it may be given up to make room. */
export interface Room {
  readonly root: RootName;
  /** Bytes that the store takes at most, as far as this process knows without a look at the disk, and bytes that it may take. */
  readonly bytes: number;
  readonly limit: number;
  /** Bytes on the disk now. */
  measure(): Promise<number>;
  /** What would be given up if the store were full now; where nothing can be, a sentence that says why. Changes nothing. */
  plan(session: Session): Promise<EvictionPlan | string>;
  /**
   * Gives it up, where nobody else uses the store: `record` writes it into this session's journal and answers the session then; the journals of
   * other sessions follow, and only then is removed what no session needs any more, here and in the other roots. Answers why it could not.
   */
  carryOut(plan: EvictionPlan, record: () => Promise<Session>): Promise<string | undefined>;
}

export interface KeepWish {
  readonly how: 'branch' | 'squash' | 'patch';
  /** The user's own changes, those at the start and later ones, are left out. */
  readonly withoutMine: boolean;
  /** In another repository of the session they are left out: what was measured, was measured with them. */
  readonly leftElsewhere?: boolean;
}

/** `detail` says what happened to git, or why nothing did. `branch`: the one that was made or dropped. */
export interface KeepAnswer {
  readonly ok: boolean;
  readonly detail: string;
  /** Those that were made or removed. */
  readonly branches?: readonly KeptBranch[];
  /** Of several repositories not all did what was asked, but some did. */
  readonly partly?: true;
}

export interface Keeper {
  /** Gives the user the work in the form they chose. */
  keep(wish: KeepWish, session: Session): Promise<KeepAnswer>;
  /** Removes branches that a session made, each where it is still as it was made and no work tree is on it. */
  drop(branches: readonly KeptBranch[]): Promise<KeepAnswer>;
}
