import * as vscode from 'vscode';
import type { ToWebview } from '../core/protocol.ts';
import type { App } from './app.ts';
import { log } from './log.ts';
import { readMessage } from './messages/read.ts';
import { webviewHtml } from './webviewHtml.ts';

/** The side view: posts the whole view, takes intentions. Its page keeps nothing, so a page that was closed needs no history. */
export class SideView implements vscode.WebviewViewProvider {
  static readonly id = 'bounded.session';
  readonly #app: App;
  #view: vscode.WebviewView | undefined;
  #refreshes = 0;

  constructor(app: App) {
    this.#app = app;
    app.context.subscriptions.push(
      app.host.onChange(() => void this.#refresh()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.#refresh()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#refresh()),
      // What another window or a terminal does to the session is not told; a person who comes back from there looks here.
      vscode.window.onDidChangeWindowState(({ focused }) => void (focused && app.host.held === undefined && this.#refresh())),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const dist = vscode.Uri.joinPath(this.#app.context.extensionUri, 'dist');
    this.#view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    view.webview.onDidReceiveMessage((data: unknown) => this.#take(data));
    view.onDidChangeVisibility(() => void this.#refresh());
    view.onDidDispose(() => {
      this.#view = undefined;
    });
    view.webview.html = webviewHtml(view.webview, dist);
  }

  async #take(data: unknown): Promise<void> {
    const message = readMessage(data);
    if (message === undefined) return log().warn('the side view sent a message that is none; it was dropped');
    if (message.type === 'ready') return this.#refresh();
    try {
      const { handle } = await import('./messages/handle.ts');
      await handle(this.#app, message);
    } catch (error) {
      await (await import('./explain.ts')).explain(error);
    }
  }

  /** Posts what there is to show now. */
  async #refresh(): Promise<void> {
    const view = this.#view;
    const refresh = ++this.#refreshes;
    if (view === undefined) return;
    const { shown } = this.#app.host;
    const waits = shown?.view.card?.attention === true || shown?.view.state === 'waiting';
    view.badge = waits ? { value: 1, tooltip: 'Bounded waits for you' } : undefined;
    if (!view.visible) return;
    const message: ToWebview = shown === undefined ? await this.#empty() : { type: 'view', view: shown.view };
    // Looking for what there is takes a moment, and a session may have begun meanwhile, or a later look have found something else.
    if (refresh === this.#refreshes && (message.type === 'view' || this.#app.host.held === undefined)) await view.webview.postMessage(message);
  }

  async #empty(): Promise<ToWebview> {
    const { emptyMessage } = await import('./emptyState.ts');
    return emptyMessage(this.#app.host);
  }
}
