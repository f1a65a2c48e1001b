import { createReadStream } from 'node:fs';
import { fold } from '../../core/session/evolve.ts';
import { reportPages } from '../../core/session/reports/pages.ts';
import { viewOf } from '../../core/session/viewOf.ts';
import type { Session } from '../../core/session/session.ts';
import { describeDamage, notBegun, readTrace } from '../../node/session/read.ts';
import type { ReadTrace } from '../../node/session/read.ts';
import { readHunks } from '../../node/session/readHunks.ts';
import { parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';
import type { Output } from '../output.ts';
import { printView } from '../printView.ts';
import { copy } from '../streams.ts';

const options = { json: { type: 'boolean' }, workspace: { type: 'string' } } as const;
const session = { least: 0, most: 1, names: '[SESSION]' } as const;

/** `bounded status`: the view of the side view, in text. */
export async function status(args: readonly string[]): Promise<number> {
  return show(args, async (found, running) => {
    const hunks = await readHunks(found);
    const view = viewOf(found, { active: found.active, running, ...(hunks === undefined ? {} : { hunks }) });
    return { json: view, text: printView(view) };
  });
}

/** `bounded report`: the evidence page. */
export async function report(args: readonly string[]): Promise<number> {
  return show(args, async (found) => {
    const pages = reportPages(found, await readHunks(found));
    return { json: Object.fromEntries(pages), text: pages.get('EVIDENCE.md') ?? 'there is no evidence yet' };
  });
}

/** `bounded trace`: the journal as it is, after its chain was verified; exit status 1 where it does not verify. */
export async function trace(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, options, session);
  const output = createOutput(values.json === true);
  const read = await readTrace(values.workspace ?? process.cwd(), id);
  if (values.json === true) await copy(createReadStream(read.folder.trace), process.stdout);
  if (read.damage === undefined) output.say(`${read.entries.length} entries, the chain verifies: ${read.folder.trace}`);
  return statusOf(read, output);
}

/** Prints what the readable part of a trace tells; the JSON names the place of the damage as `damage`. */
async function show(args: readonly string[], draw: (found: Session, running: boolean) => Promise<{ readonly json: object; readonly text: string }>): Promise<number> {
  const { values, positionals: [id] } = parse(args, options, session);
  const output = createOutput(values.json === true);
  const read = await readTrace(values.workspace ?? process.cwd(), id);
  const found = fold(read.entries);
  if (found === undefined && read.damage === undefined) throw notBegun(read.folder);
  const { json, text } = found === undefined ? { json: {}, text: 'nothing of the trace can be read' } : await draw(found, read.running);
  output.print(read.damage === undefined ? json : { ...json, damage: read.damage }, text);
  return statusOf(read, output);
}

/** A trace that does not verify is said, and is exit status 1. */
function statusOf({ folder, damage }: Pick<ReadTrace, 'folder' | 'damage'>, output: Output): number {
  if (damage === undefined) return exits.pass;
  output.say(describeDamage(folder, damage));
  return exits.fail;
}
