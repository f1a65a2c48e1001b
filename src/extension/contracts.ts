import * as vscode from 'vscode';

const most = 50;

/** Contracts of the workspace by the name that the side view shows them under, sorted. */
export async function contractsHere(): Promise<ReadonlyMap<string, vscode.Uri>> {
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const found = await vscode.workspace.findFiles('**/*.bounded.{yaml,yml}', '**/node_modules/**', most);
  const named = found.map((uri): [string, vscode.Uri] => [vscode.workspace.asRelativePath(uri, several), uri]);
  return new Map(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export async function contractAt(label: string): Promise<vscode.Uri | undefined> {
  return (await contractsHere()).get(label);
}

/** Whether a document is a contract, by its name. */
export function isContract(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && /\.bounded\.ya?ml$/i.test(uri.path);
}
