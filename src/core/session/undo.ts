import type { Path, Write } from './changes.ts';
import type { SessionEvent } from './events.ts';
import { openFlags } from './line.ts';
import type { DoneRewind, Flag, Line } from './session.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/**
 * The line after a rewind was undone. A boundary's rewind is undone by going back to the line that it left; a file's or
 * hunk's only puts its changes back on the line that goes on. Nothing that was written since leaves the write set.
 */
export function undoneLine(line: Line, rewind: DoneRewind, restored: readonly Path[]): Line {
  return rewind.kind === 'boundary' ? leftLine(line, rewind, restored) : withChangesBack(line, rewind, restored);
}

/** `phaseTurns` counts anew, so that the phase goes on in a conversation of its own. */
function leftLine(line: Line, { previous }: DoneRewind, restored: readonly Path[]): Line {
  const known = new Set(previous.writes);
  const knownBeside = new Set(previous.beside);
  const since = line.writes.filter((write) => !known.has(write) && !restored.includes(write.path));
  const flags = openFlags(line).filter((flag) => !restored.includes(flag.path) && !previous.flags.some((one) => one.id === flag.id));
  return { ...previous, stack: [], phaseTurns: 0, writes: [...previous.writes, ...since], beside: [...previous.beside, ...line.beside.filter((change) => !knownBeside.has(change))], flags: [...previous.flags, ...flags] };
}

function withChangesBack(line: Line, rewind: DoneRewind, restored: readonly Path[]): Line {
  const back = rewind.writes.filter((write) => restored.includes(write.path)).map((write) => inverse(write, rewind.previous));
  const flagged = openFlags(rewind.previous).filter((flag) => restored.includes(flag.path));
  return { ...line, writes: [...line.writes, ...back], flags: reopen(line.flags, flagged) };
}

/** The change that the rewind took away, made by whoever made it first. */
function inverse(write: Write, previous: Line): Write {
  const { before, after, added, removed, ...rest } = write;
  const origin = previous.writes.findLast((one) => one.path === write.path && one.by !== 'rewind');
  const { by, call } = origin ?? write;
  return { ...rest, by, call, added: removed, removed: added, ...(after === undefined ? {} : { before: after }), ...(before === undefined ? {} : { after: before }) };
}

/** A stray that is back needs the user again. */
function reopen(flags: readonly Flag[], flagged: readonly Flag[]): readonly Flag[] {
  const back = new Map(flagged.map((flag) => [flag.id, flag]));
  const absent = flagged.filter((flag) => !flags.some((one) => one.id === flag.id));
  return [...flags.map((flag) => back.get(flag.id) ?? flag), ...absent];
}

/** What the model is told of a rewind. */
export function tellRewind(event: Of<'rewind/done'>): string {
  const { kind, to, restored, by } = event.rewind;
  const who = by === 'person' ? 'The user' : 'Bounded';
  if (kind === 'boundary') return `${who} rewound the work tree to ${to}.`;
  return `${who} rewound ${kind === 'hunk' ? 'a hunk of ' : ''}${restored.join(', ')}: the change was outside of what was agreed. Do not make it again.`;
}

/** What the model is told when a rewind is undone. */
export function tellUndo(event: Of<'rewind/undone'>): string {
  const paths = event.restored.length === 0 ? 'nothing' : event.restored.join(', ');
  return `The user undid a rewind. Back in the work tree: ${paths}.`;
}
