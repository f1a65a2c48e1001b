import type { Acted } from '../../agent/acted.ts';
import { besideInWords, namesInWords, type PreviewFile, type RewindPreview } from '../../agent/rewind/preview.ts';
import { usersPart } from '../../core/session/listedHunk.ts';
import type { ListedHunk } from '../../core/session/listedHunk.ts';
import { shownPath } from '../../core/session/shownPath.ts';
import { lastUndone } from '../../core/session/undo.ts';
import { oneLine } from '../../core/session/reports/markdown.ts';
import type { Intention } from '../../core/session/view.ts';
import type { HeldSession } from '../../node/session/open.ts';
import { UsageError, parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { namedPath, onlyShown } from '../namedPath.ts';
import { createOutput } from '../output.ts';
import type { Output } from '../output.ts';
import { holdQuietly } from '../quietDoor.ts';

/** `bounded rewind`: back to a boundary or the base, or one file, any hunks or every flagged file back; `--undo` takes the last rewind back, `--redo` the last undoing. */
export async function rewind(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, {
    to: { type: 'string' }, file: { type: 'string' }, hunk: { type: 'string', multiple: true }, flags: { type: 'boolean' }, undo: { type: 'boolean' }, redo: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' }, workspace: { type: 'string' },
  }, { least: 0, most: 1, names: '[SESSION]' });
  const given = [values.to, values.file, values.hunk, values.flags, values.undo, values.redo].filter((value) => value !== undefined);
  if (given.length > 1) throw new UsageError('give one of --to, --file, --hunk, --flags, --undo and --redo');
  const output = createOutput(values.json === true);
  const held = await holdQuietly(values.workspace ?? process.cwd(), id, output);
  try {
    const intention = await intentionOf(held, values);
    return values['dry-run'] === true ? await preview(held, intention, output) : await act(held, intention, output);
  } finally {
    await held.close();
  }
}

interface Given {
  readonly to?: string | undefined;
  readonly file?: string | undefined;
  readonly hunk?: readonly string[] | undefined;
  readonly flags?: boolean | undefined;
  readonly undo?: boolean | undefined;
  readonly redo?: boolean | undefined;
}

async function intentionOf(held: HeldSession, values: Given): Promise<Intention> {
  const { line, rewinds } = held.controller.session;
  if (values.undo === true) {
    const last = rewinds.findLast((one) => !one.undone);
    if (last === undefined) throw new UsageError('there is no rewind to undo');
    return { type: 'undo-rewind', rewind: last.id };
  }
  if (values.redo === true) {
    const last = lastUndone(rewinds);
    if (last === undefined) throw new UsageError('no rewind was undone');
    return { type: 'redo-rewind', rewind: last.id };
  }
  const open = line.flags.filter((flag) => flag.outcome === undefined);
  if (values.file !== undefined) {
    const file = namedPath(held.controller.session.workspace, line.writes.map((write) => write.path), values.file);
    const flag = open.find((one) => one.path === file || one.id === values.file);
    return flag === undefined ? { type: 'rewind-path', path: file } : { type: 'rewind-file', flag: flag.id };
  }
  if (values.flags === true) return { type: 'rewind-flags' };
  if (values.hunk !== undefined) return hunkIntention(held, values.hunk);
  return { type: 'rewind-boundary', to: values.to ?? line.boundaries.at(-1)?.id ?? 'base' };
}

/** Hunks of the session's change, as `--dry-run` and `status` list them, or the one of an open flag. */
async function hunkIntention({ controller }: HeldSession, ids: readonly string[]): Promise<Intention> {
  const listed = await controller.hunks();
  const found = ids.map((id) => listed.find((one) => one.hunk === id) ?? onlyShown(listed, id, (one) => one.hunk) ?? id);
  const unknown = found.filter((one) => typeof one === 'string');
  if (unknown.length === 0) return { type: 'rewind-hunks', hunks: found.flatMap((one) => (typeof one === 'string' ? [] : [{ path: one.path, hunk: one.hunk }])) };
  const [id = ''] = unknown;
  const flag = ids.length > 1 ? undefined : controller.session.line.flags.find((one) => one.outcome === undefined && one.hunks.some((hunk) => hunk.id === id));
  if (flag !== undefined) return { type: 'rewind-hunk', flag: flag.id, hunk: id };
  throw new UsageError(`the session's change has no hunk ${unknown.join(', ')}; bounded rewind --to base --dry-run lists them`);
}

