import * as vscode from 'vscode';
import type { User } from '../agent/ports.ts';

/** The person at this editor: gates are answered by intentions, and what is unsaved or was just saved is theirs. */
export class EditorUser implements User, vscode.Disposable {
  readonly #root: vscode.Uri;
  readonly #saved = new Set<string>();
  readonly #listener: vscode.Disposable;

  constructor(root: vscode.Uri) {
    this.#root = root;
    this.#listener = vscode.workspace.onDidSaveTextDocument((document) => {
      const path = this.#relative(document.uri);
      if (path !== undefined) this.#saved.add(path);
    });
  }

  /** Waits for an intention; the controller resolves the gate when one comes, or when the session is stopped. */
  answer(): ReturnType<User['answer']> {
    return new Promise(() => undefined);
  }

  unsaved(): readonly string[] {
    return vscode.workspace.textDocuments.filter((document) => document.isDirty).flatMap((document) => this.#relative(document.uri) ?? []);
  }

  takeSaved(): readonly string[] {
    const saved = [...this.#saved];
    this.#saved.clear();
    return saved;
  }

  async diagnostics(path?: string): Promise<readonly string[]> {
    const all = path === undefined ? vscode.languages.getDiagnostics() : [[vscode.Uri.joinPath(this.#root, path), vscode.languages.getDiagnostics(vscode.Uri.joinPath(this.#root, path))] as const];
    return all.flatMap(([uri, found]) => {
      const file = this.#relative(uri);
      return file === undefined ? [] : found.filter((one) => one.source !== 'bounded').map((one) => `${file}:${one.range.start.line + 1}:${one.range.start.character + 1}: ${vscode.DiagnosticSeverity[one.severity].toLowerCase()}: ${one.message}`);
    });
  }

  dispose(): void {
    this.#listener.dispose();
  }

  #relative(uri: vscode.Uri): string | undefined {
    if (uri.scheme !== 'file') return undefined;
    const root = this.#root.path.endsWith('/') ? this.#root.path : `${this.#root.path}/`;
    return uri.path.startsWith(root) ? uri.path.slice(root.length) : undefined;
  }
}
