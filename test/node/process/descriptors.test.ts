import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Commands } from '../../../src/node/process/commands.ts';
import { probeLayers } from '../../../src/node/process/probeLayers.ts';
import { runAgain } from '../../support/runAgain.ts';
import { plain, runIn, shellIn, temporaryFolder } from './support.ts';

const base = temporaryFolder();
const root = path.join(base, 'work');
fs.mkdirSync(root);
/** Node closes some descriptors by itself: the first ones, and what follows them without a gap. */
const numbers = [3, 30, 200];

/** Set in a process that was begun with these descriptors. */
if (process.env['BOUNDED_TEST_LEFT_OPEN'] === undefined) {
  describe('a file that whoever started Bounded left open', () => {
    before(function () { if (process.platform !== 'linux') this.skip(); });

    it('cannot be read by a command, in no sandbox and in each', async () => {
      const file = path.join(base, 'secret');
      fs.writeFileSync(file, 'left open\n');
      const descriptor = fs.openSync(file, 'r');
      const { passed, output } = await runAgain(import.meta.url, 'by its descriptor', { descriptors: Object.fromEntries(numbers.map((one) => [one, descriptor])), env: { BOUNDED_TEST_LEFT_OPEN: '1' } });
      fs.closeSync(descriptor);
      assert.ok(passed, output);
    });
  });
} else {
  const sandbox = await shellIn(root).probe();
  const beside = sandbox.kind === 'bubblewrap' && (await probeLayers(new Commands({ workspaces: [root] }), [root], path.join(base, 'private'))) === undefined;
  const confined = sandbox.kind === 'none' ? [] : [['in a sandbox', sandbox] as const, ...(beside ? [['beside the work tree', { ...sandbox, beside }] as const] : [])];
  for (const [way, state] of [['without a sandbox', plain] as const, ...confined]) {
    it(`cannot be read by its descriptor ${way}`, async () => {
      assert.equal(fs.readFileSync('/proc/self/fd/200', 'utf8'), 'left open\n');
      const { output } = await runIn(shellIn(root), 'for one in /proc/self/fd/*; do readlink "$one"; done; cat /proc/self/fd/3 /proc/self/fd/30 /proc/self/fd/200; echo end', { sandbox: state });
      assert.doesNotMatch(output, /left open|secret/);
      assert.match(output, /^end$/m);
    });
  }
}
