import type { Intention } from '../../core/session/view.ts';
import { previewFor } from '../../agent/preview.ts';
import type { HeldSession } from '../../node/session/open.ts';
import { UsageError, parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';
import type { Output } from '../output.ts';
import { holdQuietly } from '../quietDoor.ts';

/** `bounded rewind`: back to a boundary or the base, or one flagged file or hunk back; `--undo` takes the last rewind back. */
export async function rewind(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, {
    to: { type: 'string' }, file: { type: 'string' }, hunk: { type: 'string' }, undo: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' }, workspace: { type: 'string' },
  }, { least: 0, most: 1, names: '[SESSION]' });
  const given = [values.to, values.file, values.hunk, values.undo].filter((value) => value !== undefined);
  if (given.length > 1) throw new UsageError('give one of --to, --file, --hunk and --undo');
  const output = createOutput(values.json === true);
  const held = await holdQuietly(values.workspace ?? process.cwd(), id, output);
  try {
    const intention = await intentionOf(held, values);
    return values['dry-run'] === true ? await preview(held, intention, output) : await act(held, intention, output);
  } finally {
    await held.close();
  }
}

async function intentionOf(held: HeldSession, values: { readonly to?: string | undefined; readonly file?: string | undefined; readonly hunk?: string | undefined; readonly undo?: boolean | undefined }): Promise<Intention> {
  const { line, rewinds } = held.controller.session;
  if (values.undo === true) {
    const last = rewinds.findLast((one) => !one.undone);
    if (last === undefined) throw new UsageError('there is no rewind to undo');
    return { type: 'undo-rewind', rewind: last.id };
  }
  const open = line.flags.filter((flag) => flag.outcome === undefined);
  if (values.file !== undefined) {
    const flag = open.find((one) => one.path === values.file || one.id === values.file);
    return flag === undefined ? { type: 'rewind-path', path: values.file } : { type: 'rewind-file', flag: flag.id };
  }
  if (values.hunk !== undefined) return hunkIntention(held, values.hunk);
  return { type: 'rewind-boundary', to: values.to ?? line.boundaries.at(-1)?.id ?? 'base' };
}

/** A hunk of an open flag, or of any other change of the session; ids are listed by `--file PATH --dry-run`. */
async function hunkIntention({ controller }: HeldSession, id: string): Promise<Intention> {
  const flag = controller.session.line.flags.find((one) => one.outcome === undefined && one.hunks.some((hunk) => hunk.id === id));
  if (flag !== undefined) return { type: 'rewind-hunk', flag: flag.id, hunk: id };
  for (const [path, hunks] of await controller.hunks()) if (hunks.some((hunk) => hunk.id === id)) return { type: 'rewind-path', path, hunk: id };
  throw new UsageError(`the session's change has no hunk ${id}; bounded rewind --file PATH --dry-run lists the hunks of a file`);
}

async function act(held: HeldSession, intention: Intention, output: Output): Promise<number> {
  const done = await held.controller.act(intention);
  output.print({ ...done, intention }, done.message);
  return done.ok ? exits.pass : exits.fail;
}

async function preview(held: HeldSession, intention: Intention, output: Output): Promise<number> {
  const { paths, notCovered } = await previewFor(held.controller, intention);
  const all = await held.controller.hunks();
  const hunks = paths.flatMap((path) => (all.get(path) ?? []).map((hunk) => ({ path, ...hunk })));
  const lines = paths.flatMap((path) => [`  ${path}`, ...(all.get(path) ?? []).map((hunk) => `    hunk ${hunk.id} at line ${hunk.newStart}: +${hunk.newLines} −${hunk.oldLines}`)]);
  const rest = notCovered.length === 0 ? '' : `\nin no checkpoint, and left as it is:\n${notCovered.map((one) => `  ${one}`).join('\n')}`;
  output.print({ intention, paths, hunks, notCovered }, `${paths.length === 0 ? 'nothing would change' : `would bring back:\n${lines.join('\n')}`}${rest}`);
  return exits.pass;
}
