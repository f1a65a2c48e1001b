// Runs the built suite inside the extension host of VS Code. Bundled to out/test-extension/index.cjs; VS Code calls `run`.
import fs from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/** Resolves when every test passed, rejects otherwise: VS Code makes its exit status of it. */
export async function run() {
  const here = __dirname;
  const mocha = new Mocha({ ui: 'bdd', timeout: 180_000, forbidOnly: true, reporter: path.resolve(here, '../../scripts/tests/reporter.cjs') });
  const files = fs.readdirSync(here).filter((file) => file.endsWith('.test.cjs')).sort();
  if (files.length === 0) throw new Error('The editor suite has no test.');
  for (const file of files) mocha.addFile(path.join(here, file));
  const failures = await new Promise((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
