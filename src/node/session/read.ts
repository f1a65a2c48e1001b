import { folding } from '../../core/session/evolve.ts';
import type { Entry } from '../../core/session/events.ts';
import type { Session } from '../../core/session/session.ts';
import { codeOf } from '../journal/faults.ts';
import { readJournal } from '../journal/journal.ts';
import { readLease } from '../journal/lease.ts';
import { sessionOf } from '../journal/leaseHolder.ts';
import type { JournalProblem } from '../journal/scan.ts';
import { listSessions, sessionFolder, sessionsHere } from '../journal/sessions.ts';
import type { SessionFolder } from '../journal/sessions.ts';
import type { RepositoryState } from '../journal/stateDir.ts';
import { paced } from '../workspace/common/pace.ts';
import { stateOf } from './state.ts';
import { StartRefusal } from './refusal.ts';

/** A trace as far as it verifies. */
export interface ReadTrace {
  readonly folder: SessionFolder;
  readonly entries: readonly Entry[];
  /** Where it stops being what was written; absent for a last line that a running process has not finished yet. */
  readonly damage?: JournalProblem;
  /** The damage is a last line that was cut off, which a session can go on without. */
  readonly tornTail: boolean;
  /** A process works at the session now. */
  readonly running: boolean;
}

/** Reads the trace of a session, for looking at; changes nothing and needs no lease. Rejects with a StartRefusal where there is none. */
export async function readTrace(root: string, id: string | undefined): Promise<ReadTrace> {
  const state = await stateOf(root);
  const folder = await findSession(root, state, id);
  // Before the journal: a writer that ends in between has finished its line, and one that was there explains an unfinished one.
  const holder = await readLease(state.lease);
  const running = holder !== undefined && [undefined, folder.id].includes(sessionOf(holder));
  const { entries, problem, tornTail } = await readJournal(folder.trace).catch(refuseMissing(folder));
  return { folder, entries, running, tornTail, ...(problem !== undefined && !(tornTail && running) && { damage: problem }) };
}

/** The session that the readable part of its trace tells. Rejects with a StartRefusal where that part tells of none. */
export async function readSession(root: string, id: string | undefined): Promise<Omit<ReadTrace, 'entries'> & { readonly session: Session }> {
  const { entries, ...read } = await readTrace(root, id);
  const session = await paced(folding(entries));
  if (session === undefined) throw read.damage === undefined ? notBegun(read.folder) : damaged(read.folder, read.damage);
  return { ...read, session };
}

export function notBegun({ id }: SessionFolder): StartRefusal {
  return new StartRefusal('cannot-start', `the session ${id} has not begun`);
}

/** For the reading of a trace: a session that died before its first record left a folder without one. */
function refuseMissing({ id, dir }: SessionFolder): (error: unknown) => never {
  return (error) => {
    throw codeOf(error) === 'ENOENT' ? new StartRefusal('cannot-start', `the session ${id} has not begun: there is no trace in ${dir}`) : error;
  };
}

/** The session that a process would take up. Rejects with a StartRefusal where it could not. */
export async function readToResume(root: string, id: string | undefined): Promise<{ readonly session: Session; readonly folder: SessionFolder }> {
  const { session, folder, damage, tornTail } = await readSession(root, id);
  if (damage !== undefined && !tornTail) throw damaged(folder, damage);
  return { session, folder };
}

export function damaged(folder: SessionFolder, damage: JournalProblem): StartRefusal {
  return new StartRefusal('cannot-start', `${describeDamage(folder, damage)}. It can be read, but not continued.`);
}

export function describeDamage({ trace }: SessionFolder, { line, why }: JournalProblem): string {
  return `${trace} does not verify at line ${line}: ${why}`;
}

/** The named session, or the newest of the workspace. */
export async function findSession(root: string, state: RepositoryState, id: string | undefined): Promise<SessionFolder> {
  if (id === undefined) {
    const [newest] = await sessionsHere(root);
    if (newest === undefined) throw new StartRefusal('cannot-start', `there is no session of ${root} yet`);
    return newest;
  }
  const all = await listSessions(root);
  const folder = sessionFolder(state, id);
  if (folder === undefined || !all.some((one) => one.id === id)) throw new StartRefusal('cannot-start', `there is no session ${id}; there are ${all.slice(0, 10).map((one) => one.id).join(', ') || 'none'}`);
  return folder;
}
