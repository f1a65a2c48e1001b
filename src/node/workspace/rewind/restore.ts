import type { RestoreItem, RestoreOutcome } from '../../../agent/ports.ts';
import type { Blob, Path } from '../../../core/session/changes.ts';
import type { LeftPath, MovedPath } from '../../../core/session/facts.ts';
import type { Blobs } from '../store/blobs.ts';
import { readSmall } from '../disk/content.ts';
import { type FileState, isState, sameBlob, stateInWords } from '../disk/fileState.ts';
import { inFolder } from '../disk/folders.ts';
import { type PathGuard, refusesRestoring } from '../disk/guard.ts';
import { conflictInWords, decideRestore, mergeTexts, type RestoreStep } from './merge.ts';
import { gitObject } from '../git/objects.ts';
import { Pace } from '../common/pace.ts';
import { ancestorsOf, nameOf, onDisk, parentOf } from '../disk/places.ts';
import { putFile, removeFile } from '../disk/replaceFile.ts';
import { bringPlain, type Coming, removePlain } from './restorePlain.ts';
import { byFolder, change, lookAt, lookAtAll, removeFolder, roomAt } from './restorePlaces.ts';

export interface RestoreParts {
  readonly root: string;
  readonly blobs: Blobs;
  readonly guard: PathGuard;
  /** Whether a folder came to be under the session; such a folder goes when a rewind empties it. */
  readonly made: (folder: Path) => boolean;
  /** What no checkpoint holds. */
  readonly skip: (path: Path) => boolean;
}

/** What a path has after it was dealt with, or why it was left as it is. */
type Result = { readonly now: Blob | null; readonly merged: boolean } | { readonly left: string; readonly conflict?: true };

/** What went to make room for files. */
interface MadeRoom {
  readonly moved: MovedPath[];
  readonly emptied: Path[];
}

/** Paths that are dealt with together, and bytes of content: so many files may lie beside their places when the power fails, so many folders are open, and so many bytes are in memory. */
const [mostItems, mostBytes] = [64, 32 * 1024 * 1024];

/**
 * Brings paths back. A path that is neither as the session left it nor as it shall be is the user's: it gets a
 * three-way merge or stays. Every path is looked at again afterwards; one that does not have what it should is left.
 */
export async function restorePaths(parts: RestoreParts, items: readonly RestoreItem[]): Promise<RestoreOutcome> {
  const room: MadeRoom = { moved: [], emptied: [] };
  const unique = [...new Map(items.map((item) => [item.path, item])).values()];
  const [results, pace] = [new Map<Path, Result>(), new Pace()];
  for (const { path } of unique) {
    if (pace.due) await pace.rest();
    const why = refusesRestoring(path);
    if (why !== undefined) results.set(path, { left: why });
  }
  const allowed = unique.filter((item) => !results.has(item.path));
  // What goes makes room for what comes: a file where a folder was, a folder where a link was.
  const going = [...byFolder(allowed.filter((one) => one.target === null), ({ path }) => path).values()].flat();
  for (let from = 0; from < going.length; from += mostItems) await removeAll(parts, going.slice(from, from + mostItems), results);
  for await (const batch of batches(parts.blobs, allowed)) await bringAll(parts, batch, results, room);
  return { ...(await verified(parts, new Map(unique.flatMap(({ path }) => entryOf(results, path))))), ...(room.moved.length === 0 ? {} : { moved: room.moved }), ...(room.emptied.length === 0 ? {} : { emptied: room.emptied }) };
}

const entryOf = (results: ReadonlyMap<Path, Result>, path: Path): [Path, Result][] => {
  const result = results.get(path);
  return result === undefined ? [] : [[path, result]];
};

