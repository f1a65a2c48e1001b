import { isReviewed } from '../../core/session/listedHunk.ts';
import type { ListedHunk } from '../../core/session/listedHunk.ts';
import type { Session } from '../../core/session/session.ts';
import { shownPath } from '../../core/session/shownPath.ts';
import { madeBy } from '../../core/session/view/changesView.ts';
import { parse, UsageError } from '../arguments.ts';
import { exits } from '../exit.ts';
import { namedPath } from '../namedPath.ts';
import { createOutput, plain } from '../output.ts';
import { holdQuietly } from '../quietDoor.ts';

/** `bounded mark`: lists the hunks of the work tree as it is now, or marks some of them as reviewed; `--off` takes the mark off. */
export async function mark(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, {
    hunk: { type: 'string', multiple: true }, file: { type: 'string' }, all: { type: 'boolean' }, off: { type: 'boolean' }, json: { type: 'boolean' }, workspace: { type: 'string' },
  }, { least: 0, most: 1, names: '[SESSION]' });
  const named = [values.hunk, values.file, values.all].filter((value) => value !== undefined);
  if (named.length > 1) throw new UsageError('give one of --hunk, --file and --all');
  if (values.off === true && named.length === 0) throw new UsageError('--off needs --hunk, --file or --all');
  const output = createOutput(values.json === true);
  const held = await holdQuietly(values.workspace ?? process.cwd(), id, output);
  try {
    const { controller } = held;
    const listed = await controller.hunks();
    if (named.length === 0) {
      output.print({ hunks: listed.map((hunk) => rowOf(controller.session, hunk)) }, inWords(controller.session, listed));
      return exits.pass;
    }
    const hunks = chosen(controller.session, listed, values).map(({ path, hunk }) => ({ path, hunk }));
    const done = await controller.act({ type: 'mark-hunks', reviewed: values.off !== true, hunks });
    output.print({ ...done, hunks }, done.message);
    return done.ok ? exits.pass : exits.fail;
  } finally {
    await held.close();
  }
}

interface Chosen {
  readonly hunk?: readonly string[] | undefined;
  readonly file?: string | undefined;
}

function chosen({ workspace }: Session, listed: readonly ListedHunk[], { hunk: ids, file: given }: Chosen): readonly ListedHunk[] {
  const file = given === undefined ? undefined : namedPath(workspace, listed.map((one) => one.path), given);
  const unknown = ids?.filter((id) => !listed.some((one) => one.hunk === id)) ?? [];
  if (unknown.length > 0) throw new UsageError(`the session's change has no hunk ${unknown.join(', ')}; bounded mark lists them`);
  const found = listed.filter((one) => (file === undefined || one.path === file) && (ids === undefined || ids.includes(one.hunk)));
  if (found.length === 0) throw new UsageError(file === undefined ? 'the session has changed nothing' : `the session has not changed ${file}; bounded mark lists what it has`);
  return found;
}

function rowOf(session: Session, hunk: ListedHunk) {
  const { path, hunk: id, line, mode, added, removed, standing, users } = hunk;
  return { path, hunk: id, line, ...(mode === undefined ? {} : { mode }), added, removed, standing, users, by: madeBy(session, hunk), reviewed: isReviewed(session, hunk) };
}

function inWords(session: Session, listed: readonly ListedHunk[]): string {
  const rows = listed.map((hunk) => rowOf(session, hunk));
  const lines = rows.map((row) => `${row.reviewed ? '✓' : '·'} ${shownPath(row.path)}${row.mode === undefined ? `:${row.line} +${row.added} −${row.removed}` : ', its mode'} · ${row.standing} · by ${plain(row.by)} · hunk ${row.hunk}`);
  return [`${rows.filter((row) => row.reviewed).length} of ${rows.length} hunks reviewed`, ...lines].join('\n');
}
