import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { privateDirectory, writeDurably } from '../../journal/durable.ts';
import { codeOf } from '../../journal/faults.ts';

/**
 * What makes a folder a git repository with our rules. `git init` leaves the same unsynced: after a power cut HEAD and the configuration would be
 * empty, and git would find no repository around checkpoints that are all there.
 */
const files: readonly (readonly [string, string])[] = [
  ['HEAD', 'ref: refs/heads/main\n'],
  // Checkpoints have no refs: git must never take what nothing points to for rubbish, whoever runs it here.
  ['config', '[core]\n\trepositoryformatversion = 1\n\tfilemode = true\n\tbare = true\n[extensions]\n\tpreciousObjects = true\n'],
  // No attribute of the work tree has a say in the store: bytes go in and come out as they are.
  ['info/attributes', '* -filter -text -eol -ident -working-tree-encoding !diff !merge !export-ignore !export-subst\n'],
];
const folders = ['info', 'objects/pack', 'refs/heads', 'refs/kept'];

/** Makes what is missing or not as it shall be, durably; called whenever a store is opened, so that a damaged one is mended. */
export async function layOut(store: string): Promise<void> {
  for (const folder of folders) await privateDirectory(path.join(store, folder));
  for (const [name, text] of files) if ((await textOf(path.join(store, name))) !== text) await writeDurably(path.join(store, name), Buffer.from(text));
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
