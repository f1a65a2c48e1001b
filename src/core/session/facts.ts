import type { Blob, Hunk, HunkName, Path, TreeId, Write } from './changes.ts';

/** Where the model answers from; shown so that nobody takes a scripted server for a model. */
export interface Endpoint {
  readonly url: string;
  /** Name that the server gives itself in the header `x-served-by`, when it is not the vendor's. */
  readonly servedBy?: string;
}

/** Where HEAD of the user's repository stands; no commit in a repository that has none, no branch when it is detached. */
export interface HeadPlace {
  readonly commit?: string;
  readonly branch?: string;
}

export type RefusalReason = 'phase' | 'scope' | 'budget' | 'command' | 'secret' | 'schema' | 'stale' | 'user';

export type FlagOutcome = 'rewound' | 'allowed' | 'restored' | 'left';

/** What became of a flag, by its id. */
export interface SettledFlag {
  readonly flag: string;
  readonly how: FlagOutcome;
}

/** What a production-shape boundary did to the visible surface, against the gate before. */
export interface SurfaceDelta {
  readonly files: number;
  readonly lines: number;
  readonly exportsAdded: readonly string[];
  readonly exportsRemoved: readonly string[];
}

export interface LeftPath {
  readonly path: Path;
  readonly why: string;
  /** The user changed the same lines: they decide what becomes of them. */
  readonly conflict?: true;
}

/** A path where what a command did stays out, because of what the user did there while it ran. */
export interface Withheld {
  readonly path: Path;
  readonly why: string;
  /** What the command left there, kept in the checkpoint store; absent where it removed the path, or where that is too large to be kept. */
  readonly blob?: Blob;
}

/** What there is in scratch. */
export interface ScratchUse {
  readonly files: number;
  readonly bytes: number;
}

/** Back to `target` from `expected`, in the words of a capture's `beside`. */
export interface BesideItem {
  readonly path: Path;
  readonly target?: string;
  readonly expected?: string;
}

/** What stood where a rewind brought a file back, in no checkpoint and perhaps the user's: it is kept whole at another place. */
export interface MovedPath {
  readonly path: Path;
  readonly to: Path;
}

/** A path to bring back. `expected` is what the session last wrote there (`null`: it deleted the path); anything else on disk is the user's. */
export interface RestoreItem {
  readonly path: Path;
  readonly target: Blob | null;
  readonly expected: Blob | null;
}

/** Hunks of one file, all or none of which are taken back. */
export interface FileHunks {
  readonly path: Path;
  /** The content in which they stand; absent for a file that they deleted. */
  readonly of?: Blob;
  /** What a file that they deleted comes back with. */
  readonly mode?: Blob['mode'];
  readonly hunks: readonly Hunk[];
}

/** What a rewind, or the undoing of one, is about to do. `safety` is the tree before it. */
export interface RewindPlan extends Pick<RewindRecord, 'id' | 'kind' | 'to' | 'by' | 'safety' | 'resolves'> {
  /** One after the other; each names a path at most once. */
  readonly rounds: readonly (readonly RestoreItem[])[];
  readonly beside: readonly BesideItem[];
  /** Hunks that are taken back, after the rounds. */
  readonly hunks?: readonly FileHunks[];
  /** The hunk of the path `to` that is taken back, in journals from before several could be. */
  readonly hunk?: Hunk;
  /** Paths where what is taken back may be the user's own: taking it back is their change then, which no later rewind takes away. */
  readonly users?: readonly Path[];
  /** The rewind that is undone, and the paths where what comes back may hold lines of the user. */
  readonly undoes?: { readonly rewind: string; readonly users: readonly Path[] };
  /** The rewind whose undoing is undone. */
  readonly redoes?: string;
}

/** A rewind is itself a checkpoint: `safety` is the tree before it. */
export interface RewindRecord {
  readonly id: string;
  readonly kind: 'boundary' | 'file' | 'hunk';
  /** Boundary id or `base` for a boundary rewind, else the paths, joined by commas. */
  readonly to: string;
  readonly safety: TreeId;
  /** Tree after the rewind, verified. */
  readonly tree: TreeId;
  readonly restored: readonly Path[];
  readonly merged: readonly Path[];
  readonly left: readonly LeftPath[];
  readonly moved?: readonly MovedPath[];
  /** Empty folders that stood where files came back, and that no call of the session had made; an undo makes them again. */
  readonly emptied?: readonly Path[];
  /** What lies in the work tree, was not there at the boundary, and is in no checkpoint, in words. */
  readonly notHeld?: readonly string[];
  /** Empty folders and permissions that were brought back. */
  readonly beside?: readonly BesideItem[];
  readonly writes: readonly Write[];
  readonly hunks?: readonly HunkName[];
  /** The rewind that left the path `to` in conflict, where a person decided here what becomes of it. */
  readonly resolves?: string;
  readonly by: 'person' | 'on-stray';
}

/**
 * New files of a call that left less than there was in `missing`, which no checkpoint holds. They may be what is missing there, the only copy of it: they
 * count as the user's, and no rewind takes them away.
 */
export interface MaybeMoved {
  readonly files: readonly Path[];
  readonly missing: readonly Path[];
}

/** Boundaries of one session that went, or are about to. */
export interface EvictedPhases {
  readonly session: string;
  /** Name of its contract. */
  readonly name: string;
  readonly boundaries: readonly { readonly boundary: string; readonly attempt: number; readonly commit: string }[];
}

/** What is given up to make room; the first to go is the first in the list. `bytes`: what that is expected to free, states in between included. */
export interface EvictionPlan {
  readonly phases: readonly EvictedPhases[];
  readonly bytes: number;
}
