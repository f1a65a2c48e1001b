import * as vscode from 'vscode';

const secretName = 'bounded.apiKey';
const vendor = 'https://api.anthropic.com';

/**
 * Key and address of the model service. The key comes from the editor's secret storage or the environment, the address from
 * the environment or the user's own settings; nothing of the workspace can name either.
 */
export async function endpointOf(context: vscode.ExtensionContext): Promise<{ readonly apiKey: string; readonly baseUrl: string } | undefined> {
  const apiKey = process.env['ANTHROPIC_API_KEY']?.trim() || (await context.secrets.get(secretName));
  if (apiKey === undefined || apiKey === '') return undefined;
  const own = vscode.workspace.getConfiguration('bounded').inspect<string>('baseUrl')?.globalValue?.trim();
  const baseUrl = (process.env['ANTHROPIC_BASE_URL']?.trim() || own || vendor).replace(/\/+$/, '');
  return { apiKey, baseUrl };
}

/** Asks for a key and keeps it in the editor's secret storage; an empty answer removes it. */
export async function askForKey(context: vscode.ExtensionContext): Promise<void> {
  const key = await vscode.window.showInputBox({ title: 'API key of the model service', prompt: 'Kept in the secret storage of the editor. Leave empty to remove it.', password: true, ignoreFocusOut: true });
  if (key === undefined) return;
  await (key.trim() === '' ? context.secrets.delete(secretName) : context.secrets.store(secretName, key.trim()));
}
