import { oneLine } from '../../core/session/reports/markdown.ts';
import { bytesText } from '../../core/session/view/figures.ts';
import { keptLines, keptState, nothingKept, removeState } from '../../node/session/pruneState.ts';
import { parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';

/** `bounded prune`: shows what the private state of this repository holds and takes; with `--yes` removes it, sessions and checkpoints alike. */
export async function prune(args: readonly string[]): Promise<number> {
  const { values } = parse(args, { json: { type: 'boolean' }, yes: { type: 'boolean' }, workspace: { type: 'string' } }, { least: 0, most: 0, names: '' });
  const output = createOutput(values.json === true);
  const root = values.workspace ?? process.cwd();
  const kept = await keptState(root);
  const lines = keptLines(kept, Number.POSITIVE_INFINITY).map((line) => `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`);
  if (kept.bytes === 0 && values.yes !== true) {
    output.print({ ...kept, removed: false }, nothingKept);
    return exits.pass;
  }
  if (values.yes !== true) {
    output.print({ ...kept, removed: false }, [...lines, `bounded prune --yes removes all of it; nothing can be rewound or continued after that.${kept.warning}`].join('\n'));
    return exits.pass;
  }
  // What goes is said before it goes.
  for (const line of lines) output.say(line);
  await removeState(root, 'the terminal');
  output.print({ ...kept, removed: true }, `removed ${bytesText(kept.bytes)} in ${kept.dir}`);
  return exits.pass;
}
