import { realpathSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Contract } from '../core/contract/contract.ts';
import { pathIn, splitPath, type RootName } from '../core/contract/rootPath.ts';
import type { Path } from '../core/session/changes.ts';

/** One folder of a session. */
interface PlacedRoot {
  /** '' for the main one. */
  readonly name: RootName;
  /** As this editor names it. */
  readonly folder: vscode.Uri;
  readonly real: string;
}

/**
 * Where the workspace paths of a session are in this editor. A session knows real paths; the editor may have opened the same
 * folder through a link, and then its documents have other names.
 */
export class Place {
  /** The main folder as this editor names it. */
  readonly folder: vscode.Uri;
  /** The real path of the main folder. */
  readonly real: string;
  /** Every folder, the main one first. */
  readonly roots: readonly PlacedRoot[];
  readonly #prefixes: readonly { readonly name: RootName; readonly prefix: string }[];

  constructor(main: PlacedRoot, others: readonly PlacedRoot[]) {
    this.folder = main.folder;
    this.real = main.real;
    this.roots = [main, ...others];
    this.#prefixes = this.roots.flatMap(({ name, folder, real }) => [...new Set([folder.path, vscode.Uri.file(real).path])].map((at) => ({ name, prefix: folded(at.endsWith('/') ? at : `${at}/`) })));
  }

  uri(file: Path): vscode.Uri {
    const placed = splitPath(this.roots.map(({ name }) => name).filter((name) => name !== ''), file);
    const root = this.roots.find(({ name }) => name === placed?.root);
    return placed === undefined || root === undefined ? vscode.Uri.joinPath(this.folder, file) : vscode.Uri.joinPath(root.folder, placed.path);
  }

  /** Workspace path of a file of these folders, undefined for any other document. */
  pathOf(uri: vscode.Uri): Path | undefined {
    if (uri.scheme !== 'file') return undefined;
    const found = this.#prefixes.find(({ prefix }) => folded(uri.path).startsWith(prefix));
    return found === undefined ? undefined : pathIn(found.name, uri.path.slice(found.prefix.length));
  }
}

/** The place of a session's workspace: each of its folders as the folder of this window that is the same directory, else as the directory itself. */
export function placeOf(real: string, { roots = [] }: Pick<Contract, 'roots'>): Place {
  return new Place(rootAt('', real), roots.map((name) => rootAt(name, path.join(real, name))));
}

function rootAt(name: RootName, real: string): PlacedRoot {
  const folder = vscode.workspace.workspaceFolders?.find((one) => one.uri.scheme === 'file' && realPathOf(one.uri.fsPath) === real);
  return { name, folder: folder?.uri ?? vscode.Uri.file(real), real };
}

/** Files with unsaved changes among the documents of a place, notebooks included. */
export function unsavedIn(place: Place): readonly Path[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments];
  return [...new Set(documents.filter((document) => document.isDirty).flatMap((document) => place.pathOf(document.uri) ?? []))];
}

function realPathOf(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

/** File names of Windows and macOS are the same in any case. */
function folded(text: string): string {
  return process.platform === 'linux' ? text : text.toLowerCase();
}
