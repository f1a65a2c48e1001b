import * as vscode from 'vscode';
import type { Flag } from '../../core/session/session.ts';
import { ofPath } from '../../core/session/ofPath.ts';
import type { SessionHost } from '../sessionHost.ts';
import { firstFiles, flaggedIn } from './placed.ts';
import type { PlacedHunk } from './placed.ts';

/** The flagged hunks of one file, first one first. */
export interface FlaggedFile {
  readonly uri: vscode.Uri;
  readonly hunks: readonly PlacedHunk[];
}

const settleMs = 60;

/**
 * The open flags of the session as they stand in the files now: computed from the session and from the text of the editor, or of
 * the disk where the file is not open. They follow edits; nothing about them is kept.
 */
export class FlagStore implements vscode.Disposable {
  readonly #host: SessionHost;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  #files = new Map<string, FlaggedFile>();
  #watched: { readonly folders: string; readonly watcher: vscode.Disposable } | undefined;
  #pending: NodeJS.Timeout | undefined;
  #busy = false;
  #again = false;
  #disposed = false;
  #seen: unknown[] = [];

  /** The flags or their places are not what they were. */
  readonly onChange = this.#changed.event;

  constructor(host: SessionHost) {
    this.#host = host;
    const ifFlagged = (uri: vscode.Uri): void => {
      if (this.#isFlagged(uri)) this.#soon();
    };
    this.#subscriptions.push(
      host.onChange(() => this.#ifSessionMoved()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => ifFlagged(document.uri)),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => ifFlagged(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => ifFlagged(uri)),
    );
  }

  get files(): readonly FlaggedFile[] {
    return [...this.#files.values()];
  }

  /** Flagged hunks of a document. */
  at(uri: vscode.Uri): readonly PlacedHunk[] {
    return this.#files.get(uri.toString())?.hunks ?? [];
  }

  dispose(): void {
    clearTimeout(this.#pending);
    this.#disposed = true;
    this.#watched?.watcher.dispose();
    for (const one of this.#subscriptions) one.dispose();
  }

  /** A session changes many times a second; its flags and files do not. */
  #ifSessionMoved(): void {
    const line = this.#host.session?.line;
    const now = [line?.flags, line?.writes];
    if (now.every((one, index) => one === this.#seen[index])) return;
    this.#seen = now;
    this.#soon();
  }

  #isFlagged(uri: vscode.Uri): boolean {
    const path = this.#host.place?.pathOf(uri);
    return path !== undefined && ofPath(this.#host.session?.line.flags ?? [], path).some((flag) => flag.outcome === undefined);
  }

  #openFlags(): readonly Flag[] {
    return this.#host.session?.line.flags.filter((flag) => flag.outcome === undefined) ?? [];
  }

  #soon(): void {
    if (this.#busy) this.#again = true;
    else this.#pending ??= setTimeout(() => {
      this.#pending = undefined;
      void this.#recompute();
    }, settleMs);
  }

  /** One at a time: a command may flag more than are read between two records of it. */
  async #recompute(): Promise<void> {
    this.#busy = true;
    try {
      await this.#place();
    } finally {
      this.#busy = false;
      if (this.#again && !this.#disposed) this.#soon();
      this.#again = false;
    }
  }

  async #place(): Promise<void> {
    const flags = this.#openFlags();
    const place = flags.length === 0 ? undefined : this.#host.place;
    this.#watch(place?.roots.map(({ folder }) => folder) ?? []);
    const files = new Map<string, FlaggedFile>();
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => place?.pathOf(uri)));
    for (const [path, own] of firstFiles(flags, (file) => open.has(file))) {
      const file = place === undefined ? undefined : await fileAt(place.uri(path), own);
      if (file !== undefined && file.hunks.length > 0) files.set(file.uri.toString(), file);
    }
    if (this.#disposed || signature(files) === signature(this.#files)) return;
    this.#files = files;
    this.#changed.fire();
  }

  /** Files that are not open in an editor are watched on the disk, as long as there are flags. */
  #watch(folders: readonly vscode.Uri[]): void {
    const names = folders.join('\n');
    if ((this.#watched?.folders ?? '') === names) return;
    this.#watched?.watcher.dispose();
    this.#watched = folders.length === 0 ? undefined : { folders: names, watcher: vscode.Disposable.from(...folders.map((folder) => this.#watcherOf(folder))) };
  }

  #watcherOf(folder: vscode.Uri): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**/*'));
    const changed = (uri: vscode.Uri): void => {
      if (this.#isFlagged(uri)) this.#soon();
    };
    return vscode.Disposable.from(watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed));
  }
}

async function fileAt(uri: vscode.Uri, flags: readonly Flag[]): Promise<FlaggedFile> {
  return { uri, hunks: flaggedIn(await textOf(uri), flags) };
}

/** Text of the editor where there is more than on the disk, else of the disk; undefined where there is no file. An editor without unsaved changes may not have seen yet what a command wrote. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open?.isDirty === true) return open.getText();
  return vscode.workspace.fs.readFile(uri).then((bytes) => new TextDecoder().decode(bytes), () => undefined);
}

function signature(files: ReadonlyMap<string, FlaggedFile>): string {
  return JSON.stringify([...files].map(([uri, { hunks }]) => [uri, hunks.map(({ flag, hunk, start, end }) => [flag.id, flag.hunks.length, hunk?.id, start, end])]));
}
