// Runs the editor suite in a desktop VS Code: one that VSCODE_EXECUTABLE or the first argument names, otherwise a downloaded one.
import { endChildrenOnSignal } from './programs.mjs';
import { main } from './problem.mjs';
import { installDependencies, requireNode } from './setup/dependencies.mjs';
import { git, provide } from './setup/systemPrograms.mjs';

const executable = process.argv[2] ?? process.env['VSCODE_EXECUTABLE'];

endChildrenOnSignal();
await main(async () => {
  requireNode();
  await installDependencies();
  await provide([git]);
  const [{ buildProduct }, { buildHostSuite }] = await Promise.all([import('./build/product.mjs'), import('./build/tests.mjs')]);
  await Promise.all([buildProduct({ production: true }), buildHostSuite()]);
  const [{ editorSuite }, { runElectronSuite }] = await Promise.all([import('./tests/editorSuite.mjs'), import('./host/electron.mjs')]);
  const { passed, failed } = await editorSuite((suite) => runElectronSuite({ ...suite, ...(executable === undefined ? {} : { executable }) }));
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
