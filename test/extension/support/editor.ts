import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';

/** The extension under test. */
export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('bounded.bounded');
  if (found === undefined) throw new Error('the extension is not installed in this editor');
  return found;
}

/** The workspace folder that the suite runs in. */
export function folder(): vscode.Uri {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  if (first === undefined) throw new Error('the suite needs a folder');
  return first.uri;
}

export const at = (file: string): vscode.Uri => vscode.Uri.joinPath(folder(), file);

/** Closes the window's session as the editor does when the window is closed or reloaded. */
export async function closeWindow(): Promise<void> {
  const program = createRequire(__filename)(`${extension().extensionPath}/dist/extension.js`) as { deactivate(): Promise<void> };
  await program.deactivate();
}

/** Resolves with the first answer that is not undefined or false; asks again until then. */
export async function until<T>(what: string, ask: () => T | undefined | false | PromiseLike<T | undefined | false>, ms = 90_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Does `work` in a window that seems to have other folders before its own. */
export async function withFolders(first: readonly string[], work: () => Promise<void>): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(vscode.workspace, 'workspaceFolders') ?? {};
  const folders = [...first.map((one) => vscode.Uri.file(one)), folder()].map((uri, index) => ({ uri, name: path.basename(uri.path), index }));
  Object.defineProperty(vscode.workspace, 'workspaceFolders', { configurable: true, get: () => folders });
  try {
    await work();
  } finally {
    Object.defineProperty(vscode.workspace, 'workspaceFolders', own);
  }
}
