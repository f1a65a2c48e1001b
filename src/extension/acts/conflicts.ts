import * as vscode from 'vscode';
import { openConflicts } from '../../core/session/conflicts.ts';
import type { App } from '../app.ts';
import { openConflict } from '../conflicts/resolve.ts';

/** Opens a conflict that a rewind left: the given one, the only one, or the one that a person picks. */
export async function resolveConflict(app: App, given?: unknown): Promise<void> {
  if (isConflict(given)) return openConflict(app, given.rewind, given.path);
  const rewinds = app.host.session?.rewinds ?? [];
  const all = rewinds.toReversed().flatMap((rewind) => openConflicts(rewinds, rewind).map(({ path }) => ({ label: path, rewind: rewind.id, path })));
  const chosen = all.length > 1 ? await vscode.window.showQuickPick(all, { title: 'Resolve a Conflict' }) : all[0];
  if (chosen !== undefined) return openConflict(app, chosen.rewind, chosen.path);
  if (all.length === 0) void vscode.window.showInformationMessage('Bounded: no rewind left a conflict.');
}

function isConflict(given: unknown): given is { readonly rewind: string; readonly path: string } {
  return typeof given === 'object' && given !== null && 'rewind' in given && typeof given.rewind === 'string' && 'path' in given && typeof given.path === 'string';
}
