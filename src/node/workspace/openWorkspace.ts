import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { compileGlobs, expressionsOf } from '../../core/guard/globs.ts';
import type { Path } from '../../core/session/changes.ts';
import { Blobs } from './store/blobs.ts';
import { Captures } from './look/capture.ts';
import { Commits } from './keep/commits.ts';
import { Diffs } from './diff/diffs.ts';
import { findProgram, isInside } from './git/findProgram.ts';
import { PathGuard } from './disk/guard.ts';
import { IgnoreRules } from './repository/ignoreRules.ts';
import type { KeepingWorkspace } from './keepingWorkspace.ts';
import { LeftOutLists } from './store/leftOut.ts';
import { RootRecord } from './store/rootRecord.ts';
import { Search } from './search.ts';
import { OpenedFolder } from './disk/openedFolder.ts';
import { Store } from './store/store.ts';
import { Trees } from './store/trees.ts';
import { unfitRoot } from './disk/unfitRoot.ts';
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
    root, folder: await OpenedFolder.of(root), store, blobs, trees, rules, guard, captures, skip, contractFile: options.contractFile,
    diffs: new Diffs({ store, blobs, trees, leftOut }), search: new Search({ root, store, rules, guard, forbidden }),
    commits: new Commits({ root, store, trees, rules, guard, state: () => captures.last() }),
  });
}
