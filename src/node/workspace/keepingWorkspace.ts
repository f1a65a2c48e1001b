import type { Keeper, Workspace } from '../../agent/ports.ts';
import type { Blob, Path, TreeId } from '../../core/session/changes.ts';
import type { CheckpointStore } from './store/checkpoints.ts';
import type { KeptBranch } from './keep/keep.ts';
import type { OpenedFolder } from './disk/openedFolder.ts';
import type { Work } from './keep/work.ts';

/** What a user does with the work of a session. */
export interface KeepOperations {
  /** One commit per step on a new branch of the user's repository; nothing else there changes. */
  keepBranch(work: Work): Promise<KeptBranch>;
  /** The same in one commit. */
  squash(work: Work, message: string): Promise<KeptBranch>;
  /** The difference between two checkpoints as bytes for `git apply`. */
  patch(from: TreeId, to: TreeId): Promise<Buffer>;
}

/** What a session works in. */
export interface SessionWorkspace extends Workspace, Keeper {
  /** What the checkpoints are in: the store of each root, the main one's first. */
  readonly stores: readonly CheckpointStore[];
  /** Why a repository of the user's cannot be read as a whole, in words; undefined where it can be, or where there is none. */
  damage(): Promise<string | undefined>;
  /** Resolves when nothing goes on any more that no answer has waited for. */
  settled(): Promise<void>;
}

export interface KeepingWorkspace extends SessionWorkspace, KeepOperations {
  readonly folder: OpenedFolder;
  /** The only one of `stores`. */
  readonly checkpoints: CheckpointStore;
  /** Without `paths` all of them. */
  entries(tree: TreeId, paths?: readonly Path[]): Promise<ReadonlyMap<Path, Blob>>;
}
