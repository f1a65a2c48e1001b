import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { ConflictSides, Rehearsal } from '../../agent/ports.ts';
import { openConflicts as conflictsOf } from '../../core/session/conflicts.ts';
import type { App } from '../app.ts';
import { explain } from '../explain.ts';
import { perform } from '../acts/perform.ts';
import { MergeFiles, mergeScheme } from './mergeFiles.ts';
import { draftOf, hindranceOf, isDecided } from './texts.ts';

/** A conflict that a person was shown and that is not written yet, also after its editor was closed: what they decided so far is kept. */
interface OpenConflict {
  readonly rewind: string;
  readonly path: string;
  /** What was decided at earlier places of the same file. */
  readonly answers: readonly string[];
  /** The file as it was when the first place was opened. */
  readonly seen: string;
  readonly documents: Readonly<Record<Side, vscode.Uri>>;
  readonly sides: ConflictSides;
  /** What the result begins as. */
  readonly beginning: string;
  /** Whether VS Code's merge editor shows it, and not a diff. */
  readonly merges: boolean;
}

type Side = 'base' | 'yours' | 'rewound' | 'result';

/** By the result. */
const openConflicts = new Map<string, OpenConflict>();
/** Those that a person has just accepted: their editor closes by that. */
const accepted = new Set<OpenConflict>();
let files: MergeFiles | undefined;

/**
 * Opens what the user and the session both changed in VS Code's merge editor, or beside it where there is none; as the person left it, where they were
 * shown the same before. Nothing of the work tree is written before the person accepts the result.
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
  const wanted = { rewind, path, answers, seen: seen ?? sides.yours, sides };
  const conflict = [...openConflicts.values()].find((one) => isSame(one, wanted)) ?? (await begun(app, wanted));
  await show(conflict);
  void vscode.window.showInformationMessage(`Bounded: decide about ${path} here, then accept. Nothing is written before.`, 'Accept Resolution').then((chosen) => (chosen === undefined ? undefined : vscode.commands.executeCommand('bounded.acceptResolution', conflict.documents.result)));
}

type Wanted = Omit<OpenConflict, 'documents' | 'beginning' | 'merges'>;

function isSame({ rewind, path, answers, seen, sides }: Wanted, other: Wanted): boolean {
  return rewind === other.rewind && path === other.path && isDeepStrictEqual([answers, seen, sides], [other.answers, other.seen, other.sides]);
}

/** Where the lines that clashed are gone, what is left is a rewind like any other, and asks as one does. */
async function mayRewind(path: string, { does }: Rehearsal): Promise<boolean> {
  if (does === 'nothing' || does === 'left') return true;
  const chosen = await vscode.window.showWarningMessage(`Rewind ${path}? No lines of it clash any more.`, { modal: true, detail: `What the session changed in it before the rewind is taken back${does === 'delete' ? ': the file is deleted' : ''}. The rewind can be undone.` }, 'Rewind File');
  return chosen !== undefined;
}

/** Accepts the result of the conflict that is shown: it is written as a rewind is, and can be undone. */
export async function acceptResolution(app: App, given?: unknown): Promise<void> {
  const conflict = conflictAt(app, given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri);
  if (conflict === undefined) return void vscode.window.showInformationMessage('Bounded: there is no such conflict to accept any more. Bounded: Resolve a Conflict… opens those that are left.');
  accepted.add(conflict);
  try {
    if (await saved(conflict)) await accept(app, conflict);
  } finally {
    accepted.delete(conflict);
  }
}

/** The conflict that a document belongs to. Where it is a document of none, as an ordinary file, the only one that is left. */
function conflictAt({ host }: App, uri: vscode.Uri | undefined): OpenConflict | undefined {
  const all = [...openConflicts.values()];
  if (uri?.scheme === mergeScheme) return all.find(({ documents }) => Object.values(documents).some((one) => one.toString() === uri.toString()));
  const rewinds = host.session?.rewinds ?? [];
  const left = all.filter(({ rewind, path }) => rewinds.some((one) => one.id === rewind && conflictsOf(rewinds, one).some((conflict) => conflict.path === path)));
  return left.length === 1 ? left[0] : undefined;
}

async function saved(conflict: OpenConflict): Promise<boolean> {
  if (!conflict.merges) return (await vscode.workspace.openTextDocument(conflict.documents.result)).save();
  // The merge editor knows what is not decided yet, and asks before it lets go of that. The command is about the one in front, whatever it shows.
  await show(conflict);
  return (await vscode.commands.executeCommand<{ readonly successful?: boolean } | undefined>('mergeEditor.acceptMerge'))?.successful === true;
}

