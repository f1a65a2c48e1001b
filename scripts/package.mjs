// Builds for production and packs the extension: node scripts/package.mjs [--out FILE]
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { main, say } from './problem.mjs';
import { inRoot } from './root.mjs';
import { installDependencies, requireNode } from './setup/dependencies.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' } } });

await main(async () => {
  requireNode();
  await installDependencies();
  const [{ buildProduct }, { packVsix }] = await Promise.all([import('./build/product.mjs'), import('./build/vsix.mjs')]);
  await buildProduct({ production: true });
  const { name, version } = JSON.parse(fs.readFileSync(inRoot('package.json'), 'utf8'));
  const file = path.resolve(values.out ?? inRoot(`${name}-${version}.vsix`));
  await packVsix(file, { quiet: false });
  say(`${file} (${Math.round(fs.statSync(file).size / 1024)} KB)`);
});
