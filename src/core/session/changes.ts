/** Paths are relative to the workspace folder, `/`-separated, never absolute; only one in another root of the contract has `..`, as that root's name has. */
export type Path = string;

/** Content in the checkpoint store: git blob id (SHA-1 of the raw bytes as git hashes them) and git file mode. */
export interface Blob {
  readonly oid: string;
  readonly mode: '100644' | '100755' | '120000';
}

/** Id of a git tree in the private store: names the exact covered content of the work tree. Of several roots, their ids joined (`joinedIds.ts`). */
export type TreeId = string;

/** A contiguous change of one file. Line numbers count from 1; `lines` carry their prefix `-` or `+`, without end-of-line. */
export interface Hunk {
  /** Stays as long as these lines change in the same way at the same place of the file of before, whatever happens elsewhere in it; see `hunkId`. */
  readonly id: string;
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
  /** Unchanged lines around the hunk in the changed file, at most three on each side, so that it is found again when lines were added above. */
  readonly context?: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** Side whose last line in `lines` has no end-of-line. */
  readonly noEndOfLine?: 'old' | 'new' | 'both';
}

/** Names one hunk of the session's change against its base. */
export interface HunkName {
  readonly path: Path;
  readonly hunk: string;
}

/** What changed in one path between two trees. A deleted file has no `after`, a created one no `before`. Renames are a deletion and a creation. */
export interface FileDiff extends LineCounts {
  readonly path: Path;
  readonly before?: Blob;
  readonly after?: Blob;
}

/** Lines of one change. Those of a binary file are not counted. */
export interface LineCounts {
  readonly added: number;
  readonly removed: number;
  readonly binary: boolean;
}

/** Size of a change: of the session's own write set, uncounted paths left out. */
export interface ChangeSize {
  readonly files: number;
  readonly added: number;
  readonly removed: number;
}

/** One entry of the write set: a path that a tool or command of the session changed. */
export interface Write extends FileDiff {
  readonly by: 'tool' | 'command' | 'rewind';
  readonly call: string;
  readonly phase: string;
  readonly attempt: number;
  readonly turn: number;
  /**
   * A person took back all that the session had of the path, together with what was theirs: that is their own change, and none of the writes before
   * this one counts any more. It leads from the last of them to what the path has now.
   */
  readonly ends?: true;
  /**
   * Writes of the path before this one that it took back wholly: what the path had before the first and after the last of them. What the user made in
   * between stands beside them, so that contents alone do not tell it. Worked out by the fold.
   */
  readonly cancels?: { readonly before: Blob | null; readonly after: Blob | null };
}

/**
 * What a command changed that no tree names, in the words of a capture's `beside` and `control`: an empty folder, permission bits beyond the one that
 * git knows, or a control file of git (`.git/config`). Absent: nothing of the kind there, or the permissions of any new file.
 */
export interface BesideChange {
  readonly path: Path;
  readonly call: string;
  readonly before?: string;
  readonly after?: string;
}

/** An exact change that a tool proposes. */
export type FileChange =
  | { readonly kind: 'write'; readonly path: Path; readonly content: string; readonly expected?: Blob }
  | { readonly kind: 'delete'; readonly path: Path; readonly expected?: Blob };

/** Files and lines (added plus removed) that count against the diff budget. */
export interface DiffUse {
  readonly files: number;
  readonly lines: number;
}

/** Counted against the boundary before the phase and against the base; each limit holds for both. */
export interface DiffUses {
  readonly phase: DiffUse;
  readonly base: DiffUse;
}
