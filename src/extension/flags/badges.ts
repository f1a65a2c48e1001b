import * as vscode from 'vscode';
import type { FlagStore } from './flagStore.ts';
import { sentenceOf } from './words.ts';

/** A mark at flagged files in the explorer and on tabs. */
export class FlagBadges implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #flags: FlagStore;
  readonly #changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #listener: vscode.Disposable;
  #marked: readonly vscode.Uri[] = [];
  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(flags: FlagStore) {
    this.#flags = flags;
    this.#listener = flags.onChange(() => {
      const now = flags.files.map(({ uri }) => uri);
      this.#changed.fire([...this.#marked, ...now]);
      this.#marked = now;
    });
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const [first] = this.#flags.at(uri);
    if (first === undefined) return undefined;
    return { badge: '!', tooltip: sentenceOf(first.flag), color: new vscode.ThemeColor('list.warningForeground'), propagate: true };
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
  }
}
