import * as vscode from 'vscode';
import { besideInWords, namesInWords, type RewindPreview } from '../../agent/rewind/preview.ts';
import { branchWords } from '../../core/session/view/branchWords.ts';
import { usersPart } from '../../core/session/listedHunk.ts';
import type { Intention } from '../../core/session/view.ts';
import type { Shown } from '../sessionHost.ts';
import { unsavedIn } from '../place.ts';

/** The intention with what a person has to add to it, or undefined where they did not confirm it. */
export async function completed(shown: Shown, intention: Intention, preview: RewindPreview): Promise<Intention | undefined> {
  switch (intention.type) {
    case 'send-back': return withNote(intention, sendBackPrompt(shown, intention.gate));
    case 'note': return withText(intention);
    case 'allow-flag': return confirmed(intention, allowQuestion(shown, intention.flag));
    case 'rewind-boundary': return confirmed(intention, rewindQuestion(intention.to, preview));
    case 'keep': return confirmed(intention, keepQuestion(shown, intention, preview));
    case 'rewind-flags': return confirmed(intention, flagsQuestion(preview));
    case 'rewind-path': return confirmed(intention, pathQuestion(intention.path, preview));
    case 'rewind-hunks': return confirmed(intention, hunksQuestion(preview));
    case 'approve': case 'rewind-file': case 'rewind-hunk': case 'undo-rewind': case 'redo-rewind': case 'restore-flag': case 'mark-hunks': case 'resolve-conflict': case 'pause': case 'continue': case 'stop': return intention;
  }
}

interface Question {
  readonly text: string;
  readonly detail: string;
  readonly button: string;
  /** A look at what would be lost comes before the button that loses it. */
  readonly lookFirst?: boolean;
  /** A second way to do it. */
  readonly other?: { readonly button: string; readonly intention: Intention };
}

const look = 'Open the Diff First';

async function confirmed(intention: Intention, { text, detail, button, lookFirst, other }: Question): Promise<Intention | undefined> {
  const buttons = [...(lookFirst === true ? [look] : []), button, ...(other === undefined ? [] : [other.button])];
  const chosen = await vscode.window.showWarningMessage(text, { modal: true, detail }, ...buttons);
  if (chosen === look) void vscode.commands.executeCommand('bounded.openDiff');
  return chosen === button ? intention : chosen !== undefined && chosen === other?.button ? other.intention : undefined;
}

async function withNote(intention: Extract<Intention, { type: 'send-back' }>, prompt: { readonly title: string; readonly prompt: string }): Promise<Intention | undefined> {
  if (intention.note !== undefined) return intention;
  const note = await vscode.window.showInputBox({ ...prompt, ignoreFocusOut: true, validateInput: (text) => (text.trim() === '' ? 'The model needs to know what to do differently.' : undefined) });
  return note === undefined ? undefined : { ...intention, note: note.trim() };
}

function sendBackPrompt({ session }: Shown, gate: string): { readonly title: string; readonly prompt: string } {
  const rejects = session.gate?.id === gate && session.gate.kind === 'amendment';
  return rejects ? { title: 'Reject the Amendment', prompt: 'Why not? The note goes with the next turn.' } : { title: 'Send Back', prompt: 'What has to be different? The note goes with the next turn; it cannot widen scope, budget or oracle.' };
}

async function withText(intention: Extract<Intention, { type: 'note' }>): Promise<Intention | undefined> {
  if (intention.text !== undefined) return intention;
  const text = await vscode.window.showInputBox({ title: 'Write a Note to the Model', prompt: 'It goes with the next turn and can steer, but not widen scope, budget or oracle.', ignoreFocusOut: true });
  return text === undefined || text.trim() === '' ? undefined : { ...intention, text: text.trim() };
}

function allowQuestion({ session }: Shown, id: string): Question {
  const flag = session.line.flags.find((one) => one.id === id);
  const path = flag?.path ?? 'this file';
  if (flag?.beside !== undefined) return { text: `Accept the change of ${path}?`, detail: 'The file steers git. The contract stays as it is, and so does the change.', button: 'Accept the Change' };
  return { text: `Amend the contract so that ${path} may change?`, detail: `The line "/${path}" is added to scope.change in ${session.contractFile}, and the contract is locked anew. The change stays.`, button: 'Amend the Contract' };
}

function rewindQuestion(to: string, preview: RewindPreview): Question {
  const where = to === 'base' ? 'the state before the session' : `the boundary ${to}`;
  const { files, beside } = preview;
  if (files.length + beside.length === 0) return { text: `Start again at ${where}?`, detail: `No file has to be brought back. A new attempt begins there.${staying(preview)}`, button: 'Start Again' };
  return { text: `Rewind ${counted([...new Set([...files, ...beside].map(({ path }) => path))])} to ${where}?`, detail: `${listed(preview)}\n\nA newer change of yours is kept or listed, never overwritten. The rewind is a checkpoint itself and can be undone. A new attempt begins there.`, button: 'Rewind', lookFirst: true };
}

function pathQuestion(path: string, preview: RewindPreview): Question {
  return { text: `Rewind ${path} to what it was before the session?`, detail: `${listed(preview)}\n\nEverything that this session changed in it is taken back; a newer change of yours is kept or listed. The rewind can be undone.`, button: 'Rewind File' };
}