async function begun(app: App, wanted: Wanted): Promise<OpenConflict> {
  const store = filesOf(app);
  const place = app.host.place?.uri(wanted.path).path ?? `/${wanted.path}`;
  // No editor that a window shows again after it was loaded anew is taken for this one.
  const id = randomUUID();
  const put = (side: Side, text: string): vscode.Uri => {
    const uri = vscode.Uri.from({ scheme: mergeScheme, path: place, query: `${side}-${id}` });
    store.writeFile(uri, Buffer.from(text));
    return uri;
  };
  // The merge editor is no documented command, but the one that git's own extension opens conflicts with.
  const merges = (await vscode.commands.getCommands(false)).includes('_open.mergeEditor');
  const { base, yours, rewound } = wanted.sides;
  const beginning = merges ? draftOf(wanted.sides) : yours;
  const documents = { base: put('base', base), yours: put('yours', yours), rewound: put('rewound', rewound), result: put('result', beginning) };
  const conflict = { ...wanted, documents, beginning, merges };
  openConflicts.set(documents.result.toString(), conflict);
  return conflict;
}

/** Brings its editor to the front, or opens it with what was saved there. */
async function show({ path, documents: { base, yours, rewound, result }, merges }: OpenConflict): Promise<void> {
  if (merges) {
    await vscode.commands.executeCommand('_open.mergeEditor', {
      base, output: result,
      input1: { uri: yours, title: 'Yours', description: 'the file as it is now', detail: '' }, input2: { uri: rewound, title: 'Rewound', description: 'without the session\'s change', detail: '' },
    });
  } else await vscode.commands.executeCommand('vscode.diff', rewound, result, `${path} (rewound, and what it shall be)`);
}

async function accept(app: App, conflict: OpenConflict): Promise<void> {
  const text = textOf(app, conflict);
  if (!isDecided(text, conflict.sides)) return void vscode.window.showWarningMessage(`Bounded: nothing is decided about ${conflict.path}, and nothing was written. Bounded: Resolve a Conflict… opens it again.`);
  const answers = [...conflict.answers, text];
  const { rewind, path, seen } = conflict;
  const next = await app.host.held?.controller.conflict(rewind, path, answers);
  const acted = typeof next === 'object' && next.does === 'conflict' ? undefined : await perform(app, { type: 'resolve-conflict', rewind, path, answers, seen });
  // What a person decided is not lost with the editor that it was decided in.
  if (acted?.ok === false) return show(conflict);
  openConflicts.delete(conflict.documents.result.toString());
  await close(conflict.documents.result);
  for (const uri of Object.values(conflict.documents)) filesOf(app).delete(uri);
  if (acted === undefined) await openConflict(app, rewind, path, answers, seen);
}

function textOf(app: App, { documents }: OpenConflict): string {
  return Buffer.from(filesOf(app).readFile(documents.result)).toString('utf8');
}

/** Every tab of the scheme with this result; the tab of a merge editor has no type of its own in the API. */
async function close(result: vscode.Uri): Promise<void> {
  if (vscode.window.activeTextEditor?.document.uri.toString() === result.toString()) await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
}

function filesOf(app: App): MergeFiles {
  if (files === undefined) {
    files = new MergeFiles();
    app.context.subscriptions.push(files, vscode.workspace.onDidCloseTextDocument(({ uri }) => void closed(app, uri).catch(explain)));
  }
  return files;
}

/** "Complete Merge" saves the result and closes the editor: then a person is asked, and only their answer writes the file. */
async function closed(app: App, uri: vscode.Uri): Promise<void> {
  const conflict = openConflicts.get(uri.toString());
  if (conflict === undefined || accepted.has(conflict)) return;
  const text = textOf(app, conflict);
  if (text === conflict.beginning || !isDecided(text, conflict.sides)) return;
  const rest = conflict.merges ? ' Where you decided nothing, it has the session\'s lines and not yours.' : '';
  const chosen = await vscode.window.showWarningMessage(`Write what you resolved into ${conflict.path}?`, { modal: true, detail: `It takes the place of the file as it was when you opened the conflict, and can be undone.${rest} Otherwise Bounded: Resolve a Conflict… opens it again as you left it.` }, 'Write It');
  if (chosen !== undefined) await accept(app, conflict);
}
