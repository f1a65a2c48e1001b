// Stores artifacts in new session folders below the first argument until it is killed; prints `<folder> <id>` for each one that is acknowledged.
import { writeSync } from 'node:fs';
import path from 'node:path';
import { createArtifacts } from '../../../../src/node/journal/artifacts.ts';

const [, , root = ''] = process.argv;

for (let n = 1; ; n += 1) {
  const folder = path.join(`session-${Math.ceil(n / 5)}`, 'artifacts');
  const id = await createArtifacts(path.join(root, folder)).put(`${n} ${'y'.repeat((n * 7919) % 20_000)}`);
  writeSync(1, `${folder} ${id}\n`);
}
