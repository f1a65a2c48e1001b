import type { Intention } from '../../core/session/view.ts';
import { previewFor } from '../../agent/preview.ts';
import { resumeSession } from '../../node/session/open.ts';
import type { HeldSession } from '../../node/session/open.ts';
import { UsageError, parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';
import type { Output } from '../output.ts';
import { quietDoor } from '../quietDoor.ts';

/** `bounded rewind`: back to a boundary or the base, or one flagged file or hunk back; `--undo` takes the last rewind back. */
export async function rewind(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, {
    to: { type: 'string' }, file: { type: 'string' }, hunk: { type: 'string' }, undo: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' }, workspace: { type: 'string' },
  }, { least: 0, most: 1, names: '[SESSION]' });
  const given = [values.to, values.file, values.hunk, values.undo].filter((value) => value !== undefined);
  if (given.length > 1) throw new UsageError('give one of --to, --file, --hunk and --undo');
  const output = createOutput(values.json === true);
  const held = await resumeSession(values.workspace ?? process.cwd(), id, quietDoor(output));
  try {
    const intention = intentionOf(held, values);
    return values['dry-run'] === true ? await preview(held, intention, output) : await act(held, intention, output);
  } finally {
    await held.close();
  }
}

function intentionOf(held: HeldSession, values: { readonly to?: string | undefined; readonly file?: string | undefined; readonly hunk?: string | undefined; readonly undo?: boolean | undefined }): Intention {
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
  if (values.hunk !== undefined) {
    const flag = open.find((one) => one.hunks.some((hunk) => hunk.id === values.hunk));
    if (flag === undefined) throw new UsageError(`there is no open hunk ${values.hunk}; open are ${open.flatMap((one) => one.hunks.map((hunk) => hunk.id)).join(', ') || 'none'}`);
    return { type: 'rewind-hunk', flag: flag.id, hunk: values.hunk };
  }
  return { type: 'rewind-boundary', to: values.to ?? line.boundaries.at(-1)?.id ?? 'base' };
}

async function act(held: HeldSession, intention: Intention, output: Output): Promise<number> {
  const done = await held.controller.act(intention);
  output.print({ ...done, intention }, done.message);
  return done.ok ? exits.pass : exits.fail;
}

async function preview(held: HeldSession, intention: Intention, output: Output): Promise<number> {
  const paths = await previewFor(held.controller, intention);
  output.print({ intention, paths }, paths.length === 0 ? 'nothing would change' : `would bring back:\n${paths.map((path) => `  ${path}`).join('\n')}`);
  return exits.pass;
}
