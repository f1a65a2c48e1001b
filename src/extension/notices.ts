import * as vscode from 'vscode';
import type { Session } from '../core/session/session.ts';
import type { SessionEvent } from '../core/session/events.ts';
import { plain } from './plain.ts';
import type { Rest, SessionHost } from './sessionHost.ts';

interface Notice {
  readonly text: string;
  readonly serious?: boolean;
  readonly actions: Readonly<Record<string, string>>;
}

/** Tells a person when they are needed and when the session has come to an end: one notification for each, and for nothing else. */
export function notify(host: SessionHost): vscode.Disposable {
  return vscode.Disposable.from(
    host.onEntry(({ session, entry }) => show(noticeOf(session, entry.event))),
    host.onRest((rest) => show(noticeOfRest(rest))),
  );
}

function noticeOf(session: Session, event: SessionEvent): Notice | undefined {
  switch (event.type) {
    case 'gate/opened': return { text: event.question, actions: { 'Show': 'bounded.showSession', ...(session.line.writes.length > 0 ? { 'Open Diff': 'bounded.openDiff' } : {}) } };
    case 'session/ended': return endOf(session, event.end, event.detail);
    default: return undefined;
  }
}

function endOf(session: Session, end: string, detail: string): Notice | undefined {
  // Whoever pressed Stop knows.
  if (end === 'stopped') return undefined;
  const verdict = session.verdict?.verdict ?? 'unverified';
  return { text: `The session ended: ${verdict}${end === 'completed' ? '' : ` (${detail})`}.`, serious: end === 'error', actions: { 'Show': 'bounded.showSession', 'Open Evidence': 'bounded.openEvidence' } };
}

/** A pause by a person, a gate and an interruption need no word; a service or a disk that is away does. */
function noticeOfRest(rest: Rest): Notice | undefined {
  if (rest.kind === 'paused') return { text: `The session is paused: ${rest.reason}. Nothing is lost; Continue takes it up again.`, serious: true, actions: { 'Continue': 'bounded.continue' } };
  if (rest.kind === 'failed') return { text: `The session stopped by an error inside Bounded: ${rest.message}. The trace is whole up to the last fact; Continue takes it up again.`, serious: true, actions: { 'Continue': 'bounded.continue', 'Show Log': 'bounded.showLog' } };
  return undefined;
}

function show(notice: Notice | undefined): void {
  if (notice === undefined) return;
  const { actions } = notice;
  const text = plain(`Bounded: ${notice.text}`);
  const shown = notice.serious === true ? vscode.window.showErrorMessage(text, ...Object.keys(actions)) : vscode.window.showInformationMessage(text, ...Object.keys(actions));
  void shown.then((chosen) => {
    const command = chosen === undefined ? undefined : actions[chosen];
    if (command !== undefined) void vscode.commands.executeCommand(command);
  });
}
