import * as vscode from 'vscode';
import { isContract } from './contracts.ts';
import { log } from './log.ts';

/** Starts the language client with the first contract that is opened. */
export function serveContracts(context: vscode.ExtensionContext): vscode.Disposable {
  let started = false;
  const start = async ({ uri }: vscode.TextDocument): Promise<void> => {
    if (started || !isContract(uri)) return;
    started = true;
    const { startLanguageClient } = await import('./languageClient.ts');
    await startLanguageClient(context);
  };
  const tried = (document: vscode.TextDocument): void => void start(document).catch((error: unknown) => {
    started = false;
    log().error('the language server for contracts did not start', error);
  });
  vscode.workspace.textDocuments.forEach(tried);
  return vscode.workspace.onDidOpenTextDocument(tried);
}
