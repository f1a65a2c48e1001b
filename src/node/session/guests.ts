import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { privateDirectory, writeDurably } from '../journal/durable.ts';
import { sessionFolder } from '../journal/sessions.ts';
import type { RepositoryState } from '../journal/stateDir.ts';
import type { SessionRoot } from './roots.ts';
import { exists } from '../workspace/disk/exists.ts';
import { stateOf } from './state.ts';

/** A session that has its trace with another repository, and checkpoints of a work tree of this one in this one's store. */
export interface Guest {
  readonly session: string;
  /** The session's main root. */
  readonly workspace: string;
  /** The work tree of this repository that it works in. */
  readonly root: string;
  /** Its trace, absent in notes from before it was noted. */
  readonly trace?: string;
}

/** Leaves word of a session with each repository that it works in beside its own, so that nobody removes its checkpoints unknowingly. */
export async function noteGuest(roots: readonly SessionRoot[], session: string, workspace: string): Promise<void> {
  const others = roots.filter(({ name }) => name !== '');
  const trace = others.length === 0 ? undefined : sessionFolder(await stateOf(workspace), session)?.trace;
  for (const { state, folder } of others) {
    const guests = path.join(state.dir, 'guests');
    const [file, note] = [path.join(guests, session), JSON.stringify({ session, workspace, root: folder, ...(trace === undefined ? {} : { trace }) } satisfies Guest)];
    if ((await readFile(file, 'utf8').catch(() => '')) === note) continue;
    await privateDirectory(guests);
    await writeDurably(file, Buffer.from(note));
  }
}

/** The guests of a repository whose traces are still there. */
export async function guestsOf(state: RepositoryState): Promise<readonly Guest[]> {
  const guests = await notesIn(state);
  const alive = await Promise.all(guests.map(async (guest) => guest !== undefined && (await hasTrace(guest))));
  return guests.filter((guest): guest is Guest => guest !== undefined && alive[guests.indexOf(guest)] === true);
}

/** Where a session has its trace: in the private state `home` of the repository that it began in. */
export interface TracePlace {
  readonly session: string;
  readonly trace: string;
  readonly home: string;
}

/** Traces of the guests; those that went with their own repository's state are forgotten. Rejects where it cannot be known what a guest needs here. */
export async function guestTraces(state: RepositoryState): Promise<readonly TracePlace[]> {
  const traces: TracePlace[] = [];
  for (const guest of await notesIn(state)) {
    if (guest === undefined) continue;
    const { session, trace } = guest;
    if (trace === undefined) throw new Error(`a session of ${guest.workspace} has checkpoints here, and nobody noted where its trace is`);
    const sessions = path.dirname(path.dirname(trace));
    if (await exists(sessions)) traces.push({ session, trace, home: path.dirname(sessions) });
  }
  return traces;
}

async function notesIn({ dir }: RepositoryState): Promise<readonly (Guest | undefined)[]> {
  const names = await readdir(path.join(dir, 'guests')).catch(() => []);
  return Promise.all(names.map(async (name) => guestIn(await readFile(path.join(dir, 'guests', name), 'utf8').catch(() => ''))));
}

/** What removing the state of a repository takes from its guests, in a sentence; '' where it has none. */
export function guestWarning(guests: readonly Guest[]): string {
  const folders = [...new Set(guests.map(({ workspace }) => workspace))];
  return folders.length === 0 ? '' : ` Sessions of ${folders.join(', ')} worked here as well: what they changed here cannot be rewound or kept after that either.`;
}

async function hasTrace({ session, workspace }: Guest): Promise<boolean> {
  const state = await stateOf(workspace).catch(() => undefined);
  const folder = state === undefined ? undefined : sessionFolder(state, session);
  return folder !== undefined && (await exists(folder.trace));
}

function guestIn(text: string): Guest | undefined {
  try {
    const { session, workspace, root, trace } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return typeof session === 'string' && typeof workspace === 'string' && typeof root === 'string' ? { session, workspace, root, ...(typeof trace === 'string' ? { trace } : {}) } : undefined;
  } catch {
    // Cut short by a crash: the session had not begun.
    return undefined;
  }
}
