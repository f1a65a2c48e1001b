import { realpath, stat } from 'node:fs/promises';
import { diskFault } from '../../core/session/diskFault.ts';
import { codeOf } from '../journal/faults.ts';
import { makeState, StateRefusal, repositoryState } from '../journal/stateDir.ts';
import type { RepositoryState } from '../journal/stateDir.ts';
import { unfitRoot } from '../workspace/disk/unfitRoot.ts';
import { StartRefusal } from './refusal.ts';

/** Where the private state of a workspace is; a refusal in words that a person can act on. Makes nothing. */
export async function stateOf(root: string): Promise<RepositoryState> {
  const unfit = await unfitRoot(await folder(root));
  if (unfit !== undefined) throw new StartRefusal('cannot-start', unfit);
  return refusing(root, () => repositoryState(root));
}

/** Makes the private state of a workspace ready to be written; a refusal where it cannot be. */
export function readyState(root: string, state: RepositoryState): Promise<void> {
  return refusing(root, () => makeState(state));
}

async function refusing<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) !== undefined) throw new StartRefusal('cannot-start', `the private state of ${root} cannot be kept: ${diskFault(error) ?? (error as Error).message}`);
    if (error instanceof StateRefusal) throw new StartRefusal('cannot-start', error.message);
    throw error;
  }
}

/** Real path of a folder that a person named as the workspace. */
export async function folder(named: string): Promise<string> {
  const isFolder = await stat(named).then((stats) => stats.isDirectory(), (error: Error) => {
    throw new StartRefusal('cannot-start', `the workspace ${named} cannot be opened: ${error.message}`);
  });
  if (!isFolder) throw new StartRefusal('cannot-start', `the workspace ${named} is not a folder`);
  return realpath(named);
}
