// Checkpoint and rewind against the limits of the machine and against a peer.
//   npm run bench:workspace -- [--json] [1k] [10k] [100k] [500k]
// Ends with status 1 when a limit is exceeded.
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { makeFixture } from './fixture.ts';
import { Measurement } from './measure.ts';
import { type Row, table } from './rows.ts';

const sizes: Readonly<Record<string, number>> = { '1k': 1000, '10k': 10_000, '100k': 100_000, '500k': 500_000 };
/** Measured where none is named; the largest takes several times as long as these together, and 20 GB. */
const usual = ['1k', '10k', '100k'];
/** What one file takes while it is measured: in work tree, repository, shadow repository, stores and floors. */
const bytesPerFile = 40_000;

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true });
const labels = positionals.length === 0 ? usual : positionals;
const unknown = labels.find((label) => !(label in sizes));
if (unknown !== undefined) throw new Error(`${unknown} is none of the sizes ${Object.keys(sizes).join(', ')}`);
/** Of the minute before: a machine that is busy otherwise makes every figure larger. */
const load = os.loadavg()[0] ?? 0;
const rows: Row[] = [];
for (const label of labels) rows.push(...(await measured(label)));
if (values.json) console.log(JSON.stringify({ machine: machine(), rows }));
else console.log(`${machine()}\n\n${table(rows)}`);
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;

async function measured(label: string): Promise<readonly Row[]> {
  const count = sizes[label] ?? 0;
  const { bavail, bsize } = fs.statfsSync(os.tmpdir());
  if (bavail * bsize < count * bytesPerFile) throw new Error(`${os.tmpdir()} has too little space for ${label} files`);
  console.error(`${label} files …`);
  const fixture = await makeFixture(count);
  const leave = () => {
    fixture.remove();
    process.exit(1);
  };
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    return await Measurement.of(fixture, label);
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    fixture.remove();
  }
}

function machine(): string {
  const processors = os.cpus();
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, Node ${process.versions.node}, load ${load.toFixed(1)} at the beginning`;
}
