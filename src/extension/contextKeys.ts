import * as vscode from 'vscode';
import { openConflicts } from '../core/session/conflicts.ts';
import type { SessionHost } from './sessionHost.ts';

/** Keeps the keys up to date by which menus and the palette know what makes sense now. */
export function keepContextKeys(host: SessionHost): vscode.Disposable {
  const last = new Map<string, unknown>();
  const set = (key: string, value: string | boolean): void => {
    if (last.get(key) === value) return;
    last.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  set('bounded.state', 'none');
  return host.onChange((shown) => {
    const session = shown?.session;
    set('bounded.state', shown?.view.state ?? 'none');
    set('bounded.running', host.running);
    set('bounded.hasFlags', session?.line.flags.some((flag) => flag.outcome === undefined) === true);
    set('bounded.hasRewound', session?.line.flags.some((flag) => flag.outcome === 'rewound') === true);
    set('bounded.hasRewinds', session?.rewinds.some((rewind) => !rewind.undone) === true);
    set('bounded.hasUndone', session?.rewinds.some((rewind) => rewind.undone) === true);
    set('bounded.hasReviewed', (session?.reviewed.length ?? 0) > 0);
    set('bounded.hasConflicts', session?.rewinds.some((rewind) => openConflicts(session.rewinds, rewind).length > 0) === true);
    set('bounded.hasChanges', (session?.line.writes.length ?? 0) > 0);
  });
}