/** What comes back, with its content, folder by folder. Throws for a content that is not what its id says. */
async function* batches(blobs: Blobs, items: readonly RestoreItem[]): AsyncGenerator<readonly Coming[]> {
  const sorted = [...byFolder(items, ({ path }) => path).values()].flat().flatMap((item) => (item.target === null ? [] : [{ ...item, target: item.target }]));
  const next = sorted.values();
  let [batch, bytes]: [Coming[], number] = [[], 0];
  for await (const content of blobs.readAll(sorted.map((item) => item.target.oid), Number.POSITIVE_INFINITY)) {
    const item = next.next().value;
    if (item === undefined || content === undefined || gitObject('blob', content).oid !== item.target.oid) throw new Error(`the checkpoint store answered other bytes for ${item?.path}`);
    batch.push({ ...item, content });
    bytes += content.length;
    if (batch.length < mostItems && bytes < mostBytes) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** What is as the session left it together, everything else by itself. */
async function removeAll(parts: RestoreParts, items: readonly RestoreItem[], results: Map<Path, Result>): Promise<void> {
  const gone = await removePlain(parts.root, items.flatMap(({ path, expected }) => (expected === null ? [] : [{ path, expected }])));
  for (const path of gone) results.set(path, { now: null, merged: false });
  for (const [path] of byFolder(gone, (one) => one).values()) if (path !== undefined) await removeEmptied(parts, path);
  for (const item of items) if (!gone.has(item.path)) results.set(item.path, await removeOne(parts, item));
}

/** The same. */
async function bringAll(parts: RestoreParts, items: readonly Coming[], results: Map<Path, Result>, room: MadeRoom): Promise<void> {
  const back = await bringPlain(parts.root, items, (path) => parts.guard.isSecret(path));
  for (const { path, target } of items) if (back.has(path)) results.set(path, { now: target, merged: false });
  for (const item of items) if (!results.has(item.path)) results.set(item.path, await bringOne(parts, item, room));
}

async function removeOne(parts: RestoreParts, item: RestoreItem): Promise<Result> {
  const state = await lookAt(parts.root, item.path);
  const current = isNoFile(state) ? null : contentOf(state);
  if (current === undefined) return { left: `there is ${stateInWords(state)} in its place` };
  const step = decideRestore(null, item.expected, current);
  if (step.do === 'leave') return { left: step.why };
  if (current === null) return { now: null, merged: false };
  const hindrance = await change(parts.root, item.path, false, (place, name) => removeFile(place, name, current));
  if (hindrance !== undefined) return { left: hindrance };
  await removeEmptied(parts, item.path);
  return { now: null, merged: false };
}

async function bringOne(parts: RestoreParts, item: Coming, room: MadeRoom): Promise<Result> {
  const found = await lookAt(parts.root, item.path);
  // Where the session left nothing, a folder without anything that a checkpoint holds must not keep the file away.
  const { state, to, emptied = [] } = item.expected === null ? await roomAt(parts.root, item.path, found, parts.skip) : { state: found };
  if (to !== undefined) room.moved.push({ path: item.path, to });
  room.emptied.push(...emptied);
  const current = contentOf(state);
  if (current === undefined) return { left: `there is ${stateInWords(state)} in its place` };
  const step = decideRestore(item.target, item.expected, current);
  if (step.do === 'leave') return { left: step.why };
  if (step.do === 'nothing') return { now: item.target, merged: false };
  const next = await nextContent(parts, item, step, current);
  if ('left' in next) return next;
  const now = { oid: gitObject('blob', next.bytes).oid, mode: next.mode };
  // A merge may come to what is there.
  if (sameBlob(current, now)) return { now, merged: step.do === 'merge' };
  const hindrance = await change(parts.root, item.path, true, (place, name) => putFile(place, name, { ...next, secret: parts.guard.isSecret(item.path) }, current));
  return hindrance === undefined ? { now, merged: step.do === 'merge' } : { left: hindrance };
}

/** The bytes and mode that a step asks for, or why a merge does not come out clean. */
async function nextContent(parts: RestoreParts, item: Coming, step: RestoreStep, current: Blob | null): Promise<{ readonly bytes: Buffer; readonly mode: Blob['mode'] } | { readonly left: string; readonly conflict?: true }> {
  if (step.do !== 'merge' || step.content === 'target') return { bytes: item.content, mode: step.do === 'merge' ? step.mode : item.target.mode };
  const here = current === null ? undefined : await readHere(parts.root, item.path, current);
  if (here === undefined) return { left: 'it is being changed' };
  if (step.content === 'current') return { bytes: here, mode: step.mode };
  const merged = mergeTexts(here, await parts.blobs.read(item.expected?.oid ?? ''), item.content);
  if ('bytes' in merged) return { bytes: merged.bytes, mode: step.mode };
  return 'conflicts' in merged ? { left: conflictInWords(merged.conflicts), conflict: true } : { left: merged.hindrance };
}

/** The bytes that a path has; undefined where they are not those of `current` at this moment. */
export async function readHere(root: string, path: Path, current: Blob): Promise<Buffer | undefined> {
  const entered = await inFolder(root, parentOf(path), false, async (place) => readSmall(onDisk(place, nameOf(path))));
  const here = 'value' in entered ? entered.value.object : undefined;
  return here?.oid === current.oid ? here.body : undefined;
}

/** Nothing that a tree would name by this path: a folder is named by what is in it. */
export const isNoFile = (state: FileState): boolean => state.kind === 'missing' || state.kind === 'unreachable' || state.kind === 'folder';

/** Undefined where no file content can be compared: a folder, a device, something unreadable. */
export function contentOf(state: FileState): Blob | null | undefined {
  if (state.kind === 'missing') return null;
  return state.kind === 'file' ? state.blob : undefined;
}

/** Removes the folders above a deleted file that the session made and that are empty now; never one that was there before. */
async function removeEmptied(parts: RestoreParts, path: Path): Promise<void> {
  for (const folder of ancestorsOf(path)) if (!parts.made(folder) || !(await removeFolder(parts.root, folder))) return;
}

async function verified(parts: RestoreParts, results: ReadonlyMap<Path, Result>): Promise<RestoreOutcome> {
  const [restored, merged, left]: [Path[], Path[], LeftPath[]] = [[], [], []];
  const now = new Map<Path, Blob | null>();
  const states = await lookAtAll(parts.root, results.keys());
  for (const [path, result] of results) {
    if ('left' in result) left.push({ path, why: result.left, ...(result.conflict === true ? { conflict: true } : {}) });
    else {
      const state = states.get(path) ?? { kind: 'missing' };
      const asWanted = result.now === null ? isNoFile(state) : isState(state, result.now);
      if (!asWanted) left.push({ path, why: `it was written, but there is ${stateInWords(state)} now` });
      else {
        (result.merged ? merged : restored).push(path);
        now.set(path, result.now);
      }
    }
  }
  return { restored: restored.sort(), merged: merged.sort(), left, now };
}
