import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeExample } from '../example.mjs';
import { inRoot, root } from '../root.mjs';
import { counted } from './suites.mjs';

/**
 * Runs the suite of the extension on a copy of the example, with private state of its own, and answers the counts.
 * @param {(suite: import('../host/runSuite.mjs').HostSuite) => Promise<number>} runSuite
 */
export async function editorSuite(runSuite) {
  const place = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bounded-suite-'));
  try {
    const folder = await makeExample(path.join(place, 'workspace'));
    const state = { XDG_STATE_HOME: path.join(place, 'state') };
    return await counted(async (env) => ({ status: await runSuite({ extension: root, tests: inRoot('out', 'test-extension', 'index.cjs'), folder, env: { ...env, ...state } }) }));
  } finally {
    fs.rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  }
}
