import type { BesideChange, FileDiff, Path, Write } from './changes.ts';
import type { SessionEvent } from './events.ts';
import type { BesideItem, RewindRecord } from './facts.ts';
import { openFlags } from './line.ts';
import type { DoneRewind, Flag, Line, Session, Undoing } from './session.ts';
import { sameBlob } from './shares.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/**
 * The line after a rewind was undone. A boundary's rewind is undone by going back to the line that it left; a file's or
 * hunk's only puts its changes back on the line that goes on. Nothing that was written since leaves the write set.
 */
export function undoneLine(line: Line, rewind: DoneRewind, event: Of<'rewind/undone'>, { rewinds, rewinding }: Pick<Session, 'rewinds' | 'rewinding'>): Line {
  if (rewind.kind !== 'boundary') return withBeside(withChangesBack(line, rewind, event), besideDone(rewinding, event));
  const back = backOf(event);
  const restored = new Set([...back.exact, ...back.merged]);
  const kept = rewind.writes.filter(({ path }) => !restored.has(path));
  // The undoing of an earlier rewind may have put on the line what this one did. Of what comes back, also beside newer changes, it stands no more.
  const gone = new Set(rewind.writes.filter(({ path }) => restored.has(path)));
  const stand = (writes: readonly Write[]): readonly Write[] => writes.filter((write) => !gone.has(write));
  return leftLine({ ...line, writes: stand(line.writes) }, rewind, back, stand([...new Set([...kept, ...cutSince(rewinds, rewind.at)])]));
}

/** `exact`: paths that have just what they were to have; `merged`: those where something newer stands beside it. */
type Back = Record<'exact' | 'merged', ReadonlySet<Path>>;

/** Where the newer had all of it already, by the user's own hand, nothing came back: that stays theirs. In an older journal nothing tells. */
function backOf({ restored, merged = [], changes }: Of<'rewind/undone'> | Of<'rewind/redone'>): Back {
  const [inPart, came] = [new Set(merged), byPath(changes)];
  return { exact: new Set(restored.filter((path) => !inPart.has(path))), merged: new Set(merged.filter((path) => changes === undefined || came.has(path))) };
}

/** Later rewinds to a boundary cut the line, too, and stand: with what they cut off they lead to what there is. */
function cutSince(rewinds: readonly DoneRewind[], at: number): readonly Write[] {
  const later = rewinds.filter((one) => one.kind === 'boundary' && !one.undone && one.at > at).toSorted((a, b) => a.at - b.at);
  return later.flatMap(({ previous, writes }) => [...previous.writes, ...writes]);
}

/**
 * `exact`: paths that are again as the line left them; `merged`: those where that stands beside what was made since: what a person took back there has
 * come back in part. `stand`: what rewinds since did to files and this undoing could not take back; without it, what was written since would begin at
 * contents that the line never led to. `phaseTurns` counts anew, so that the phase goes on in a conversation of its own.
 */
function leftLine(line: Line, { previous }: Pick<DoneRewind, 'previous'>, { exact, merged }: Back, stand: readonly Write[]): Line {
  const before = new Set(previous.writes);
  const isVoid = ({ path, ends }: Write): boolean => exact.has(path) || (ends === true && merged.has(path));
  const stands = stand.filter((write) => !before.has(write) && !isVoid(write));
  const known = new Set([...before, ...stands]);
  const knownBeside = new Set(previous.beside);
  const since = line.writes.filter((write) => !known.has(write) && !isVoid(write));
  const flags = openFlags(line).filter((flag) => !exact.has(flag.path) && !previous.flags.some((one) => one.id === flag.id));
  return { ...previous, stack: [], phaseTurns: 0, writes: [...previous.writes, ...stands, ...since], beside: [...previous.beside, ...line.beside.filter((change) => !knownBeside.has(change))], flags: [...previous.flags, ...flags] };
}

