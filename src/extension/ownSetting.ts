import * as vscode from 'vscode';

/** A setting of the user's own, never of a workspace; undefined where they have none. */
export function ownSetting(name: string): string | undefined {
  return vscode.workspace.getConfiguration('bounded').inspect<string>(name)?.globalValue?.trim();
}
