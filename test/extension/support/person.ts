import * as vscode from 'vscode';

/** A message that the person was shown. */
export interface Said {
  readonly text: string;
  readonly detail: string;
  readonly modal: boolean;
  readonly buttons: readonly string[];
}

type Answer = (said: Said) => string | undefined;
type Ask = (text: string, ...rest: unknown[]) => Promise<unknown>;

const messages = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;

/**
 * Somebody who answers the editor's questions: modal ones by `decide` (by default the last button, which does it), others not at
 * all. `said` has everything that was shown. The editor's own functions are back after `leave`.
 */
export class Person {
  readonly said: Said[] = [];
  decide: Answer = ({ buttons }) => buttons.at(-1);
  /** What is typed into the next input boxes. */
  readonly typed: string[] = [];
  /** Picks from a list of labels; undefined leaves the question. */
  pick: (labels: readonly string[], title: string) => readonly string[] | undefined = (labels) => labels.slice(0, 1);
  readonly #window = vscode.window as unknown as Record<string, unknown>;
  readonly #own = new Map<string, unknown>();

  constructor() {
    for (const name of messages) this.#replace(name, ((text, ...rest) => this.#message(text, rest)) satisfies Ask);
    this.#replace('showInputBox', async () => this.typed.shift());
    this.#replace('showQuickPick', (items: unknown, options?: vscode.QuickPickOptions) => this.#choose(items, options));
  }

  leave(): void {
    for (const [name, own] of this.#own) this.#window[name] = own;
  }

  /** Texts that contain a word. */
  heard(word: string): readonly Said[] {
    return this.said.filter(({ text }) => text.includes(word));
  }

  #replace(name: string, own: unknown): void {
    this.#own.set(name, this.#window[name]);
    this.#window[name] = own;
  }

  async #message(text: string, rest: readonly unknown[]): Promise<unknown> {
    const options = rest.find((one): one is vscode.MessageOptions => typeof one === 'object' && one !== null && !('title' in one));
    const said = { text, detail: options?.detail ?? '', modal: options?.modal === true, buttons: rest.filter((one) => typeof one === 'string') };
    this.said.push(said);
    return said.modal ? this.decide(said) : undefined;
  }

  async #choose(given: unknown, options?: vscode.QuickPickOptions): Promise<unknown> {
    const items = (await given) as readonly vscode.QuickPickItem[];
    const labels = this.pick(items.map((item) => item.label), options?.title ?? '');
    const chosen = items.filter((item) => labels?.includes(item.label));
    if (labels === undefined) return undefined;
    return options?.canPickMany === true ? chosen : chosen[0];
  }
}
