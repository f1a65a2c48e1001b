import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { privateDirectory, writeDurably } from '../journal/durable.ts';
import type { SessionFolder } from '../journal/sessions.ts';
import type { RepositoryState } from '../journal/stateDir.ts';

/** Sessions of other repositories that have checkpoints in this one's store: each a file with the place of its trace, named by its id. */
const guestsOf = (dir: string): string => path.join(dir, 'guests');

/** Notes in the private state of a repository that a session of another one takes checkpoints here. Durable before the first of them. */
export async function noteGuest({ dir }: RepositoryState, { id, trace }: Pick<SessionFolder, 'id' | 'trace'>): Promise<void> {
  await privateDirectory(guestsOf(dir));
  await writeDurably(path.join(guestsOf(dir), id), Buffer.from(trace));
}

/** Traces of the guests; what was removed with its own repository's state is forgotten. */
export async function guestTraces({ dir }: RepositoryState): Promise<string[]> {
  const traces: string[] = [];
  for (const id of await readdir(guestsOf(dir)).catch(() => [])) {
    const note = path.join(guestsOf(dir), id);
    const trace = await readFile(note, 'utf8').catch(() => undefined);
    if (trace === undefined) continue;
    if (await stat(path.dirname(path.dirname(trace))).then(() => true, () => false)) traces.push(trace);
    else await rm(note, { force: true });
  }
  return traces;
}
