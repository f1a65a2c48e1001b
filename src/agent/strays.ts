import type { PhaseName } from '../core/contract/contract.ts';
import { overBudget } from '../core/guard/budget.ts';
import { phaseRights } from '../core/guard/rights.ts';
import { standingsIn } from '../core/guard/standing.ts';
import type { BesideChange, Blob, FileDiff, Path, TreeId, Write } from '../core/session/changes.ts';
import { openFlags, phaseBase } from '../core/session/line.ts';
import type { FlagOutcome, MaybeMoved, SettledFlag } from '../core/session/facts.ts';
import { ofPath } from '../core/session/ofPath.ts';
import type { Flag, Session } from '../core/session/session.ts';
import { someNamed, someOf } from '../core/session/someOf.ts';
import { besideChanges, canComeBack, isPermissions } from './beside.ts';
import { type Cause, writeOf } from './cause.ts';
import { controlStates, shareOfControl } from './control.ts';
import { baseTree, recordUse } from './diffUse.ts';
import { raise, settle } from './flags.ts';
import { withHunks } from './hunks.ts';
import { inStretches } from './inStretches.ts';
import { closeLanding, concerns, landWrites } from './landing.ts';
import { differences, treeOf } from './look.ts';
import { cameAlong, maybeMoved, tellMoved } from './moved.ts';
import { backAgain, rewindFlags } from './rewind/rewind.ts';
import type { Run } from './run.ts';
import { measureScratch } from './scratch.ts';
import { seeSteering } from './steering.ts';
import { openStrayGate } from './strayGate.ts';

/**
 * Measures what a call really changed, records it as the write set, and flags whatever is out of scope, touches the
 * oracle, or took the diff over its budget. Answers sentences for the model.
 */
export async function measureCall(run: Run, cause: Cause): Promise<readonly string[]> {
  const { workspace } = run.ports;
  // Where a phase changes nothing, the work tree was read-only for the command: whoever changed it, it should not have been the session.
  const readOnly = cause.by === 'command' && mayChangeNothing(run.recorder.session);
  const landing = await landWrites(run, cause);
  const capture = cause.narrow === true ? await workspace.captureWritten([]) : await workspace.capture(cause.by === 'command' ? 'command' : undefined);
  const diffs = await differences(run, landing?.before ?? cause.before, capture.tree);
  const saved = new Set(run.ports.user.takeSaved());
  const isOurs = landing === undefined ? () => true : concerns(landing);
  const besides = cause.beside === undefined ? [] : besideChanges(cause.call, cause.beside, capture.beside).filter(({ path }) => isOurs(path));
  const control = shareOfControl({ ...run.recorder.session, control: cause.control ?? run.recorder.session.control }, capture.control, { call: cause.call, by: cause.by, interrupted: cause.maybeUser === true });
  const moved = cause.by === 'command' ? maybeMoved(diffs.filter((diff) => landing?.landed.has(diff.path) !== false), besides, control.gone) : undefined;
  const movedFiles = new Set(moved?.files);
  // What a person saved meanwhile may be theirs, and what may be theirs is no write of the session: no rewind to a boundary takes it.
  const unsure = cause.by === 'command' ? diffs.filter((diff) => movedFiles.has(diff.path) || (landing === undefined && (readOnly || (cause.maybeUser === true && cause.own?.has(diff.path) !== true) || saved.has(diff.path)))) : [];
  const made = cause.by === 'tool' ? await madeByTool(run, diffs, cause.allowed) : undefined;
  const theirs = new Set([...diffs.filter((diff) => (cause.by === 'tool' && diff !== made) || landing?.landed.has(diff.path) === false), ...unsure]);
  if (theirs.size > 0) await run.recorder.record({ type: 'changes/observed', by: 'user', files: [...theirs], ...(moved === undefined ? {} : { maybeMoved: moved }), ...treeOf(capture) });
  await run.ports.clock.rest();
  const writes = await inStretches(run.ports.clock, diffs.filter((diff) => !theirs.has(diff)), (diff) => writeOf(run, diff, cause));
  const written = new Set(writes.map((write) => write.path));
  // A file tool writes its one file; whoever else changed a folder or permissions meanwhile, it was not the session.
  const beside = cause.by === 'tool' || readOnly ? [] : besides.filter((change) => canComeBack(change) && (moved === undefined || !cameAlong(change, movedFiles)));
  const besideAll = [...beside, ...control.session];
  if (writes.length + besideAll.length > 0) await run.recorder.record({ type: 'changes/written', writes, ...(besideAll.length === 0 ? {} : { beside: besideAll }), ...treeOf(capture) });
  const withheld = landing === undefined ? [] : await closeLanding(run, cause, landing);
  const steering = await seeSteering(run, capture, control, cause, moved);
  const uncovered = await gateUncovered(run, cause.title, besides.filter((change) => !canComeBack(change)).map((change) => change.path), moved);
  const permissions = await gatePermissions(run, cause.title, beside.filter((change) => !written.has(change.path)));
  const scratch = cause.by === 'command' ? await measureScratch(run, { id: cause.call, title: cause.title }) : [];
  await flagWrites(run, [...unflagged(run.recorder.session, cause.call), ...unsure.map((diff) => writeOf(run, diff, cause))], new Set([...saved, ...movedFiles]), readOnly ? { ...cause, maybeUser: true } : cause, capture.tree);
  await settleGoneFlags(run, run.recorder.session.tree ?? capture.tree);
  return [...withheld, ...uncovered, ...permissions, ...scratch, ...steering, ...(await react(run, cause))];
}