/** What came back and may be the user's is no write of the session: there it is as if there had been no rewind. */
function withChangesBack(line: Line, rewind: DoneRewind, { control = [], users = [], ...event }: Of<'rewind/undone'>): Line {
  const restored = [...event.restored, ...control];
  const theirs = new Set(rewind.writes.filter((write) => restored.includes(write.path) && (write.ends === true || users.includes(write.path))));
  const came = byPath(event.changes);
  const back = rewind.writes.filter((write) => restored.includes(write.path) && !theirs.has(write)).map((write) => asItCame(inverse(write, rewind.previous), came));
  const flagged = openFlags(rewind.previous).filter((flag) => restored.includes(flag.path));
  // Boundaries count the writes before them, so that one which is void keeps its place.
  return { ...line, writes: [...line.writes.map((write) => (theirs.has(write) ? voided(write) : write)), ...back], flags: reopen(line.flags, flagged) };
}

/**
 * The line and the rewind after its undoing was undone: it is as done again, now. What was written since the undoing stays on the line, as far as the
 * files were not brought back.
 */
export function redoneLine(line: Line, rewind: DoneRewind, undoing: Undoing, event: Of<'rewind/redone'>, { rewinds, rewinding }: Pick<Session, 'rewinds' | 'rewinding'>): { readonly line: Line; readonly writes: readonly Write[] } {
  const { restored, control = [] } = event;
  const again = writesAgain(rewind, event);
  if (rewind.kind === 'boundary') {
    const [known, before] = [new Set(undoing.previous.beside), new Set(rewind.previous.beside)];
    const beside = [...undoing.previous.beside, ...line.beside.filter((change) => !known.has(change) && !before.has(change))];
    // What the undoing had brought back goes again, also where that merges with what was made since.
    const gone = new Set(rewind.previous.writes);
    const back = new Set(restored);
    const since = line.writes.filter((write) => !gone.has(write) || !back.has(write.path));
    return { line: { ...leftLine({ ...line, writes: since }, undoing, backOf(event), [...new Set(cutSince(rewinds, undoing.at))]), beside }, writes: again };
  }
  // New ones, so that another undo of them voids these and not the first.
  const writes = again.map((write) => ({ ...write }));
  const settled = undoing.previous.flags.filter((flag) => flag.outcome !== undefined && [...restored, ...control].includes(flag.path));
  return { line: withBeside({ ...line, writes: [...line.writes, ...writes], flags: reopen(line.flags, settled) }, besideDone(rewinding, event)), writes };
}

/**
 * What doing a rewind again changed: a path that was as after the rewind already it did not. In an older journal nothing tells, and what was restored
 * counts. A write that came as it had come the first time is that write, which the line may know.
 */
function writesAgain({ writes }: DoneRewind, { restored, changes }: Of<'rewind/redone'>): readonly Write[] {
  const changed = new Set(changes === undefined ? restored : changes.map(({ path }) => path));
  const came = byPath(changes);
  return writes.filter(({ path }) => changed.has(path)).flatMap((write) => (write.ends === true ? endsAgain(write, came) : asItCame(write, came)));
}

/** What was brought back beside the files is on the line as what it undoes is: what the user then makes of it is not taken for the session's. */
export function withBeside(line: Line, done: readonly BesideItem[]): Line {
  const changes = done.map(({ path, target, expected }): BesideChange => ({ path, call: '', ...(expected === undefined ? {} : { before: expected }), ...(target === undefined ? {} : { after: target }) }));
  return changes.length === 0 ? line : { ...line, beside: [...line.beside, ...changes] };
}

/** What an undoing, or doing it again, was to bring back beside the files, but for what it left. */
function besideDone(plan: Session['rewinding'], { left }: Pick<Of<'rewind/undone'>, 'left'>): readonly BesideItem[] {
  return (plan?.beside ?? []).filter(({ path }) => !left.some((one) => one.path === path));
}

/** The write as the contents really were: a part of it may have been there already, or newer changes may stand beside it. */
function asItCame(write: Write, came: ReadonlyMap<Path, FileDiff>): Write {
  const { before, after, ...rest } = write;
  const change = came.get(write.path);
  if (change === undefined || (sameBlob(change.before ?? null, before ?? null) && sameBlob(change.after ?? null, after ?? null))) return write;
  return { ...rest, ...change };
}

