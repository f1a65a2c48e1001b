import type { Intention } from '../../core/session/view.ts';
import { parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';
import { holdQuietly } from '../quietDoor.ts';

type How = Extract<Intention, { type: 'keep' }>['how'];

const common = { json: { type: 'boolean' }, workspace: { type: 'string' } } as const;

/** `bounded keep|squash|patch`: the work as a branch or patch. `--without-mine` leaves the user's own changes out. */
export function keepAs(how: Exclude<How, 'leave' | 'undo' | 'drop'>): (args: readonly string[]) => Promise<number> {
  return async (args) => {
    const { values, positionals: [id] } = parse(args, { ...common, 'without-mine': { type: 'boolean' } }, { least: 0, most: 1, names: '[SESSION]' });
    return act(values, id, { type: 'keep', how, withoutMine: values['without-mine'] === true });
  };
}

/** `bounded drop`: the work is undone. With `--branch`, the branch that was kept last is removed instead, and the work tree stays. */
export async function drop(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, { ...common, branch: { type: 'boolean' } }, { least: 0, most: 1, names: '[SESSION]' });
  return act(values, id, { type: 'keep', how: values.branch === true ? 'drop' : 'undo' });
}

async function act(values: { readonly json?: boolean; readonly workspace?: string }, id: string | undefined, intention: Intention): Promise<number> {
  const output = createOutput(values.json === true);
  const held = await holdQuietly(values.workspace ?? process.cwd(), id, output);
  try {
    const done = await held.controller.act(intention);
    output.print(done, done.message);
    return done.ok ? exits.pass : exits.fail;
  } finally {
    await held.close();
  }
}
