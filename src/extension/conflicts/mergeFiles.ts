import * as vscode from 'vscode';

export const mergeScheme = 'bounded-merge';

/** The texts of a merge, in memory: what a person tries out in the merge editor is in no file of the work tree before they accept it. */
export class MergeFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #files = new Map<string, { readonly bytes: Uint8Array; readonly at: number }>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #registration: vscode.Disposable;
  readonly onDidChangeFile = this.#changed.event;

  constructor() {
    this.#registration = vscode.workspace.registerFileSystemProvider(mergeScheme, this, { isCaseSensitive: true });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#at(uri).bytes;
  }

  writeFile(uri: vscode.Uri, bytes: Uint8Array): void {
    this.#files.set(uri.toString(), { bytes, at: Date.now() });
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { bytes, at } = this.#at(uri);
    return { type: vscode.FileType.File, ctime: at, mtime: at, size: bytes.length };
  }

  delete(uri: vscode.Uri): void {
    this.#files.delete(uri.toString());
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  createDirectory(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  #at(uri: vscode.Uri): { readonly bytes: Uint8Array; readonly at: number } {
    const file = this.#files.get(uri.toString());
    if (file === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return file;
  }
}
