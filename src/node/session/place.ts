import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { readContract } from '../../core/contract/reader.ts';
import type { Contract } from '../../core/contract/contract.ts';
import { codeOf } from '../journal/faults.ts';
import { StateRefusal, repositoryState } from '../journal/stateDir.ts';
import type { RepositoryState } from '../journal/stateDir.ts';
import { StartRefusal } from './refusal.ts';

/** A contract as it lies on the disk. */
export interface LoadedContract {
  /** Real path of the folder that the contract's globs are relative to. */
  readonly root: string;
  /** Workspace-relative path of the contract, `/`-separated. */
  readonly file: string;
  /** The contract's name, from its file name. */
  readonly name: string;
  readonly text: string;
  readonly contract: Contract;
}

/** Reads a contract; its folder is `workspace`, else the folder that holds `.bounded`, else the contract's own. */
export async function loadContract(contractPath: string, workspace?: string): Promise<LoadedContract> {
  const text = await readFile(contractPath, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new StartRefusal('bad-contract', error.code === 'ENOENT' ? `there is no contract ${contractPath}` : `the contract ${contractPath} cannot be read: ${error.message}`);
  });
  const absolute = await realpath(contractPath);
  const root = await folder(workspace ?? folderOf(absolute));
  const file = path.relative(root, absolute).split(path.sep).join('/');
  if (file.startsWith('../') || path.isAbsolute(file)) throw new StartRefusal('bad-contract', `the contract ${absolute} lies outside of the workspace ${root}`);
  const { contract, problems } = readContract(text);
  if (contract === undefined) throw new StartRefusal('bad-contract', `the contract ${file} is not valid`, problems, contractPath);
  return { root, file, name: nameOf(absolute), text, contract };
}

/** Real path of a folder that a person named as the workspace. */
async function folder(named: string): Promise<string> {
  const isFolder = await stat(named).then((stats) => stats.isDirectory(), (error: Error) => {
    throw new StartRefusal('cannot-start', `the workspace ${named} cannot be opened: ${error.message}`);
  });
  if (!isFolder) throw new StartRefusal('cannot-start', `the workspace ${named} is not a folder`);
  return realpath(named);
}

function folderOf(contract: string): string {
  const folder = path.dirname(contract);
  return path.basename(folder) === '.bounded' ? path.dirname(folder) : folder;
}

function nameOf(contract: string): string {
  const name = path.basename(contract).replace(/(\.bounded)?\.ya?ml$/i, '');
  return name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'task';
}

/** Private state for a workspace; a refusal in words that a person can act on. */
export async function stateOf(root: string): Promise<RepositoryState> {
  await folder(root);
  try {
    return await repositoryState(root);
  } catch (error) {
    if (codeOf(error) !== undefined) throw new StartRefusal('cannot-start', `the private state of ${root} cannot be kept: ${(error as Error).message}`);
    if (error instanceof StateRefusal) throw new StartRefusal('cannot-start', error.message);
    throw error;
  }
}
