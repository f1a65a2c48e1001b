import * as vscode from 'vscode';
import { isContract } from './contracts.ts';
import type { SessionHost } from './sessionHost.ts';

/** Above a contract: the way into a session on it, or the session that it is in force for. */
export class ContractLens implements vscode.CodeLensProvider {
  static readonly documents: vscode.DocumentSelector = { scheme: 'file', pattern: '**/*.bounded.{yaml,yml}' };
  readonly #host: SessionHost;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(host: SessionHost) {
    this.#host = host;
    const changed = new vscode.EventEmitter<void>();
    let last: string | undefined;
    host.onChange((shown) => {
      const now = shown === undefined ? undefined : `${shown.session.id} ${shown.session.locked} ${shown.view.state}`;
      if (now !== last) changed.fire();
      last = now;
    });
    this.onDidChangeCodeLenses = changed.event;
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    if (!isContract(uri)) return [];
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), this.#command(uri))];
  }

  #command(uri: vscode.Uri): vscode.Command {
    const { session, place } = this.#host;
    const inForce = session !== undefined && session.end === undefined && place?.pathOf(uri) === session.contractFile;
    if (!inForce) return { title: '$(play) Start Session on This Contract', command: 'bounded.startOnContract', arguments: [uri] };
    const title = session.locked ? '$(lock) In force: locked by its hash; change it by an amendment' : '$(target) A session runs on this contract';
    return { title, command: 'bounded.showSession', tooltip: 'Show the session' };
  }
}
