import type { Blob, TreeId, Write } from './changes.ts';
import { partsOf } from './joinedIds.ts';
import { stretchesOf } from './standing.ts';
import type { Boundary, Line, Session } from './session.ts';

/**
 * Content of checkpoint stores: trees with all that is in them, contents by id, and commits with the user's commits right before them. Of a session over
 * several roots, the ids of all of them: an id names its content, so that each store keeps those that it has, and a part can be taken for that of no other root.
 */
export interface Needs {
  readonly trees: readonly TreeId[];
  readonly blobs: readonly string[];
  readonly commits: readonly string[];
}

/** A boundary that may be given up to make room. Its commit, of several roots joined, names it: ids of boundaries come again in later attempts. */
export interface PhaseHeld {
  readonly boundary: string;
  readonly attempt: number;
  readonly commit: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly needs: Needs;
}

/** What a session needs of the checkpoint store. Whatever is in neither part is a state in between, which nothing leads back to. */
export interface Holdings {
  /** Never given up: the base, the newest boundary of each line, the work tree, and what open flags, rewinds and frozen files need. */
  readonly fixed: Needs;
  /** The oldest first. */
  readonly phases: readonly PhaseHeld[];
  /** Commits of the base and of every boundary, also of those that were given up: a boundary's own history goes back to the one before. */
  readonly boundaries: readonly string[];
}

/** The store is said to fill up, and room is made, down to this share of its limit. */
const fillingFrom = 0.8;

/** How a size stands to the limit, both in bytes. */
export function fillOf(bytes: number, limit: number): 'free' | 'filling' | 'full' {
  return bytes > limit ? 'full' : bytes > limit * fillingFrom ? 'filling' : 'free';
}

/** Bytes that the store is brought down to when it is full: enough room that it is not full again at once. */
export const roomFor = (limit: number): number => Math.floor(limit * fillingFrom);

/** When the checkpoint of a boundary was given up, in milliseconds since the epoch; undefined while it is there. */
export function evictedAt(session: Session, boundary: Pick<Boundary, 'commit'>): number | undefined {
  return session.evicted[boundary.commit];
}

/** What the store must keep for a session, and what of it may go. */
export function holdingsOf(session: Session): Holdings {
  const lines = linesOf(session);
  const newest = new Set(lines.flatMap((line) => line.boundaries.at(-1)?.commit ?? []));
  const held = new Map<string, PhaseHeld>();
  for (const line of lines) {
    for (const boundary of line.boundaries) {
      if (newest.has(boundary.commit) || evictedAt(session, boundary) !== undefined) continue;
      const { id, commit, at, line: { attempt } } = boundary;
      held.set(commit, { boundary: id, attempt, commit, at, needs: joined([held.get(commit)?.needs ?? none, needsOfBoundary(line, boundary)]) });
    }
  }
  return { fixed: joined([fixedOf(session), ...lines.map(fixedOfLine)]), phases: [...held.values()].sort((a, b) => a.at - b.at), boundaries: commitsOf(session, lines) };
}

/** The same with no boundary that may be given up. */
export function heldWhole({ fixed, phases, boundaries }: Holdings): Holdings {
  return { fixed: joined([fixed, ...phases.map((one) => one.needs)]), phases: [], boundaries };
}

/** Rewinds that can be undone, or whose undoing can. */
const openRewinds = ({ rewinds }: Session): Session['rewinds'] => rewinds.filter((one) => !one.undone || one.undoing !== undefined);

/** The line that goes on, and those that an undo of a rewind would bring back. */
function linesOf(session: Session): readonly Line[] {
  return [session.line, ...openRewinds(session).flatMap((one) => [one.previous, ...(one.undoing === undefined ? [] : [one.undoing.previous])])];
}

function commitsOf({ base }: Session, lines: readonly Line[]): readonly string[] {
  return [...new Set([...(base === undefined ? [] : [base.commit]), ...lines.flatMap((line) => line.boundaries.map((one) => one.commit))].flatMap(partsOf))];
}

function fixedOf(session: Session): Needs {
  const { base, tree, verdict, rewinding } = session;
  const pending = openRewinds(session);
  const items = [...(rewinding?.rounds.flat() ?? []), ...pending.flatMap((one) => one.conflicts?.flatMap((conflict) => conflict.items) ?? [])];
  return {
    trees: [base?.tree, tree, verdict?.tree, rewinding?.safety, ...pending.flatMap((one) => [one.safety, one.tree, one.undoing?.safety, one.undoing?.tree])].filter((one) => one !== undefined).flatMap(partsOf),
    blobs: [
      ...oidsOf(session.withheld.map((one) => one.blob)), ...sidesOf(pending.flatMap((one) => one.writes)), ...oidsOf(items.flatMap((item) => [item.target, item.expected])),
      // What a command does to a control file next is measured from here.
      ...controlOf(Object.values(session.control)), ...controlOf([...(rewinding?.beside ?? []), ...pending.flatMap((one) => one.beside ?? [])].flatMap(({ target, expected }) => [target, expected])),
    ],
    commits: partsOf(base?.commit ?? ''),
  };
}

/** A flag that is open may be rewound, one that was rewound may be restored. */
function fixedOfLine(line: Line): Needs {
  const flags = line.flags.filter((flag) => flag.outcome === undefined || flag.outcome === 'rewound');
  const beside = [...line.beside, ...flags.flatMap((flag) => flag.beside ?? [])];
  const newest = line.boundaries.at(-1);
  return joined([
    { trees: [], blobs: [...wayBack(line.writes), ...sidesOf(flags.map((flag) => flag.write)), ...controlOf(beside.flatMap(({ before, after }) => [before, after])), ...(line.frozen ?? []).map((file) => file.oid)], commits: [] },
    newest === undefined ? none : needsOfBoundary(line, newest),
  ]);
}

function needsOfBoundary(line: Line, { tree, commit, line: at }: Boundary): Needs {
  return { trees: partsOf(tree), blobs: wayBack(line.writes.slice(at.writes.length)), commits: partsOf(commit) };
}

/** What undoing these writes reads: both ends of each unbroken stretch of the session's own writes, and nothing in between. */
function wayBack(writes: readonly Write[]): readonly string[] {
  return [...stretchesOf(writes).values()].flat().flatMap(({ before, after }) => oidsOf([before, after]));
}

const sidesOf = (writes: readonly Pick<Write, 'before' | 'after'>[]): readonly string[] => oidsOf(writes.flatMap(({ before, after }) => [before, after]));

/** Contents of git's control files, by the words that stand for them in `Capture.control`: no tree holds them. */
function controlOf(words: readonly (string | undefined)[]): readonly string[] {
  return words.flatMap((word) => /^(?:file [0-7]+|link) (\S+)$/.exec(word ?? '')?.[1] ?? []);
}

function oidsOf(blobs: readonly (Blob | null | undefined)[]): readonly string[] {
  return blobs.flatMap((blob) => (blob === null || blob === undefined ? [] : [blob.oid]));
}

const none: Needs = { trees: [], blobs: [], commits: [] };

/** All of these needs together, each id once. */
export function joined(needs: readonly Needs[]): Needs {
  const all = (of: (one: Needs) => readonly string[]) => [...new Set(needs.flatMap(of))];
  return { trees: all((one) => one.trees), blobs: all((one) => one.blobs), commits: all((one) => one.commits) };
}
