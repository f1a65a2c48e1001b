// Everything, on a fresh clone as well: set-up, types and lint, the tests of plain Node, the suite in a real VS Code.
// The last line is "N passed, N failed"; a part that cannot run is a failure, never left out.
import { endAll, endChildrenOnSignal } from './programs.mjs';
import { main } from './problem.mjs';
import { installDependencies, requireNode } from './setup/dependencies.mjs';
import { bubblewrap, chromium, git, provide, ripgrep, strace } from './setup/systemPrograms.mjs';
import { hostIsAvailable, provideVscodeHost } from './setup/vscodeHost.mjs';
import { concluded, mocha, part, step, sum, typesAndLint } from './tests/suites.mjs';

/** Whole sessions take longest: they begin, so that no long file is left for the end. */
const longest = ['scenarios', 'examples', 'node'];
const nodeTests = [
  ...longest.map((folder) => `out/test/${folder}/**/*.test.mjs`),
  'test/tooling/*.test.mjs',
  `out/test/!(${longest.join('|')})/**/*.test.mjs`,
  'out/test/*.test.mjs',
];

endChildrenOnSignal();
await main(async () => {
  const counts = await everything();
  await endAll();
  return concluded(counts);
});

async function everything() {
  const setUp = [await step('Packages', async () => (requireNode(), installDependencies()))];
  if (sum(setUp).failed > 0) return setUp;
  setUp.push(await step('Programs of the system', () => provide([git, bubblewrap, ripgrep, ...(process.platform === 'linux' ? [strace] : []), ...(hostIsAvailable() ? [chromium] : [])])));
  if (hostIsAvailable()) setUp.push(await step('VS Code', provideVscodeHost));
  setUp.push(await step('Build', buildAll));
  return [...setUp, await part('Types and lint', typesAndLint), await part('Tests in Node', () => mocha(nodeTests, { jobs: 3 })), await part('Tests in VS Code', testsInVsCode)];
}

async function buildAll() {
  const [{ buildProduct }, { buildHostSuite, buildTests }] = await Promise.all([import('./build/product.mjs'), import('./build/tests.mjs')]);
  await Promise.all([buildProduct({ production: true }), buildTests(), buildHostSuite()]);
}

async function testsInVsCode() {
  const { editorSuite } = await import('./tests/editorSuite.mjs');
  if (hostIsAvailable()) return editorSuite((await import('./host/runSuite.mjs')).runHostSuite);
  return editorSuite((await import('./host/electron.mjs')).runElectronSuite);
}
