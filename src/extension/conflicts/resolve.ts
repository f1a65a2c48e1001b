import * as vscode from 'vscode';
import type { ConflictSides, Rehearsal } from '../../agent/ports.ts';
import type { App } from '../app.ts';
import { perform } from '../acts/perform.ts';
import { MergeFiles, mergeScheme } from './mergeFiles.ts';
import { draftOf, hindranceOf, isDecided } from './texts.ts';

/** A conflict that is being decided in an editor. */
interface OpenConflict {
  readonly rewind: string;
  readonly path: string;
  /** What was decided at earlier places of the same file. */
  readonly answers: readonly string[];
  /** The file as it was when the first place was opened. */
  readonly seen: string;
  readonly result: vscode.Uri;
  readonly sides: ConflictSides;
  /** Whether VS Code's merge editor shows it, and not a diff. */
  readonly merges: boolean;
}

const openConflicts = new Map<string, OpenConflict>();
let files: MergeFiles | undefined;
let opened = 0;

/**
 * Opens what the user and the session both changed in VS Code's merge editor, or beside it where there is none. Nothing of the work tree is written
 * before the person accepts the result.
 */
export async function openConflict(app: App, rewind: string, path: string, answers: readonly string[] = [], seen?: string): Promise<void> {
  const controller = app.host.held?.controller;
  if (controller === undefined) return;
  const found = await controller.conflict(rewind, path, answers);
  if (typeof found === 'string') return void vscode.window.showInformationMessage(`Bounded: ${found}.`);
  if (found.does !== 'conflict') return void ((answers.length > 0 || (await mayRewind(path, found))) && (await perform(app, { type: 'resolve-conflict', rewind, path, answers, seen: seen ?? '' })));
  const { sides } = found;
  const hindrance = sides === undefined ? 'it is a secret file, and its content is not shown' : hindranceOf(sides);
  if (sides === undefined || hindrance !== undefined) return void vscode.window.showWarningMessage(`Bounded: ${path} cannot be resolved here: ${hindrance}. Change the file by hand; the session's lines are in the diff.`);
  await show(app, { rewind, path, answers, seen: seen ?? sides.yours }, sides);
}

/** Where the lines that clashed are gone, what is left is a rewind like any other, and asks as one does. */
async function mayRewind(path: string, { does }: Rehearsal): Promise<boolean> {
  if (does === 'nothing' || does === 'left') return true;
  const chosen = await vscode.window.showWarningMessage(`Rewind ${path}? No lines of it clash any more.`, { modal: true, detail: `What the session changed in it before the rewind is taken back${does === 'delete' ? ': the file is deleted' : ''}. The rewind can be undone.` }, 'Rewind File');
  return chosen !== undefined;
}

/** Accepts the result of the conflict that is shown: it is written as a rewind is, and can be undone. */
export async function acceptResolution(app: App, given?: unknown): Promise<void> {
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  const conflict = openConflicts.get(uri?.toString() ?? '') ?? (openConflicts.size === 1 ? [...openConflicts.values()][0] : undefined);
  if (conflict === undefined) return void vscode.window.showInformationMessage('Bounded: there is no conflict to accept.');
  // The merge editor knows what is not decided yet, and asks before it lets go of that.
  openConflicts.delete(conflict.result.toString());
  const complete = conflict.merges ? await vscode.commands.executeCommand<{ readonly successful?: boolean } | undefined>('mergeEditor.acceptMerge') : { successful: await saved(conflict.result) };
  openConflicts.set(conflict.result.toString(), conflict);
  if (complete?.successful === true) await accept(app, conflict);
}

async function saved(uri: vscode.Uri): Promise<boolean> {
  return (await vscode.workspace.openTextDocument(uri)).save();
}

async function show(app: App, conflict: Omit<OpenConflict, 'result' | 'sides' | 'merges'>, sides: ConflictSides): Promise<void> {
  const store = filesOf(app);
  const place = app.host.place?.uri(conflict.path).path ?? `/${conflict.path}`;
  const id = String((opened += 1));
  const put = (side: string, text: string): vscode.Uri => {
    const uri = vscode.Uri.from({ scheme: mergeScheme, path: place, query: `${side}-${id}` });
    store.writeFile(uri, Buffer.from(text));
    return uri;
  };
  const [base, yours, rewound] = [put('base', sides.base), put('yours', sides.yours), put('rewound', sides.rewound)];
  // The merge editor is no documented command, but the one that git's own extension opens conflicts with.
  const merges = (await vscode.commands.getCommands(false)).includes('_open.mergeEditor');
  const result = put('result', merges ? draftOf(sides) : sides.yours);
  openConflicts.set(result.toString(), { ...conflict, result, sides, merges });
  if (merges) {
    await vscode.commands.executeCommand('_open.mergeEditor', {
      base, output: result,
      input1: { uri: yours, title: 'Yours', description: 'the file as it is now', detail: '' }, input2: { uri: rewound, title: 'Rewound', description: 'without the session\'s change', detail: '' },
    });
  } else await vscode.commands.executeCommand('vscode.diff', rewound, result, `${conflict.path} (rewound, and what it shall be)`);
  void vscode.window.showInformationMessage(`Bounded: decide about ${conflict.path} here, then accept. Nothing is written before.`, 'Accept Resolution').then((chosen) => (chosen === undefined ? undefined : vscode.commands.executeCommand('bounded.acceptResolution', result)));
}

async function accept(app: App, conflict: OpenConflict): Promise<void> {
  const text = Buffer.from(filesOf(app).readFile(conflict.result)).toString('utf8');
  if (!isDecided(text, conflict.sides)) return void vscode.window.showWarningMessage(`Bounded: nothing is decided about ${conflict.path}, and nothing was written. Bounded: Resolve a Conflict… opens it again.`);
  const answers = [...conflict.answers, text];
  const { rewind, path, seen } = conflict;
  const next = await app.host.held?.controller.conflict(rewind, path, answers);
  const acted = typeof next === 'object' && next.does === 'conflict' ? undefined : await perform(app, { type: 'resolve-conflict', rewind, path, answers, seen });
  if (acted?.ok === false) return;
  openConflicts.delete(conflict.result.toString());
  await close(conflict.result);
  filesOf(app).delete(conflict.result);
  if (acted === undefined) await openConflict(app, rewind, path, answers, seen);
}

/** Every tab of the scheme with this result; the tab of a merge editor has no type of its own in the API. */
async function close(result: vscode.Uri): Promise<void> {
  if (vscode.window.activeTextEditor?.document.uri.toString() === result.toString()) await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
}

function filesOf(app: App): MergeFiles {
  if (files === undefined) {
    files = new MergeFiles();
    app.context.subscriptions.push(files, vscode.workspace.onDidCloseTextDocument(({ uri }) => void closed(app, uri)));
  }
  return files;
}

/** "Complete Merge" saves the result and closes the editor: then a person is asked, and only their answer writes the file. */
async function closed(app: App, uri: vscode.Uri): Promise<void> {
  const conflict = openConflicts.get(uri.toString());
  if (conflict === undefined) return;
  openConflicts.delete(uri.toString());
  const text = Buffer.from(filesOf(app).readFile(uri)).toString('utf8');
  if (!isDecided(text, conflict.sides)) return;
  const chosen = await vscode.window.showWarningMessage(`Write what you resolved into ${conflict.path}?`, { modal: true, detail: 'It takes the place of the file as it was when you opened the conflict, and can be undone.' }, 'Write It');
  if (chosen !== undefined) await accept(app, conflict);
}