/** The change of a file tool: its path with exactly what it put there, and with the mode that was there. Where there is anything else by now, a person may have made it so. */
async function madeByTool(run: Run, diffs: readonly FileDiff[], allowed: Cause['allowed']): Promise<FileDiff | undefined> {
  const diff = diffs.find((one) => one.path === allowed?.path);
  if (diff?.after === undefined) return allowed?.content === null ? diff : undefined;
  const asLeft = diff.after.mode === (diff.before?.mode ?? '100644') && (await run.ports.workspace.blobText(diff.after)) === allowed?.content;
  return asLeft ? diff : undefined;
}

function mayChangeNothing({ line: { phase } }: Session): boolean {
  return phase !== undefined && phaseRights[phase] === 'nothing';
}

/** Changes where no checkpoint looks (left out for its size, pipes, repositories inside) cannot be rewound: a person is asked. */
async function gateUncovered(run: Run, title: string, changed: readonly Path[], moved: MaybeMoved | undefined): Promise<readonly string[]> {
  if (changed.length === 0) return [];
  await openStrayGate(run, `${title} changed what no checkpoint covers: ${someOf(changed)}. Bounded cannot rewind it.${tellMoved(moved, changed, 'yours')} Go on?`);
  return [`This changed what no checkpoint covers: ${someOf(changed)}.${tellMoved(moved, changed, 'the user\'s')} The user decides what happens.`];
}

/** Permissions that changed while the content did not, outside of the scope: no flag can hold that, so a person is asked. */
async function gatePermissions(run: Run, title: string, changes: readonly BesideChange[]): Promise<readonly string[]> {
  const { session } = run.recorder;
  const { phase } = session.line;
  const permissions = changes.filter((change) => isPermissions(change.before) || isPermissions(change.after));
  if (phase === undefined || permissions.length === 0) return [];
  const standingAt = standingsIn(session, phase);
  const standings = await inStretches(run.ports.clock, permissions, (change) => standingAt(change.path).standing);
  const strays = permissions.filter((_, index) => standings[index] !== 'in-scope');
  if (strays.length === 0) return [];
  const list = someOf(strays.map(({ path, before = 'the usual', after = 'the usual' }) => `${path} (${before} → ${after})`));
  await openStrayGate(run, `${title} changed permissions outside of what was agreed: ${list}. A rewind to a boundary brings them back. Go on?`);
  return [`This changed permissions outside of what was agreed: ${list}. The user decides what happens.`];
}

/** What a call wrote and no flag names yet, also what it wrote before a crash that came between a write and its flag. */
function unflagged({ line }: Session, call: string): readonly Write[] {
  return line.writes.filter((write) => write.call === call && !ofPath(line.flags, write.path).some((flag) => flag.write.call === call));
}

async function flagWrites(run: Run, writes: readonly Write[], saved: ReadonlySet<string>, cause: Cause, tree: TreeId): Promise<readonly Flag[]> {
  const { contract, line: { phase } } = run.recorder.session;
  if (phase === undefined || writes.length === 0) return [];
  const over = overBudget(contract.diff, await recordUse(run, tree)) !== undefined;
  return raise(run, strays(run, phase, writes, saved, cause, over));
}

/** The flags of those writes that were not agreed. `over`: the whole diff is over its budget. */
async function* strays(run: Run, phase: PhaseName, writes: readonly Write[], saved: ReadonlySet<string>, cause: Cause, over: boolean): AsyncGenerator<Flag> {
  const { session } = run.recorder;
  const agreed = await agreedContent(run, writes.map((write) => write.path));
  const standingAt = standingsIn(session, phase);
  const isStray = (write: Write): boolean => (over || standingAt(write.path).standing !== 'in-scope') && !isBack(session, write, write.after, agreed);
  const stray = await inStretches(run.ports.clock, writes, isStray);
  for await (const [write, hunks] of withHunks(run.ports.workspace, writes.filter((_, index) => stray[index]))) {
    await run.ports.clock.rest();
    const { standing } = standingAt(write.path);
    yield {
      id: run.ports.clock.id(), path: write.path, standing: standing === 'in-scope' ? 'over-budget' : standing, write,
      hunks, cause: cause.title, maybeUser: cause.maybeUser === true || saved.has(write.path),
    };
  }
}

