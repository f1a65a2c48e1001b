import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { acquireLease } from '../../node/journal/lease.ts';
import { guestsOf, guestWarning } from '../../node/session/guests.ts';
import { stateOf } from '../../node/session/state.ts';
import { parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';

/** `bounded prune`: shows what the private state of this repository takes; with `--yes` removes it, sessions and checkpoints alike. */
export async function prune(args: readonly string[]): Promise<number> {
  const { values } = parse(args, { json: { type: 'boolean' }, yes: { type: 'boolean' }, workspace: { type: 'string' } }, { least: 0, most: 0, names: '' });
  const output = createOutput(values.json === true);
  const state = await stateOf(values.workspace ?? process.cwd());
  const bytes = await sizeOf(state.dir);
  if (values.yes !== true) {
    output.print({ dir: state.dir, bytes, removed: false }, `${state.dir} takes ${megabytes(bytes)}. bounded prune --yes removes every session, trace and checkpoint of this repository; nothing can be rewound after that.${guestWarning(await guestsOf(state))}`);
    return exits.pass;
  }
  const lease = await acquireLease(state.lease, { door: 'the terminal' });
  if ('heldBy' in lease) {
    output.say(`a session works in this repository: ${lease.heldBy}. Nothing was removed.`);
    return exits.fail;
  }
  await rm(state.dir, { recursive: true, force: true });
  await lease.release();
  output.print({ dir: state.dir, bytes, removed: true }, `removed ${megabytes(bytes)} in ${state.dir}`);
  return exits.pass;
}

async function sizeOf(dir: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
