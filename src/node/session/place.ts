import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { readContract } from '../../core/contract/reader.ts';
import type { Contract } from '../../core/contract/contract.ts';
import { StartRefusal } from './refusal.ts';
import { rootProblemsAt } from './roots.ts';
import { folder } from './state.ts';

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
  const faults = await rootProblemsAt(root, contract, text);
  if (faults.length > 0) throw new StartRefusal('bad-contract', `the contract ${file} names folders that cannot be worked in`, faults, contractPath);
  return { root, file, name: nameOf(absolute), text, contract };
}

/** The folder that a contract at this real path is about, where nobody names another. */
export function folderOf(contract: string): string {
  const folder = path.dirname(contract);
  return path.basename(folder) === '.bounded' ? path.dirname(folder) : folder;
}

function nameOf(contract: string): string {
  const name = path.basename(contract).replace(/(\.bounded)?\.ya?ml$/i, '');
  return name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'task';
}
