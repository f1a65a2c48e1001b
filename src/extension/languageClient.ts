import path from 'node:path';
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

/** Starts the language server of contracts in a process of its own and stops it with the extension. */
export async function startLanguageClient(context: vscode.ExtensionContext): Promise<void> {
  const module = path.join(context.extensionPath, 'dist', 'server.js');
  const client = new LanguageClient('bounded.contracts', 'Bounded contracts', { module, transport: TransportKind.ipc }, {
    documentSelector: [{ scheme: 'file', pattern: '**/*.bounded.{yaml,yml}' }],
    diagnosticPullOptions: { onChange: true },
  });
  context.subscriptions.push({ dispose: () => void client.stop() });
  await client.start();
}
