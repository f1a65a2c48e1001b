// Tries for the lease named by its arguments; prints `held` or `refused <by whom>`. Lets go on any line of input, ends at the end of its input.
import { writeSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { acquireLease } from '../../../../src/node/journal/lease.ts';

const [, , name = '', file = '', withChild] = process.argv;
const outcome = await acquireLease({ name, file }, { door: 'the terminal', session: 'a-session' });
if ('release' in outcome) {
  if (withChild !== undefined) {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)'], { stdio: 'ignore', detached: true });
    writeSync(1, `child ${child.pid}\n`);
  }
  writeSync(1, 'held\n');
  process.stdin.on('data', () => void outcome.release().then(() => writeSync(1, 'released\n')));
} else writeSync(1, `refused ${outcome.heldBy}\n`);
process.stdin.on('end', () => process.exit()).resume();
