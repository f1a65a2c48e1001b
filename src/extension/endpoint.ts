import * as vscode from 'vscode';
import type { Endpoint } from '../node/session/ports.ts';
import type { App } from './app.ts';
import { ownSetting } from './ownSetting.ts';

const secretName = 'bounded.apiKey';
const vendor = 'https://api.anthropic.com';

/**
 * Key and address of the model service. The key comes from the environment or the editor's secret storage, the address from
 * the environment or the user's own settings; nothing of the workspace can name either.
 */
export async function endpointOf(context: vscode.ExtensionContext): Promise<Endpoint | undefined> {
  const apiKey = process.env['ANTHROPIC_API_KEY']?.trim() || (await context.secrets.get(secretName));
  if (apiKey === undefined || apiKey === '') return undefined;
  const baseUrl = (process.env['ANTHROPIC_BASE_URL']?.trim() || ownSetting('baseUrl') || vendor).replace(/\/+$/, '');
  return { apiKey, baseUrl };
}

/** Asks for a key and keeps it in the editor's secret storage; an empty answer removes it. */
export async function askForKey({ context }: App): Promise<void> {
  const key = await vscode.window.showInputBox({ title: 'API key of the model service', prompt: 'Kept in the secret storage of the editor, never in a setting. Leave empty to remove it.', password: true, ignoreFocusOut: true });
  if (key === undefined) return;
  await (key.trim() === '' ? context.secrets.delete(secretName) : context.secrets.store(secretName, key.trim()));
  const environment = process.env['ANTHROPIC_API_KEY'] === undefined ? '' : ' The key of the environment (ANTHROPIC_API_KEY) comes first, though.';
  void vscode.window.showInformationMessage(`${key.trim() === '' ? 'The API key was removed.' : 'The API key is stored.'}${environment}`);
}
