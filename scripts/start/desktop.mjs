import path from 'node:path';
import { cleanEnvironment, onPath, start } from '../programs.mjs';
import { Problem, say } from '../problem.mjs';
import { inRoot, root } from '../root.mjs';

/** The `code` of an installed VS Code, as far as it can be found. */
const installedCode = () => onPath('code', 'codium') ?? (process.platform === 'darwin' ? onMac() : undefined);

const onMac = () => onPath('/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code');

/**
 * Opens the folder in a desktop VS Code with state of its own, so that neither the user's settings nor an editor that runs already
 * plays a part, and ends when its window is closed. Without an installed one, VS Code is downloaded.
 * @param {{ folder: string, data: string, env: NodeJS.ProcessEnv }} options @returns {Promise<number>}
 */
export async function openDesktop({ folder, data, env }) {
  const flags = [`--extensionDevelopmentPath=${root}`, '--new-window', '--wait', '--disable-workspace-trust', '--user-data-dir', path.join(data, 'user'), '--extensions-dir', path.join(data, 'extensions')];
  const child = start(installedCode() ?? (await downloadedCode()), [...flags, folder], { stdio: 'inherit', env: { ...cleanEnvironment(), ...env } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });
}

async function downloadedCode() {
  say('No installed VS Code was found; downloading one …');
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  return downloadAndUnzipVSCode({ cachePath: inRoot('.vscode-test') }).catch((error) => {
    throw new Problem(`VS Code could not be downloaded: ${error.message}`, 'Install VS Code and put its `code` on PATH.');
  });
}
