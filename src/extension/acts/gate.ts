import * as vscode from 'vscode';
import type { Card } from '../../core/session/view.ts';
import type { App } from '../app.ts';
import { plain } from '../plain.ts';
import { perform } from './perform.ts';

/** Approves the open gate. With the id of a gate it approves that one or nothing; without, the person is shown the question first. */
export async function approve(app: App, given?: unknown): Promise<void> {
  const { shown } = app.host;
  const gate = shown?.session.gate;
  if (shown === undefined || gate === undefined) return nothingOpen();
  if (given === undefined && !(await agreed(gate.question, shown.view.card))) return;
  await perform(app, { type: 'approve', gate: typeof given === 'string' ? given : gate.id, ids: [gate.id] });
}

/** Sends the work at the open gate back with a note. */
export async function sendBack(app: App): Promise<void> {
  const gate = app.host.shown?.session.gate;
  if (gate === undefined) return nothingOpen();
  await perform(app, { type: 'send-back', gate: gate.id });
}

async function agreed(question: string, card: Card | undefined): Promise<boolean> {
  const approval = card?.actions.find(({ intention }) => intention.type === 'approve');
  const button = approval?.label ?? 'Approve';
  const detail = [...(card?.facts ?? []).map(({ name, value }) => `${name}: ${value}`), ...(approval === undefined ? [] : [`\n${approval.title}.`])].join('\n');
  return (await vscode.window.showInformationMessage(plain(question), { modal: true, detail }, button)) === button;
}

function nothingOpen(): void {
  void vscode.window.showInformationMessage('Bounded: nothing waits for your decision.');
}
