import * as vscode from 'vscode';
import type { Session } from '../../../src/core/session/session.ts';
import { listSessions } from '../../../src/node/journal/sessions.ts';
import { readSession } from '../../../src/node/session/read.ts';
import { folder, until } from './editor.ts';
import type { Person } from './person.ts';

/** The newest session as its trace on the disk tells it, or undefined while there is none. */
export async function sessionNow(): Promise<Session | undefined> {
  const root = folder().fsPath;
  const [newest] = await listSessions(root);
  return newest === undefined ? undefined : (await readSession(root, newest.id).catch(() => undefined))?.session;
}

/** Waits until the newest session is as wanted. */
export function sessionWhere(what: string, fits: (session: Session) => boolean, ms?: number): Promise<Session> {
  return until(what, async () => {
    const session = await sessionNow();
    return session !== undefined && fits(session) ? session : undefined;
  }, ms);
}

/** Waits at the gate of a phase and answers its id. */
export async function gateOf(phase: string): Promise<string> {
  const session = await sessionWhere(`the gate of ${phase}`, ({ gate }) => gate?.phase === phase && gate.kind === 'phase');
  return session.gate?.id ?? '';
}

/** Approves a gate that the trace tells of. The trace is on the disk a moment before the window knows what it says; until then a person could not press anything. */
export async function approve(person: Person, gate: string): Promise<void> {
  await until(`the window to know the gate ${gate}`, async () => {
    const before = person.said.length;
    await vscode.commands.executeCommand('bounded.approve', gate);
    return !person.said.slice(before).some(({ text }) => text.includes('nothing waits for your decision') || text.includes('not open any more'));
  });
}