async function act(held: HeldSession, intention: Intention, output: Output): Promise<number> {
  const done = await held.controller.act(intention);
  output.print({ ...done, intention }, [done.message, ...(await conflictLines(held, done))].join('\n'));
  return done.ok ? exits.pass : exits.fail;
}

async function preview(held: HeldSession, intention: Intention, output: Output): Promise<number> {
  const refusal = held.controller.refusalOf(intention);
  if (refusal !== undefined) {
    output.print({ ok: false, message: refusal, intention }, refusal);
    return exits.fail;
  }
  const found = await held.controller.preview(intention);
  const hunks = found.files.flatMap((file) => file.hunks.flatMap(({ path: file, hunk, lines }) => (lines === undefined ? [] : [{ path: file, ...lines, id: hunk }])));
  output.print({ intention, paths: [...new Set([...found.files, ...found.beside].map((one) => one.path))], hunks, stays: found.stays, notCovered: found.notCovered, ...(found.before === undefined ? {} : { before: found.before }) }, inWords(found, intention));
  return exits.pass;
}

function inWords({ files, stays, beside, notCovered, before }: RewindPreview, { type }: Intention): string {
  const how = type === 'undo-rewind' || type === 'redo-rewind' ? howAgain : howBack;
  const back = [...files.flatMap((file) => [`  ${shownPath(file.path)}${how[file.does]}${namesInWords(file)}`, ...file.hunks.map((hunk) => `    ${hunkInWords(hunk)}`)]), ...beside.map((one) => `  ${shownPath(one.path)}${besideInWords[one.does]}`)];
  const outside = notCovered.map((one) => `  ${oneLine(one)}`);
  const rest = stays.map(({ path: file, why }) => `  ${shownPath(file)}: ${why}`);
  return [...(before === undefined ? [] : [before]), ...(back.length === 0 ? ['nothing would change'] : ['would bring back:', ...back]), ...(rest.length === 0 ? [] : ['would stay:', ...rest]), ...(outside.length === 0 ? [] : ['in no checkpoint, and left as it is:', ...outside])].join('\n');
}

const howBack: Readonly<Record<PreviewFile['does'], string>> = { back: '', delete: ' (deleted: the session made it)', merge: ' (your own changes of it stay)' };

/** What an undo takes away again need not be the session's: it may have been a file of the user's that the session had deleted. */
const howAgain: typeof howBack = { ...howBack, delete: ' (deleted again)' };

function hunkInWords(hunk: ListedHunk): string {
  return `hunk ${oneLine(hunk.hunk)} ${hunk.mode === undefined ? `at line ${hunk.line}: +${hunk.added} −${hunk.removed}` : 'its mode'}${usersPart(hunk)}`;
}

/** Where the user and the session changed the same lines: nothing was written, and a person decides. */
async function conflictLines({ controller }: HeldSession, { conflicts }: Acted): Promise<readonly string[]> {
  if (conflicts === undefined) return [];
  const listed = await controller.hunks();
  return conflicts.paths.flatMap((file) => [
    `conflict: ${shownPath(file)}: both of you changed it; nothing of it was written. Its hunks, with the session's lines and yours:`,
    ...listed.filter((hunk) => hunk.path === file).map((hunk) => `    ${hunkInWords(hunk)}`),
    '    Edit the file, or resolve it in the editor: Bounded: Resolve a Conflict…',
  ]);
}
