import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A folder of its own for each test of the suite that calls this; `at` answers a path in it. */
export function testFolder(): { at(...parts: string[]): string } {
  let folder = '';
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'bounded-journal-')));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return { at: (...parts) => path.join(folder, ...parts) };
}
