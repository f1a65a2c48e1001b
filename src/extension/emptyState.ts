import * as vscode from 'vscode';
import type { ToWebview } from '../core/protocol.ts';
import type { SessionHost } from './sessionHost.ts';

/** What the side view shows before a session: contracts of the workspace, a session to continue, or what is in the way. */
export async function emptyMessage(host: SessionHost): Promise<ToWebview> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) return { type: 'empty', contracts: [], problem: 'Open a folder with a git repository to start.' };
  if (folder.uri.scheme !== 'file') return { type: 'empty', contracts: [], problem: 'Bounded works on folders of this machine only.' };
  if (!vscode.workspace.isTrusted) return { type: 'empty', contracts: [], problem: 'This workspace is not trusted. Bounded runs its code, so trust it first.' };
  const contracts = (await vscode.workspace.findFiles('**/*.bounded.yaml', '**/node_modules/**', 50)).map((uri) => vscode.workspace.asRelativePath(uri, false)).sort();
  const resumable = await newestUnfinished(host, folder.uri);
  return { type: 'empty', contracts, ...(resumable === undefined ? {} : resumable) };
}

type Extra = { readonly problem: string } | { readonly resumable: { readonly session: string; readonly title: string; readonly detail: string } };

async function newestUnfinished(host: SessionHost, root: vscode.Uri): Promise<Extra | undefined> {
  const engine = await host.engine();
  try {
    const [newest] = await engine.listSessions(root.fsPath);
    if (newest === undefined) return undefined;
    const { session } = await engine.readSession(root.fsPath, newest.id);
    if (session.kept !== undefined) return undefined;
    const view = engine.viewOf(session, { active: session.active, running: false });
    return { resumable: { session: session.id, title: view.title, detail: `${view.chip} · ${view.meta.join(' · ')}` } };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
