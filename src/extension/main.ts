import * as vscode from 'vscode';
import type { App } from './app.ts';
import { registerCommands } from './commands.ts';
import { keepContextKeys } from './contextKeys.ts';
import { ContractLens } from './contractLens.ts';
import { serveContracts } from './languageServer.ts';
import { PrivateContents, scheme } from './open/contents.ts';
import { SessionHost } from './sessionHost.ts';
import { SideView } from './sideView.ts';
import { showStatus } from './statusBar.ts';

let host: SessionHost | undefined;

/** Registers what can be asked for and loads none of it: everything heavy waits until it is used. */
export function activate(context: vscode.ExtensionContext): void {
  let shown: Promise<void> | undefined;
  const surfaces = async (): Promise<void> => (await import('./surfaces.ts')).showSession(app);
  host = new SessionHost(`bounded ${String(context.extension.packageJSON.version)}`, () => (shown ??= surfaces()));
  const app: App = { context, host };
  context.subscriptions.push(
    registerCommands(app),
    vscode.window.registerWebviewViewProvider(SideView.id, new SideView(app)),
    vscode.workspace.registerTextDocumentContentProvider(scheme, new PrivateContents(host)),
    vscode.languages.registerCodeLensProvider(ContractLens.documents, new ContractLens(host)),
    showStatus(host),
    keepContextKeys(host),
    serveContracts(context),
  );
}

/** The window closes: the session stops at its last fact and can be continued here or in a terminal. */
export async function deactivate(): Promise<void> {
  await host?.close();
}
