// For every save: types, lint, architecture and the tests that need neither git nor an editor.
import { endChildrenOnSignal } from './programs.mjs';
import { main } from './problem.mjs';
import { installDependencies, requireNode } from './setup/dependencies.mjs';
import { concluded, mocha, part, typesAndLint } from './tests/suites.mjs';

const unit = ['architecture.test.mjs', 'webview/*.test.mjs', ...['core', 'agent', 'server'].map((room) => `${room}/**/*.test.mjs`)].map((spec) => `out/test/${spec}`);

endChildrenOnSignal();
await main(async () => {
  requireNode();
  await installDependencies();
  const { buildTests } = await import('./build/tests.mjs');
  const counts = [await part('Types and lint', typesAndLint)];
  counts.push(await part('Architecture and unit tests', async () => (await buildTests(), mocha(unit, { jobs: 2 }))));
  return concluded(counts);
});
