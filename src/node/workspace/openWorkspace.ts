import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Keeper, Workspace } from '../../agent/ports.ts';
import { compileGlobs, expressionsOf } from '../../core/guard/globs.ts';
import type { Path, TreeId } from '../../core/session/changes.ts';
import { Blobs } from './blobs.ts';
import { Captures } from './capture.ts';
import type { Checkpoints } from './checkpoints.ts';
import { Commits } from './commits.ts';
import { Diffs } from './diffs.ts';
import { findProgram, isInside } from './findProgram.ts';
import { PathGuard } from './guard.ts';
import { IgnoreRules } from './ignoreRules.ts';
import type { KeptBranch } from './keep.ts';
import { LeftOutLists } from './leftOut.ts';
import { RootRecord } from './rootRecord.ts';
import { Search } from './search.ts';
import { Standing } from './standing.ts';
import { Store } from './store.ts';
import { Trees } from './trees.ts';
import { unfitRoot } from './unfitRoot.ts';
import type { Work } from './work.ts';
import { WorkTree } from './workTree.ts';

export interface WorkspaceOptions {
  /** The workspace folder. */
  readonly root: string;
  /** Folder of the private checkpoint store; made on demand. */
  readonly store: string;
  /** Globs of what commands may write unseen. Checkpoints do not look there. */
  readonly scratch: readonly string[];
  /** Globs of what tools must never read or show. Checkpoints hold it, so that it can be brought back. */
  readonly secret: readonly string[];
  /** Workspace path of the contract. */
  readonly contractFile: Path;
  /** Other folders that the session can write in: nothing in them counts as a program of ours, as nothing in `root` does. */
  readonly others?: readonly string[];
}

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
  /** The store that the checkpoints are in; of several roots, that of the main root. */
  readonly checkpoints: Checkpoints;
  /** Why a repository of the user's cannot be read as a whole, in words; undefined where it can be, or where there is none. */
  damage(): Promise<string | undefined>;
}

export interface KeepingWorkspace extends SessionWorkspace, KeepOperations {
  readonly standing: Standing;
}

/** Why a folder cannot be a workspace, in words that a person can act on; nothing was made. */
export class WorkspaceRefusal extends Error {
  override readonly name = 'WorkspaceRefusal';
}

/**
 * Opens a work tree with its private checkpoint store.
 * @throws WorkspaceRefusal without git's program, and for a folder that is no sensible workspace.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<KeepingWorkspace> {
  const root = await realpath(options.root);
  const unfit = await unfitRoot(root);
  if (unfit !== undefined) throw new WorkspaceRefusal(unfit);
  if (isInside(path.resolve(options.store), root)) throw new WorkspaceRefusal('the checkpoint store must lie outside of the workspace');
  const forbidden = [root, ...(options.others ?? [])];
  const program = await findProgram('git', ...forbidden);
  if (program === undefined) throw new WorkspaceRefusal('git was not found on PATH; Bounded keeps its checkpoints by it, also where the workspace is no git repository. Install git');
  const store = await Store.open(path.resolve(options.store), program);
  const blobs = new Blobs(store);
  const [trees, rules, leftOut] = [new Trees(store), new IgnoreRules(store, blobs, root), new LeftOutLists(blobs)];
  const unseen = [/^\.bounded(?:\/|$)/, ...expressionsOf(options.scratch)];
  const skip = (file: Path) => unseen.some((expression) => expression.test(file));
  const guard = new PathGuard(root, [path.resolve(options.root)], compileGlobs(options.secret));
  const captures = new Captures({ root, store, blobs, trees, rules, leftOut, record: new RootRecord(store, root), skip, unseen });
  return new WorkTree({
    root, standing: await Standing.of(root), store, blobs, trees, rules, guard, captures, skip, contractFile: options.contractFile,
    diffs: new Diffs({ store, blobs, trees, leftOut }), search: new Search({ root, store, rules, guard, forbidden }),
    commits: new Commits({ root, store, trees, rules, guard, state: () => captures.last() }),
  });
}
