import * as vscode from 'vscode';
import type { Acted } from '../../agent/acted.ts';
import type { RewindPreview } from '../../agent/rewind/preview.ts';
import { someNamed } from '../../core/session/someOf.ts';
import type { Intention } from '../../core/session/view.ts';
import type { App } from '../app.ts';
import type { HeldSession } from '../engine.ts';
import { unsavedIn } from '../place.ts';
import type { Place } from '../place.ts';
import { plain } from '../plain.ts';
import { completed } from './questions.ts';

/**
 * Carries out what a person intends, from whichever button, flag or command it comes: asks what has to be asked first, refuses
 * what would fight with unsaved changes, and says what came of it. Undefined: the person thought better of it.
 */
export async function perform(app: App, wanted: Intention): Promise<Acted | undefined> {
  const { shown, held } = app.host;
  if (shown === undefined || held === undefined) return tell({ ok: false, message: 'there is no session in this window' });
  const impossible = held.controller.refusalOf(wanted);
  if (impossible !== undefined) return tell({ ok: false, message: impossible });
  const preview = touches(wanted) ? await held.controller.preview(wanted) : nothing;
  const needed = [...[...preview.files, ...preview.beside].map(({ path }) => path), ...preview.stays.flatMap((one) => (one.conflict === true ? [one.path] : [])), ...(readsContract(wanted) ? [shown.session.contractFile] : []), ...(wanted.type === 'resolve-conflict' ? [wanted.path] : [])];
  const refusal = unsavedRefusal(shown.place, needed);
  if (refusal !== undefined) return tell({ ok: false, message: refusal });
  // A list on the screen can be older than the files.
  if ((wanted.type === 'rewind-hunks' || wanted.type === 'rewind-flags') && preview.files.length + preview.beside.length === 0 && preview.stays.length > 0) return tell({ ok: false, message: `${someNamed(preview.stays, ({ path, why }) => `${path} (${why})`)}. Nothing was done` });
  const intention = await completed(shown, wanted, preview);
  if (intention === undefined) return undefined;
  // A person may have typed while the question was open.
  const late = unsavedRefusal(shown.place, needed);
  if (late !== undefined) return tell({ ok: false, message: late });
  return tell(await inTurn(app, intention, held), intention.type, (rewind, path) => void vscode.commands.executeCommand('bounded.resolveConflict', { rewind, path }));
}

/** An act comes after the call that runs; while that lasts, the editor says so. While the question was open, another session may have come into the window. */
function inTurn(app: App, intention: Intention, held: HeldSession): Promise<Acted> {
  return Promise.resolve(vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Bounded: as soon as the call that runs is at its end' }, () => app.host.act(intention, held)));
}

/** Whether an intention writes files of the work tree. */
function touches({ type, ...intention }: Intention): boolean {
  if (type === 'keep') return 'how' in intention && intention.how === 'undo';
  return type.startsWith('rewind-') || type === 'undo-rewind' || type === 'redo-rewind' || type === 'restore-flag';
}

/** Whether the contract on the disk is read or amended; a person who has changed it in the editor means what they see there. */
function readsContract({ type }: Intention): boolean {
  return type === 'approve' || type === 'allow-flag';
}

function unsavedRefusal(place: Place, paths: readonly string[]): string | undefined {
  const unsaved = unsavedIn(place).filter((path) => paths.includes(path));
  if (unsaved.length === 0) return undefined;
  const [verb, them] = unsaved.length === 1 ? ['has', 'it'] : ['have', 'them'];
  return `${unsaved.join(', ')} ${verb} unsaved changes. Save or revert ${them} first; nothing was changed.`;
}

/** What came of it. A conflict is the person's to decide, one click away; where kept work is, and how to get it back, stays until it was read. */
function tell(acted: Acted, type?: Intention['type'], resolve: (rewind: string, path: string) => void = () => undefined): Acted {
  const { conflicts } = acted;
  const [path] = conflicts?.paths ?? [];
  if (conflicts !== undefined && path !== undefined) void vscode.window.showWarningMessage(plain(`Bounded: ${acted.message}`), resolveButton).then((chosen) => (chosen === undefined ? undefined : resolve(conflicts.rewind, path)));
  else if (acted.ok && type === 'keep') void vscode.window.showInformationMessage(plain(`Bounded: ${acted.message}`));
  else if (acted.ok) vscode.window.setStatusBarMessage(`Bounded: ${acted.message}`, 5000);
  else void vscode.window.showWarningMessage(plain(`Bounded: ${acted.message}`));
  return acted;
}

const resolveButton = 'Resolve…';
const nothing: RewindPreview = { files: [], stays: [], beside: [], notCovered: [] };