const byPath = (changes: readonly FileDiff[] = []): ReadonlyMap<Path, FileDiff> => new Map(changes.map((change) => [change.path, change]));

/** Only where the path is again as the rewind left it: otherwise it may have what the session wrote since the undo. */
function endsAgain(write: Write, came: ReadonlyMap<Path, FileDiff>): readonly Write[] {
  const change = came.get(write.path);
  return change !== undefined && sameBlob(change.after ?? null, write.after ?? null) ? [write] : [];
}

function voided(write: Write): Write {
  const { after: _after, ends: _ends, ...rest } = write;
  return { ...rest, ...(write.before === undefined ? {} : { after: write.before }), added: 0, removed: 0 };
}

/** The change that the rewind took away, made by whoever made it first. */
function inverse(write: Write, previous: Line): Write {
  const { before, after, added, removed, ...rest } = write;
  const origin = previous.writes.findLast((one) => one.path === write.path && one.by !== 'rewind');
  const { by, call } = origin ?? write;
  return { ...rest, by, call, added: removed, removed: added, ...(after === undefined ? {} : { before: after }), ...(before === undefined ? {} : { after: before }) };
}

/** Flags as they were at another moment: a stray that is back needs the user again, one that is gone again does not. */
function reopen(flags: readonly Flag[], flagged: readonly Flag[]): readonly Flag[] {
  const back = new Map(flagged.map((flag) => [flag.id, flag]));
  const absent = flagged.filter((flag) => !flags.some((one) => one.id === flag.id));
  return [...flags.map((flag) => back.get(flag.id) ?? flag), ...absent];
}

/** Paths that a rewind left because the user changed the same lines, as long as nobody has decided about them. */
export function openConflicts(rewinds: readonly DoneRewind[], rewind: DoneRewind): NonNullable<DoneRewind['conflicts']> {
  if (rewind.undone) return [];
  return (rewind.conflicts ?? []).filter(({ path }) => !rewinds.some((one) => one.resolves === rewind.id && one.to === path && !one.undone));
}

/** What the model is told of a rewind. */
export function tellRewind(event: Of<'rewind/done'>): string {
  const { kind, to, restored, beside = [], by } = event.rewind;
  const paths = [...new Set([...restored, ...beside.map(({ path }) => path)])];
  const who = by === 'person' ? 'The user' : 'Bounded';
  if (kind === 'boundary') return `${who} rewound the work tree to ${to}.`;
  if (event.rewind.resolves !== undefined) return `The user resolved a conflict about ${to} by hand. What is there now is theirs to change.`;
  return `${who} rewound ${kind === 'hunk' ? hunksInWords(event.rewind) : paths.join(', ')}: the change was outside of what was agreed. Do not make it again.`;
}

/** What a rewind of hunks took back. */
export function hunksInWords({ hunks = [], to }: Pick<RewindRecord, 'hunks' | 'to'>): string {
  return hunks.length > 1 ? `${hunks.length} hunks of ${to}` : `a hunk of ${to}`;
}

/** What the model is told when a rewind is undone. */
export function tellUndo(event: Of<'rewind/undone'>): string {
  return `The user undid a rewind. Back in the work tree: ${pathsOf(event)}.`;
}

/** What the model is told when it is done again. */
export function tellRedo(event: Of<'rewind/redone'>): string {
  return `The user did a rewind again that they had undone. Rewound in the work tree: ${pathsOf(event)}.`;
}

function pathsOf({ restored, control = [] }: Of<'rewind/undone'> | Of<'rewind/redone'>): string {
  return [...restored, ...control].join(', ') || 'nothing';
}

/** The undoing that is undone first: the latest. */
export function lastUndone(rewinds: readonly DoneRewind[]): DoneRewind | undefined {
  return rewinds.filter((one) => one.undone && one.undoing !== undefined).toSorted((a, b) => (b.undoing?.at ?? 0) - (a.undoing?.at ?? 0))[0];
}