/** Whether a path has the content of the base or of the boundary before. */
type Agreed = (path: Path, blob: Blob | undefined) => boolean;

async function agreedContent(run: Run, paths: readonly Path[]): Promise<Agreed> {
  const { session } = run.recorder;
  const trees = await Promise.all([...new Set([baseTree(session), phaseBase(session)])].map((tree) => run.ports.workspace.entries(tree, paths)));
  return (path, blob) => trees.some((entries) => sameBlob(entries.get(path), blob));
}

/**
 * Whether with `now` this write is no stray: its path has again what it replaced or, where that was the session's own, what was agreed or what
 * was there before the first open flag. Where it replaced what the user had made of the path, nothing else puts that back.
 */
function isBack(session: Session, write: Write, now: Blob | undefined, agreed: Agreed): boolean {
  const first = ofPath(session.line.flags, write.path).find((flag) => flag.outcome === undefined)?.write ?? write;
  return sameBlob(write.before, now) || (replacedOwn(session, write) && (agreed(write.path, now) || sameBlob(first.before, now)));
}

/** Whether this write replaced what a call of the session had put there; what a rewind brought back may be the user's. */
function replacedOwn({ line }: Session, write: Write): boolean {
  const own = ofPath(line.writes, write.path);
  const at = own.findIndex((one) => one.call === write.call);
  const earlier = at === 0 ? undefined : own.at(at === -1 ? -1 : at - 1);
  return earlier !== undefined && earlier.by !== 'rewind' && sameBlob(earlier.after, write.before);
}

function sameBlob(a: Blob | undefined, b: Blob | undefined): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

const inWords = ({ path, standing }: Flag): string => `${path} (${standing})`;

/** What the contract says about strays. */
async function react(run: Run, { call }: Cause): Promise<readonly string[]> {
  const { contract: { onStray }, line } = run.recorder.session;
  // With those that the call had raised before a crash.
  const open = openFlags(line).filter((flag) => flag.write.call === call);
  if (open.length === 0) return [];
  if (onStray === 'rewind') return rewindStrays(run, open);
  // A question is a heading; every flag stands below it.
  if (onStray === 'stop') await openStrayGate(run, `A command changed files outside of what was agreed: ${someNamed(open, inWords, 3)}. What shall happen?`, open.map((flag) => flag.id));
  return [`Changed outside of what was agreed, and flagged to the user: ${someNamed(open, inWords)}. The phase cannot end while a flag is open. Put it back, or propose an amendment.`];
}

/** What may be the user's is only flagged. */
async function rewindStrays(run: Run, flags: readonly Flag[]): Promise<readonly string[]> {
  const ours = flags.filter((flag) => !flag.maybeUser);
  const done = await rewindFlags(run, ours, 'on-stray');
  const back = done === undefined ? new Set(ours.map((flag) => flag.path)) : backAgain(done);
  await settle(run, ours.filter((flag) => back.has(flag.path)).map(({ id }) => ({ flag: id, how: done === undefined ? 'restored' : 'rewound' })));
  const open = flags.filter((flag) => !back.has(flag.path)).map((flag) => flag.path);
  const rewound = someNamed(flags.filter((flag) => back.has(flag.path)), inWords);
  return [...(rewound === '' ? [] : [`Changed outside of what was agreed, and rewound by Bounded: ${rewound}.`]), ...(open.length === 0 ? [] : [`Not rewound, and open to the user: ${someOf(open)}.`])];
}

/** Closes flags whose reason is gone: the file is as it was before, or the diff is within its budget again. */
export async function settleGoneFlags(run: Run, tree: TreeId): Promise<void> {
  const { session } = run.recorder;
  const open = openFlags(session.line);
  if (open.length === 0) return;
  const within = overBudget(session.contract.diff, await recordUse(run, tree)) === undefined;
  const paths = [...new Set(open.map((flag) => flag.path))];
  const now = await run.ports.workspace.entries(tree, paths);
  const agreed = await agreedContent(run, paths);
  const control = controlStates(session.control);
  const outcomes = await inStretches(run.ports.clock, open, (flag): FlagOutcome | undefined => {
    const gone = flag.beside === undefined ? isBack(session, flag.write, now.get(flag.path), agreed) : control[flag.path] === flag.beside.before;
    return gone ? 'restored' : flag.standing === 'over-budget' && within ? 'left' : undefined;
  });
  await settle(run, open.flatMap(({ id }, index) => outcomeOf(id, outcomes[index])));
}

const outcomeOf = (flag: string, how: FlagOutcome | undefined): readonly SettledFlag[] => (how === undefined ? [] : [{ flag, how }]);
