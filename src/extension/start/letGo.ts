import * as vscode from 'vscode';
import type { SessionHost } from '../sessionHost.ts';

/** Whether the session that runs in this window may be paused for another one. */
export async function mayLetGo(host: SessionHost): Promise<boolean> {
  if (host.opening) {
    void vscode.window.showInformationMessage('Bounded: a session is being opened in this window already.');
    return false;
  }
  if (!host.running) return true;
  const chosen = await vscode.window.showWarningMessage('A session runs in this window. Pause it for another one?', { modal: true, detail: 'It can be continued afterwards, at its last fact.' }, 'Pause It');
  return chosen !== undefined;
}
