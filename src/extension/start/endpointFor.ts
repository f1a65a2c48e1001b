import * as vscode from 'vscode';
import type { Endpoint } from '../../node/session/ports.ts';
import type { App } from '../app.ts';
import { endpointOf } from '../endpoint.ts';
import type { Place } from '../place.ts';

/**
 * The model service of a session: the user's own; without a key, and in the example's folder alone, the script that plays it.
 * Undefined: there is none, and the person was told.
 */
export async function endpointFor(app: App, place: Place): Promise<Endpoint | undefined> {
  const own = await endpointOf(app.context);
  if (own !== undefined) return own;
  const { exampleEndpoint } = await import('../demo.ts');
  const scripted = await exampleEndpoint(app.context, place);
  if (scripted === undefined) void offerKey();
  return scripted;
}

async function offerKey(): Promise<void> {
  const chosen = await vscode.window.showErrorMessage('Bounded: there is no API key for the model service yet. It is kept in the secret storage of the editor, or taken from ANTHROPIC_API_KEY.', 'Set API Key', 'Try the Example Task');
  if (chosen === 'Set API Key') await vscode.commands.executeCommand('bounded.setApiKey');
  if (chosen === 'Try the Example Task') await vscode.commands.executeCommand('bounded.tryExample');
}
