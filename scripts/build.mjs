// Builds the product into dist, and with --tests the tests into out.
//   node scripts/build.mjs [--production] [--tests] [--watch]
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { explained, main, say } from './problem.mjs';
import { inRoot } from './root.mjs';
import { installDependencies, requireNode } from './setup/dependencies.mjs';

const { values } = parseArgs({ options: { production: { type: 'boolean', default: false }, tests: { type: 'boolean', default: false }, watch: { type: 'boolean', default: false } } });

await main(async () => {
  requireNode();
  await installDependencies();
  await build();
  if (values.watch) await watch();
});

async function build() {
  const started = performance.now();
  const [{ buildProduct }, { buildHostSuite, buildTests }] = await Promise.all([import('./build/product.mjs'), import('./build/tests.mjs')]);
  await Promise.all([buildProduct(values), ...(values.tests ? [buildTests(), buildHostSuite()] : [])]);
  say(`Built dist${values.tests ? ' and out' : ''} in ${Math.round(performance.now() - started)} ms.`);
}

/** Builds again after each change of a source, until the terminal ends it. */
async function watch() {
  say('Watching src, media, examples and test …');
  /** @type {NodeJS.Timeout | undefined} */
  let waiting;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => build().catch((error) => say(explained(error))), 50);
  };
  for (const folder of ['src', 'media', 'examples', 'test']) fs.watch(inRoot(folder), { recursive: true }, again);
  await new Promise(() => {});
}
