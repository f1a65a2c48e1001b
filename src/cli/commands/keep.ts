import type { Intention } from '../../core/session/view.ts';
import { resumeSession } from '../../node/session/open.ts';
import { parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';
import { quietDoor } from '../quietDoor.ts';

type How = Extract<Intention, { type: 'keep' }>['how'];

/** `bounded keep|squash|patch|drop`: what becomes of the work. */
export function keepAs(how: How): (args: readonly string[]) => Promise<number> {
  return async (args) => {
    const { values, positionals: [id] } = parse(args, { json: { type: 'boolean' }, workspace: { type: 'string' } }, { least: 0, most: 1, names: '[SESSION]' });
    const output = createOutput(values.json === true);
    const held = await resumeSession(values.workspace ?? process.cwd(), id, quietDoor(output));
    try {
      const done = await held.controller.act({ type: 'keep', how });
      output.print(done, done.message);
      return done.ok ? exits.pass : exits.fail;
    } finally {
      await held.close();
    }
  };
}
