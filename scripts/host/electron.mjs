import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { Problem } from '../problem.mjs';
import { inRoot } from '../root.mjs';

/**
 * Runs a suite in a desktop VS Code and answers its exit status. Without `executable`, @vscode/test-electron downloads VS Code into `.vscode-test`.
 * @param {import('./runSuite.mjs').HostSuite & { executable?: string }} suite @returns {Promise<number>}
 */
export async function runElectronSuite({ extension, tests, folder, env, executable }) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-editor-'));
  const workspace = folder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-workspace-'));
  const chosen = executable === undefined ? { cachePath: inRoot('.vscode-test') } : { vscodeExecutablePath: executable };
  const launchArgs = [workspace, '--disable-extensions', '--disable-workspace-trust', '--skip-welcome', '--user-data-dir', data];
  try {
    return await runTests({ ...chosen, extensionDevelopmentPath: extension, extensionTestsPath: tests, launchArgs, ...(env === undefined ? {} : { extensionTestsEnv: env }) });
  } catch (error) {
    if (error instanceof TestRunFailedError) return error.code ?? 1;
    throw new Problem(`VS Code could not be downloaded or started: ${error instanceof Error ? error.message : error}`, 'Set VSCODE_EXECUTABLE to an installed VS Code. On Linux without a screen, use xvfb-run.');
  } finally {
    fs.rmSync(data, { recursive: true, force: true, maxRetries: 3 });
  }
}
