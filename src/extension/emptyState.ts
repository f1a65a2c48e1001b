import * as vscode from 'vscode';
import type { ToWebview } from '../core/protocol.ts';
import { contractsHere } from './contracts.ts';
import { messageOf } from './log.ts';
import type { SessionHost } from './sessionHost.ts';
import { newestSession } from './start/resumable.ts';

type Empty = Extract<ToWebview, { readonly type: 'empty' }>;

/** What the side view shows before a session: contracts of the workspace, a session to continue, or what is in the way. */
export async function emptyMessage(host: SessionHost): Promise<ToWebview> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) return nothing('Open a folder to start.');
  if (folders.every((folder) => folder.uri.scheme !== 'file')) return nothing('Bounded works on folders of the machine that it runs on; this workspace has none.');
  if (!vscode.workspace.isTrusted) return nothing('This workspace is not trusted. A session runs its code, so trust it first.');
  return { type: 'empty', contracts: [...(await contractsHere()).keys()], ...(await newestHere(host)) };
}

function nothing(problem: string): Empty {
  return { type: 'empty', contracts: [], problem };
}

/** The newest session of the workspace's folders: also one that has ended and was kept can be looked at and taken back. */
async function newestHere(host: SessionHost): Promise<Pick<Empty, 'problem'> | Pick<Empty, 'newest'>> {
  try {
    const newest = await newestSession(host);
    if (newest === undefined) return {};
    const { session, running } = newest;
    const view = (await host.engine()).viewOf(session, { active: session.active, running });
    const verdict = session.end === undefined ? [] : [session.verdict?.verdict ?? 'unverified'];
    const stands = running ? 'elsewhere' : session.end === undefined ? 'to-continue' : 'ended';
    return { newest: { session: session.id, title: view.title, detail: [view.chip, ...verdict, ...view.meta].join(' · '), stands } };
  } catch (error) {
    return { problem: `${messageOf(error)}.` };
  }
}
