import type * as vscode from 'vscode';
import type { SessionHost } from './sessionHost.ts';

/** What every command of the extension works with. */
export interface App {
  readonly context: vscode.ExtensionContext;
  readonly host: SessionHost;
}