function flagsQuestion(preview: RewindPreview): Question {
  const paths = [...new Set([...preview.files, ...preview.beside].map(({ path }) => path))];
  return { text: `Rewind ${counted(paths)} to what ${paths.length === 1 ? 'it was' : 'they were'} before they were flagged?`, detail: `${listed(preview)}\n\nWhat may be your own change stays, and so does a newer change of yours. It is one rewind: one undo brings all of it back.`, button: 'Rewind All', lookFirst: true };
}

function hunksQuestion(preview: RewindPreview): Question {
  const { files } = preview;
  const hunks = files.flatMap((file) => file.hunks);
  const [first] = hunks;
  if (hunks.length === 1 && first !== undefined) return { text: `Rewind this hunk of ${first.path}?`, detail: `${listed(preview)}\n\nThese lines become what they were before the session. The rewind can be undone.`, button: 'Rewind Hunk' };
  return { text: `Rewind ${hunks.length} hunks of ${counted(files)}?`, detail: `${listed(preview)}\n\nThese lines become what they were before the session. It is one rewind: one undo brings all of them back.`, button: 'Rewind Hunks' };
}

/** The second choice where some of the work is the user's own. */
function withoutMine({ session }: Shown, intention: Keep): Pick<Question, 'other'> {
  if ((session.base?.dirty.length ?? 0) + session.userChanges.length === 0) return {};
  return { other: { button: 'Leave My Changes Out', intention: { ...intention, withoutMine: true } } };
}

type Keep = Extract<Intention, { type: 'keep' }>;

function keepQuestion(shown: Shown, intention: Keep, preview: RewindPreview): Question {
  const { session, place } = shown;
  const other = withoutMine(shown, intention);
  const mine = other.other === undefined ? '' : ' Without your own changes the result is unverified, because it was measured with them.';
  const unsaved = unsavedIn(place);
  const left = unsaved.length === 0 ? '' : `\n\nNot included, because it is not saved: ${unsaved.join(', ')}`;
  switch (intention.how) {
    case 'branch': return { ...other, text: 'Keep the work as a branch?', detail: `Creates a branch bounded/${session.name}/… in your repository with one commit per boundary. HEAD, index and work tree stay as they are.${mine}${left}`, button: 'Keep as Branch' };
    case 'squash': return { ...other, text: 'Keep the work as a branch with one commit?', detail: `Creates a branch bounded/${session.name}/… in your repository with everything in one commit, your uncommitted work included. HEAD, index and work tree stay as they are.${mine}${left}`, button: 'Keep as One Commit' };
    case 'patch': return { ...other, text: 'Export the work as a patch?', detail: `Writes a patch file for git apply under .bounded/${session.name}/. Git is not touched.${mine}${left}`, button: 'Export a Patch' };
    case 'drop': return { text: `Drop ${branchWords(session.branches.at(-1) ?? [])}?`, detail: 'A branch is removed from your repository if it is still as it was made and checked out nowhere. HEAD, index and work tree stay as they are; you are told how to get it back.', button: 'Drop' };
    case 'leave': return { text: 'Leave the work in your work tree?', detail: 'The changes stay as uncommitted work, for you to look through and commit. Git is not touched.', button: 'Leave in Work Tree' };
    case 'undo': return { text: `Undo everything: bring ${counted(preview.files)} back to the state before the session?`, detail: `${listed(preview)}\n\nYour own later changes stay. Git is not touched. It is a checkpoint itself and can be undone.`, button: 'Undo Everything', lookFirst: true };
  }
}

const mostListed = 15;

/** Files with their hunks, then what stays and why. */
function listed(preview: RewindPreview): string {
  const lines = preview.files.flatMap(({ hunks, ...file }) => [
    `${file.path}${file.does === 'delete' ? ', which the session made: deleted' : file.does === 'merge' ? ': your own changes of it stay' : ''}${namesInWords(file)}`,
    ...(hunks.length === 1 && hunks[0]?.lines === undefined ? [] : hunks.map((hunk) => `    ${hunk.mode === undefined ? `line ${hunk.line}: +${hunk.added} −${hunk.removed}` : 'its mode'}${usersPart(hunk)}`)),
  ]);
  return `${cut([...lines, ...preview.beside.map(({ path, does }) => `${path}${besideInWords[does]}`)])}${staying(preview)}`;
}

function staying({ stays, notCovered, before }: RewindPreview): string {
  const first = before === undefined ? '' : `\n\nBut ${before}.`;
  const outside = `${notCovered.length === 0 ? '' : `\n\nIn no checkpoint, and left as it is:\n${cut(notCovered)}`}${first}`;
  return stays.length === 0 ? outside : `\n\nStays as it is:\n${cut(stays.map(({ path, why }) => `${path}: ${why}`))}${outside}`;
}

function cut(lines: readonly string[]): string {
  const rest = lines.length - mostListed;
  return [...lines.slice(0, mostListed), ...(rest > 0 ? [`and ${rest} more lines`] : [])].join('\n');
}

export function counted(paths: readonly unknown[]): string {
  return paths.length === 1 ? '1 file' : `${paths.length} files`;
}
