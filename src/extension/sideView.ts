import * as vscode from 'vscode';
import type { FromWebview, ToWebview } from '../core/protocol.ts';
import { emptyMessage } from './emptyState.ts';
import { log } from './log.ts';
import type { SessionHost } from './sessionHost.ts';
import { webviewHtml } from './webviewHtml.ts';

/** The side view: posts the whole view, takes intentions. Its page keeps nothing, so a page that was closed needs no history. */
export class SideView implements vscode.WebviewViewProvider {
  static readonly id = 'bounded.session';
  readonly #context: vscode.ExtensionContext;
  readonly #host: SessionHost;
  readonly #handle: (message: FromWebview) => Promise<void>;
  #view: vscode.WebviewView | undefined;

  constructor(context: vscode.ExtensionContext, host: SessionHost, handle: (message: FromWebview) => Promise<void>) {
    this.#context = context;
    this.#host = host;
    this.#handle = handle;
    context.subscriptions.push(host.onChange(() => void this.refresh()));
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const dist = vscode.Uri.joinPath(this.#context.extensionUri, 'dist');
    this.#view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    view.webview.onDidReceiveMessage((message: FromWebview) => {
      if (message.type === 'ready') return this.refresh();
      return this.#handle(message).catch((error: unknown) => log().error(error instanceof Error ? error : String(error)));
    });
    view.onDidDispose(() => {
      this.#view = undefined;
    });
    view.webview.html = webviewHtml(view.webview, dist);
  }

  /** Posts what there is to show now. */
  async refresh(): Promise<void> {
    const view = this.#view;
    if (view === undefined) return;
    const { shown } = this.#host;
    const message: ToWebview = shown === undefined ? await emptyMessage(this.#host) : { type: 'view', view: shown.view };
    await view.webview.postMessage(message);
    view.badge = shown?.view.card?.attention === true || shown?.view.state === 'waiting' ? { value: 1, tooltip: 'Bounded waits for you' } : undefined;
  }
}
