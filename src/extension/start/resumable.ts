import * as vscode from 'vscode';
import type { Session } from '../../core/session/session.ts';
import type { Engine, SessionHost } from '../sessionHost.ts';

export interface Found {
  readonly root: string;
  readonly session: Session;
  /** Another window or a terminal works at it. */
  readonly running: boolean;
}

/** The newest session of the folders of this window, read from its trace. Rejects with what is in the way where no folder has one. */
export async function newestSession(host: SessionHost): Promise<Found | undefined> {
  const found = await inFolders((root) => newestOf(host, root));
  return found.toSorted((a, b) => b.session.startedAt - a.session.startedAt)[0];
}

async function newestOf(host: SessionHost, root: string): Promise<Found | undefined> {
  const engine = await host.engine();
  await engine.stateOf(root);
  const [newest] = await engine.sessionsHere(root);
  return newest === undefined ? undefined : readFound(engine, root, newest.id);
}

/** The session with an id, in whichever folder of this window it is. Rejects with what is in the way where it is in none. */
export async function sessionWithId(host: SessionHost, id: string): Promise<Found | undefined> {
  const engine = await host.engine();
  const [found] = await inFolders(async (root) => ((await engine.listSessions(root)).some((one) => one.id === id) ? readFound(engine, root, id) : undefined));
  return found;
}

/** What is found in the folders of this window. One that no session can be in keeps nobody from those of another. */
async function inFolders(find: (root: string) => Promise<Found | undefined>): Promise<readonly Found[]> {
  const all = await Promise.allSettled(localFolders().map(find));
  const found = all.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  const failed = all.find((one) => one.status === 'rejected');
  if (found.length === 0 && failed !== undefined) throw failed.reason;
  return found;
}

async function readFound(engine: Engine, root: string, id: string): Promise<Found> {
  const { session, running } = await engine.readSession(root, id);
  return { root, session, running };
}

function localFolders(): readonly string[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}
