import * as vscode from 'vscode';
import { lastUndone } from '../../core/session/undo.ts';
import type { App } from '../app.ts';
import { perform } from './perform.ts';
import { counted } from './questions.ts';

interface BoundaryItem extends vscode.QuickPickItem {
  readonly to: string;
}

/** Asks for a boundary of this attempt, the newest first: the one that takes back least. */
export async function rewindToBoundary(app: App): Promise<void> {
  const controller = app.host.held?.controller;
  if (controller === undefined) return;
  const boundaries = [...controller.session.line.boundaries.map((one) => one.id).reverse(), 'base'].filter((to) => controller.refusalOf({ type: 'rewind-boundary', to }) === undefined);
  const items = Promise.all(boundaries.map(async (to): Promise<BoundaryItem> => {
    const paths = (await controller.preview({ type: 'rewind-boundary', to })).files.map((file) => file.path);
    return { to, label: to === 'base' ? 'base' : `end of ${to}`, description: paths.length === 0 ? 'no file changes back' : `${counted(paths)} back`, detail: paths.slice(0, 8).join(', ') + (paths.length > 8 ? ', …' : '') };
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: 'Rewind to Boundary', placeHolder: 'Where shall the work go on? Nothing is changed before you have seen the list.', matchOnDetail: true });
  if (chosen !== undefined) await perform(app, { type: 'rewind-boundary', to: chosen.to });
}

export async function undoLastRewind(app: App): Promise<void> {
  const last = app.host.shown?.session.rewinds.findLast((one) => !one.undone);
  if (last === undefined) return void vscode.window.showInformationMessage('Bounded: there is no rewind to undo.');
  await perform(app, { type: 'undo-rewind', rewind: last.id });
}

export async function redoLastRewind(app: App): Promise<void> {
  const last = lastUndone(app.host.shown?.session.rewinds ?? []);
  if (last === undefined) return void vscode.window.showInformationMessage('Bounded: no rewind was undone.');
  await perform(app, { type: 'redo-rewind', rewind: last.id });
}
