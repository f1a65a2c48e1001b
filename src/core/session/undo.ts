import type { BesideChange, FileDiff, Path, Write } from './changes.ts';
import type { SessionEvent } from './events.ts';
import type { BesideItem, LeftPath } from './facts.ts';
import { openFlags } from './line.ts';
import { sameBlob } from './sameBlob.ts';
import type { DoneRewind, Flag, Line, Session, Undoing } from './session.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/** What the undoing of a rewind, or doing it again, makes of the session's line; what that wrote; and all writes, with it. */
interface Changed {
  readonly line: Line;
  readonly own: readonly Write[];
  readonly writes: readonly Write[];
}

/**
 * After a rewind was undone. A boundary's rewind is undone by going back to the line that it left; a file's or hunk's only puts its changes back on the
 * line that goes on. Nothing that was written since leaves the write set.
 */
export function undone({ line, writes: all, rewinding }: Session, rewind: DoneRewind, event: Of<'rewind/undone'>): Changed {
  const own = writesBack(rewind, event);
  if (rewind.kind === 'boundary') {
    const writes = [...all, ...own];
    return { line: leftLine(line, rewind.previous, event, writes.slice(rewind.writesBefore).filter(knownOf(rewind, event))), own, writes };
  }
  // Boundaries count the writes before them, so that one which is void keeps its place.
  const theirs = new Map([...theirsOf(rewind, event)].map((write) => [write, voided(write)]));
  const after = (writes: readonly Write[]): readonly Write[] => [...writes.map((write) => theirs.get(write) ?? write), ...own];
  const restored = new Set([...event.restored, ...(event.control ?? [])]);
  const flags = reopen(line.flags, openFlags(rewind.previous).filter((flag) => restored.has(flag.path)));
  const emptied = new Set(rewind.emptied);
  return { line: withBeside({ ...line, writes: after(line.writes), flags }, besideDone(rewinding, event).filter(({ path }) => !emptied.has(path))), own, writes: after(all) };
}

/** Where an older journal does not say what an undoing wrote beside newer changes, neither that nor what the rewind did there counts. */
function knownOf({ writes }: DoneRewind, { changes, merged = [] }: Of<'rewind/undone'>): (write: Write) => boolean {
  const unknown = new Set(changes === undefined ? merged : []);
  const taken = new Set(writes);
  return (write) => !unknown.has(write.path) || !(taken.has(write) || write.ends === true);
}

/**
 * After the undoing of a rewind was undone: it is as done again, now. What was written since the undoing stays on the line, as far as the files were not
 * brought back.
 */
export function redone({ line, writes: all, rewinding }: Session, rewind: DoneRewind, undoing: Undoing, event: Of<'rewind/redone'>): Changed {
  const own = writesAgain(rewind, undoing, event);
  const writes = [...all, ...own];
  if (rewind.kind === 'boundary') {
    const [known, before] = [new Set(undoing.previous.beside), new Set(rewind.previous.beside)];
    const beside = [...undoing.previous.beside, ...line.beside.filter((change) => !known.has(change) && !before.has(change))];
    return { line: { ...leftLine(line, undoing.previous, event, writes.slice(undoing.writesBefore)), beside }, own, writes };
  }
  const gone = new Set([...event.restored, ...(event.control ?? [])]);
  const flags = reopen(line.flags, undoing.previous.flags.filter((flag) => flag.outcome !== undefined && gone.has(flag.path)));
  return { line: withBeside({ ...line, writes: [...line.writes, ...own], flags }, besideDone(rewinding, event)), own, writes };
}

/**
 * Back on the line that was left. A path that is just as that line left it has that line's writes; any other also those of `since`: all that Bounded did to
 * it from then on, in order, so that they lead to what it has. `phaseTurns` counts anew, so that the phase goes on in a conversation of its own.
 */
function leftLine(line: Line, previous: Line, { restored, merged = [] }: Pick<Of<'rewind/undone'>, 'restored' | 'merged'>, since: readonly Write[]): Line {
  const [back, inPart, known] = [new Set(restored), new Set(merged), new Set(previous.beside)];
  const isBack = (path: Path): boolean => back.has(path) && !inPart.has(path);
  const [now, earlier] = [new Map(line.flags.map((flag) => [flag.id, flag])), new Set(previous.flags.map((flag) => flag.id))];
  const flags = [
    // Of a path that did not come back, what became of its flag since stands.
    ...previous.flags.map((flag) => (back.has(flag.path) ? flag : now.get(flag.id) ?? flag)),
    ...openFlags(line).filter((flag) => !isBack(flag.path) && !earlier.has(flag.id)),
  ];
  return {
    ...previous, stack: [], phaseTurns: 0, writes: [...previous.writes, ...since.filter((write) => !isBack(write.path))], flags,
    beside: [...previous.beside, ...line.beside.filter((change) => !known.has(change))],
  };
}

/** What an undoing wrote. What came back and may be the user's is no write of the session: there it is as if there had been no rewind. */
function writesBack(rewind: DoneRewind, event: Of<'rewind/undone'>): readonly Write[] {
  const { restored, changes, merged = [] } = event;
  const came = byPath(changes);
  const unknown = new Set(rewind.kind === 'boundary' ? merged : []);
  const changed = new Set(changes === undefined ? restored.filter((path) => !unknown.has(path)) : restored.filter((path) => came.has(path)));
  const [theirs, origins] = [theirsOf(rewind, event), lastByPath(rewind.previous.writes.filter((one) => one.by !== 'rewind'))];
  return rewind.writes.filter((write) => changed.has(write.path) && !theirs.has(write)).map((write) => taking(write, asItCame(inverse(write, origins.get(write.path)), came)));
}

