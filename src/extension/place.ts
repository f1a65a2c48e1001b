import { realpathSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Path } from '../core/session/changes.ts';

/**
 * Where the workspace paths of a session are in this editor. A session knows real paths; the editor may have opened the same
 * folder through a link, and then its documents have other names.
 */
export class Place {
  /** The folder as this editor names it. */
  readonly folder: vscode.Uri;
  /** The real path of the folder. */
  readonly real: string;
  readonly #prefixes: readonly string[];

  constructor(folder: vscode.Uri, real: string) {
    this.folder = folder;
    this.real = real;
    this.#prefixes = [...new Set([folder.path, vscode.Uri.file(real).path].map((path) => folded(path.endsWith('/') ? path : `${path}/`)))];
  }

  uri(path: Path): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, path);
  }

  /** Workspace path of a file of this folder, undefined for any other document. */
  pathOf(uri: vscode.Uri): Path | undefined {
    if (uri.scheme !== 'file') return undefined;
    const prefix = this.#prefixes.find((one) => folded(uri.path).startsWith(one));
    return prefix === undefined ? undefined : uri.path.slice(prefix.length);
  }
}

/** The place of a session's workspace: the folder of this window that is the same directory, else the directory itself. */
export function placeOf(real: string): Place {
  const folder = vscode.workspace.workspaceFolders?.find((one) => one.uri.scheme === 'file' && realPathOf(one.uri.fsPath) === real);
  return new Place(folder?.uri ?? vscode.Uri.file(real), real);
}

/** Files with unsaved changes among the documents of a place, notebooks included. */
export function unsavedIn(place: Place): readonly Path[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments];
  return [...new Set(documents.filter((document) => document.isDirty).flatMap((document) => place.pathOf(document.uri) ?? []))];
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** File names of Windows and macOS are the same in any case. */
function folded(path: string): string {
  return process.platform === 'linux' ? path : path.toLowerCase();
}
