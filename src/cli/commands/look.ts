import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { reportPages } from '../../core/session/reports/pages.ts';
import { viewOf } from '../../core/session/viewOf.ts';
import { readJournal } from '../../node/journal/journal.ts';
import { readSession } from '../../node/session/open.ts';
import { parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';
import { printView } from '../printView.ts';

const options = { json: { type: 'boolean' }, workspace: { type: 'string' } } as const;
const session = { least: 0, most: 1, names: '[SESSION]' } as const;

/** `bounded status`: the view of the side view, in text. */
export async function status(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, options, session);
  const found = await readSession(values.workspace ?? process.cwd(), id);
  const view = viewOf(found.session, { active: found.session.active, running: found.running });
  createOutput(values.json === true).print(view, printView(view));
  return exits.pass;
}

/** `bounded trace`: the journal as it is, after its chain was verified; exit status 1 where it does not verify. */
export async function trace(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, options, session);
  const output = createOutput(values.json === true);
  const { folder } = await readSession(values.workspace ?? process.cwd(), id);
  const { entries, problem } = await readJournal(folder.trace);
  if (values.json === true) await pipeline(createReadStream(folder.trace), process.stdout, { end: false });
  output.say(problem === undefined ? `${entries.length} entries, the chain verifies: ${folder.trace}` : `${folder.trace} does not verify at line ${problem.line}: ${problem.why}`);
  return problem === undefined ? exits.pass : exits.fail;
}

/** `bounded report`: the evidence page. */
export async function report(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, options, session);
  const found = await readSession(values.workspace ?? process.cwd(), id);
  const pages = reportPages(found.session);
  createOutput(values.json === true).print(Object.fromEntries(pages), pages.get('EVIDENCE.md') ?? 'there is no evidence yet');
  return exits.pass;
}
