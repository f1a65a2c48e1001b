import * as vscode from 'vscode';
import type { User } from '../agent/ports.ts';
import type { Path } from '../core/session/changes.ts';
import { unsavedIn } from './place.ts';
import type { Place } from './place.ts';

/** The person at this editor: gates are answered by intentions, and what is unsaved or was just saved is theirs. */
export class EditorUser implements User, vscode.Disposable {
  readonly #place: Place;
  readonly #saved = new Set<Path>();
  readonly #listeners: readonly vscode.Disposable[];

  constructor(place: Place) {
    this.#place = place;
    const saved = ({ uri }: { readonly uri: vscode.Uri }): void => {
      const path = place.pathOf(uri);
      if (path !== undefined) this.#saved.add(path);
    };
    this.#listeners = [vscode.workspace.onDidSaveTextDocument(saved), vscode.workspace.onDidSaveNotebookDocument(saved)];
  }

  /** Never answers: a gate is closed by what an intention records. */
  answer(): ReturnType<User['answer']> {
    return new Promise(() => undefined);
  }

  unsaved(): readonly Path[] {
    return unsavedIn(this.#place);
  }

  takeSaved(): readonly Path[] {
    const saved = [...this.#saved];
    this.#saved.clear();
    return saved;
  }

  /** `file:line:column: severity: message`, without our own flags. */
  async diagnostics(path?: Path): Promise<readonly string[]> {
    const all = path === undefined ? vscode.languages.getDiagnostics() : [this.#of(path)];
    return all.flatMap(([uri, found]) => {
      const file = this.#place.pathOf(uri);
      return file === undefined ? [] : found.filter((one) => one.source !== 'bounded').map((one) => describe(file, one));
    });
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  #of(path: Path): [vscode.Uri, vscode.Diagnostic[]] {
    const uri = this.#place.uri(path);
    return [uri, vscode.languages.getDiagnostics(uri)];
  }
}

const severities: Readonly<Record<vscode.DiagnosticSeverity, string>> = { 0: 'error', 1: 'warning', 2: 'information', 3: 'hint' };

function describe(file: Path, { range, severity, message }: vscode.Diagnostic): string {
  return `${file}:${range.start.line + 1}:${range.start.character + 1}: ${severities[severity]}: ${message}`;
}
