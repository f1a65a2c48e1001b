// Runs a suite inside a real VS Code in the browser.
//   node scripts/hostTests.mjs [--extension DIR] [--tests FILE] [--folder DIR] [--vsix FILE] [--timeout SECONDS] [--screenshot FILE]
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endChildrenOnSignal } from './programs.mjs';
import { main } from './problem.mjs';
import { inRoot, root } from './root.mjs';
import { installDependencies, requireNode } from './setup/dependencies.mjs';
import { chromium, git, provide } from './setup/systemPrograms.mjs';
import { provideVscodeHost } from './setup/vscodeHost.mjs';

const string = /** @type {const} */ ({ type: 'string' });
const { values } = parseArgs({ options: { extension: string, tests: string, folder: string, vsix: string, timeout: string, screenshot: string } });

endChildrenOnSignal();
await main(async () => {
  requireNode();
  await installDependencies();
  await provide([git, chromium]);
  await provideVscodeHost();
  const { runHostSuite } = await import('./host/runSuite.mjs');
  const { extension = root, tests = inRoot('out', 'test-extension', 'index.cjs'), folder, vsix, timeout, screenshot } = values;
  return runHostSuite({
    extension: path.resolve(extension),
    tests: path.resolve(tests),
    ...(folder === undefined ? {} : { folder: path.resolve(folder) }),
    ...(vsix === undefined ? {} : { vsix: path.resolve(vsix) }),
    ...(screenshot === undefined ? {} : { screenshot: path.resolve(screenshot) }),
    ...(timeout === undefined ? {} : { timeoutMs: Number(timeout) * 1000 }),
  });
});
