import * as vscode from 'vscode';
import type { Flag } from '../../core/session/session.ts';
import type { App } from '../app.ts';
import { hunkAtCursor } from './hunkAtCursor.ts';
import { perform } from './perform.ts';

/** What a code lens, a quick fix or a row of the Source Control view hands to the commands for flags. */
export interface FlagGiven {
  readonly flag?: string;
  readonly hunk?: string;
  /** A changed file that may have no flag. */
  readonly path?: string;
}

export async function rewindHunk(app: App, given?: unknown): Promise<void> {
  const { flag: id, hunk } = read(given);
  const here = id === undefined ? await hunkAtCursor(app) : undefined;
  if (here !== undefined) return void (await perform(app, here));
  const flag = await chosen(app, id, 'Rewind Hunk', (one) => one.outcome === undefined && one.hunks.length > 0, 'no hunk of the session is at the cursor');
  if (flag === undefined) return;
  const which = hunk ?? (await chosenHunk(flag));
  if (which !== undefined) await perform(app, { type: 'rewind-hunk', flag: flag.id, hunk: which });
}

export async function rewindFile(app: App, given?: unknown): Promise<void> {
  const { flag: id, path } = read(given);
  if (id === undefined && path !== undefined) return void (await perform(app, { type: 'rewind-path', path }));
  const flag = await chosen(app, id, 'Rewind File', isOpen);
  if (flag !== undefined) await perform(app, { type: 'rewind-file', flag: flag.id });
}

export async function allowFlag(app: App, given?: unknown): Promise<void> {
  const flag = await chosen(app, read(given).flag, 'Allow by Amendment', isOpen);
  if (flag !== undefined) await perform(app, { type: 'allow-flag', flag: flag.id });
}

export async function restoreFlag(app: App, given?: unknown): Promise<void> {
  const flag = await chosen(app, read(given).flag, 'Restore a Rewound Change', (one) => one.outcome === 'rewound');
  if (flag !== undefined) await perform(app, { type: 'restore-flag', flag: flag.id });
}

function isOpen(flag: Flag): boolean {
  return flag.outcome === undefined;
}

function read(given: unknown): FlagGiven {
  if (typeof given !== 'object' || given === null) return {};
  const text = (name: keyof FlagGiven): FlagGiven => (name in given && typeof (given as FlagGiven)[name] === 'string' ? { [name]: (given as FlagGiven)[name] } : {});
  return { ...text('flag'), ...text('hunk'), ...text('path') };
}

/** The flag with an id, or the one that a person picks, also where there is but one: they may be looking at another file. */
async function chosen(app: App, id: string | undefined, title: string, fits: (flag: Flag) => boolean, none = 'there is no such flag any more'): Promise<Flag | undefined> {
  const flags = (app.host.shown?.session.line.flags ?? []).filter(fits);
  const [first] = id === undefined ? flags : flags.filter((flag) => flag.id === id);
  if (first === undefined) return void vscode.window.showInformationMessage(`Bounded: ${none}.`);
  if (id !== undefined) return first;
  const items = flags.map((flag) => ({ flag, label: flag.path, description: flag.standing.replace('-', ' '), detail: `by ${flag.cause}` }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.flag;
}

async function chosenHunk(flag: Flag): Promise<string | undefined> {
  if (flag.hunks.length === 1) return flag.hunks[0]?.id;
  const items = flag.hunks.map((hunk) => ({ hunk, label: `line ${hunk.newStart}`, description: `${hunk.newLines} added, ${hunk.oldLines} removed`, detail: hunk.lines.slice(0, 3).join('  ') }));
  return (await vscode.window.showQuickPick(items, { title: `Rewind Hunk of ${flag.path}` }))?.hunk.id;
}