/** The writes of a rewind that are void once it is undone: those by which a person had ended what the session had of a path, and those where the user had a part. */
function theirsOf(rewind: DoneRewind, { restored, users = [], left }: Of<'rewind/undone'>): ReadonlySet<Write> {
  const [back, shared] = [new Set([...restored, ...decidedAt(rewind, left)]), new Set(users)];
  return new Set(rewind.writes.filter(({ path, ends }) => back.has(path) && (ends === true || shared.has(path))));
}

/** The write with what it takes back: just what the other one wrote. */
function taking(other: Write, write: Write): Write {
  return { ...write, cancels: { before: other.before ?? null, after: other.after ?? null } };
}

/**
 * What doing a rewind again wrote, which takes back what its undoing had: a path that was as after the rewind already it did not change. In an older
 * journal nothing tells, and what was restored counts.
 */
function writesAgain(rewind: DoneRewind, undoing: Undoing, { restored, changes, left }: Of<'rewind/redone'>): readonly Write[] {
  const changed = new Set(changes === undefined ? restored : changes.map(({ path }) => path));
  const [came, undone, decided] = [byPath(changes), lastByPath(undoing.writes), decidedAt(rewind, left)];
  return rewind.writes.flatMap((write) => {
    if (!changed.has(write.path)) return decided.includes(write.path) ? [{ ...write }] : [];
    if (write.ends === true) return endsAgain(write, came);
    const other = undone.get(write.path);
    return [other === undefined ? { ...asItCame(write, came) } : taking(other, asItCame(write, came))];
  });
}

/** A decision about lines that left the file as it was is undone, and made again, with nothing to bring back. */
const decidedAt = ({ resolves, to }: DoneRewind, left: readonly LeftPath[]): readonly Path[] => (resolves === undefined || left.length > 0 ? [] : [to]);

/** What was brought back beside the files is on the line as what it undoes is: what the user then makes of it is not taken for the session's. */
export function withBeside(line: Line, done: readonly BesideItem[]): Line {
  const changes = done.map(({ path, target, expected }): BesideChange => ({ path, call: '', ...(expected === undefined ? {} : { before: expected }), ...(target === undefined ? {} : { after: target }) }));
  return changes.length === 0 ? line : { ...line, beside: [...line.beside, ...changes] };
}

/** What an undoing, or doing it again, was to bring back beside the files, but for what it left. */
function besideDone(plan: Session['rewinding'], { left }: Pick<Of<'rewind/undone'>, 'left'>): readonly BesideItem[] {
  const alone = new Set(left.map((one) => one.path));
  return (plan?.beside ?? []).filter(({ path }) => !alone.has(path));
}

/** The write as the contents really were: a part of it may have been there already, or newer changes may stand beside it. */
function asItCame(write: Write, came: ReadonlyMap<Path, FileDiff>): Write {
  const { before, after, ...rest } = write;
  const change = came.get(write.path);
  if (change === undefined || (sameBlob(change.before ?? null, before ?? null) && sameBlob(change.after ?? null, after ?? null))) return write;
  return { ...rest, ...change };
}

const lastByPath = (writes: readonly Write[]): ReadonlyMap<Path, Write> => new Map(writes.map((write) => [write.path, write]));

const byPath = (changes: readonly FileDiff[] = []): ReadonlyMap<Path, FileDiff> => new Map(changes.map((change) => [change.path, change]));

/** Only where the path is again as the rewind left it, and as a write of its own, so that another undo voids this one and not the first: otherwise it may have what the session wrote since the undo. */
function endsAgain(write: Write, came: ReadonlyMap<Path, FileDiff>): readonly Write[] {
  const change = came.get(write.path);
  return change !== undefined && sameBlob(change.after ?? null, write.after ?? null) ? [{ ...write }] : [];
}

function voided(write: Write): Write {
  const { after: _after, ends: _ends, cancels: _cancels, ...rest } = write;
  return { ...rest, ...(write.before === undefined ? {} : { after: write.before }), added: 0, removed: 0 };
}

/** The change that the rewind took away, made by whoever made it first, and when: `origin`. */
function inverse(write: Write, origin: Write = write): Write {
  const { before, after, added, removed, cancels: _, ...rest } = write;
  const { by, call, phase, attempt, turn } = origin;
  return { ...rest, by, call, phase, attempt, turn, added: removed, removed: added, ...(after === undefined ? {} : { before: after }), ...(before === undefined ? {} : { after: before }) };
}

/** Flags as they were at another moment: a stray that is back needs the user again, one that is gone again does not. */
function reopen(flags: readonly Flag[], flagged: readonly Flag[]): readonly Flag[] {
  const [back, known] = [new Map(flagged.map((flag) => [flag.id, flag])), new Set(flags.map((flag) => flag.id))];
  const absent = flagged.filter((flag) => !known.has(flag.id));
  return [...flags.map((flag) => back.get(flag.id) ?? flag), ...absent];
}

/** The undoing that is undone first: the latest. */
export function lastUndone(rewinds: readonly DoneRewind[]): DoneRewind | undefined {
  return rewinds.filter((one) => one.undone && one.undoing !== undefined).toSorted((a, b) => (b.undoing?.at ?? 0) - (a.undoing?.at ?? 0))[0];
}
