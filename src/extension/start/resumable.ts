import * as vscode from 'vscode';
import type { Session } from '../../core/session/session.ts';
import type { SessionHost } from '../sessionHost.ts';

export interface Found {
  readonly root: string;
  readonly session: Session;
}

/** The newest session of the folders of this window, read from its trace. Rejects with what is in the way where no folder has one. */
export async function newestSession(host: SessionHost): Promise<Found | undefined> {
  const newest = await Promise.allSettled(localFolders().map((root) => newestOf(host, root)));
  const found = newest.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  const failed = newest.find((one) => one.status === 'rejected');
  if (found.length === 0 && failed !== undefined) throw failed.reason;
  return found.toSorted((a, b) => b.session.startedAt - a.session.startedAt)[0];
}

async function newestOf(host: SessionHost, root: string): Promise<Found | undefined> {
  const engine = await host.engine();
  await engine.stateOf(root);
  const [newest] = await engine.sessionsHere(root);
  return newest === undefined ? undefined : { root, session: (await engine.readSession(root, newest.id)).session };
}

/** The session with an id, in whichever folder of this window it is. */
export async function sessionWithId(host: SessionHost, id: string): Promise<Found | undefined> {
  const engine = await host.engine();
  for (const root of localFolders()) {
    if ((await engine.listSessions(root)).some((one) => one.id === id)) return { root, session: (await engine.readSession(root, id)).session };
  }
  return undefined;
}

function localFolders(): readonly string[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}
