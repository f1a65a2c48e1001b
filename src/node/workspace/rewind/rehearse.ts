import type { Rehearsal, RestoreItem } from '../../../agent/ports.ts';
import type { Blob, Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import { decodeBytes, encodeText } from '../common/bytes.ts';
import { otherNamesOf, sameBlob, stateInWords } from '../disk/fileState.ts';
import { type PathGuard, refusesRestoring } from '../disk/guard.ts';
import { conflictInWords, decideRestore, type Merged, mergeTexts } from './merge.ts';
import { gitObject } from '../git/objects.ts';
import { contentOf, isNoFile, readHere } from './restore.ts';
import { emptyInTheWay, inTheWay, lookAt } from './restorePlaces.ts';

interface Parts {
  readonly root: string;
  readonly blobs: Blobs;
  readonly guard: PathGuard;
  /** What no checkpoint holds. */
  readonly skip: (path: Path) => boolean;
}

/** A content on the way through the rounds; `bytes` are at hand where it is neither in the store nor on the disk. */
interface Held {
  readonly blob: Blob;
  readonly bytes?: Buffer;
}

/** A content after one round, or the end of the rehearsal. */
type Round = { readonly held: Held | null; readonly merged?: true } | { readonly end: Omit<Rehearsal, 'path'> };

/**
 * What a restore of one path in rounds would come to, decided by the same rules and without writing anything. `answers` are the texts that a person
 * gave for the conflicts on the way, in order.
 */
export async function rehearse(parts: Parts, path: Path, items: readonly RestoreItem[], answers: readonly string[] = []): Promise<Rehearsal> {
  const why = refusesRestoring(path);
  if (why !== undefined) return { path, does: 'left', why };
  const state = await lookAt(parts.root, path);
  const last = items.at(-1)?.target;
  const found = (items[0]?.target === null || last === null) && isNoFile(state) ? null : contentOf(state);
  // As in a restore: what is as it shall be in the end is not led there by other ways.
  if (found !== undefined && sameBlob(found, last)) return { path, does: 'nothing' };
  const taken = `there is ${stateInWords(state)} in its place`;
  // Where the session left nothing, a restore makes room as far as it may.
  if (found === undefined && items[0]?.expected !== null) return { path, does: 'left', why: taken };
  const inWay = contentOf(state) === undefined ? { inWay: { files: await inTheWay(parts.root, path, parts.skip), why: taken } } : {};
  const emptied = found === undefined && state.kind === 'folder' ? await emptyInTheWay(parts.root, path) : [];
  const start: Held | null = found === undefined || found === null ? null : { blob: found };
  let [held, merged]: [Held | null, boolean] = [start, false];
  const open = [...answers];
  for (const item of items) {
    const round = await oneRound(parts, item, held, open);
    if ('end' in round) return { path, ...round.end, ...inWay, ...(start !== null && held === null && items[0]?.target === null ? { goesFirst: true as const } : {}) };
    held = round.held;
    merged ||= round.merged === true;
  }
  if (start?.blob.oid === held?.blob.oid && start?.blob.mode === held?.blob.mode) return { path, does: 'nothing' };
  return { path, does: merged ? 'merge' : held === null ? 'delete' : 'back', ...inWay, ...otherNamesOf(state), ...(emptied.length === 0 ? {} : { emptied }), ...(held?.bytes === undefined ? {} : { text: decodeBytes(held.bytes), mode: held.blob.mode }) };
}

async function oneRound(parts: Parts, item: RestoreItem, held: Held | null, answers: string[]): Promise<Round> {
  const step = decideRestore(item.target, item.expected, held?.blob ?? null);
  if (step.do === 'leave') return { end: { does: 'left', why: step.why } };
  if (step.do === 'nothing') return { held };
  if (step.do !== 'merge') return { held: item.target === null ? null : { blob: item.target } };
  if (held === null || item.expected === null || item.target === null) throw new Error(`a merge of ${item.path} without its three sides`);
  if (step.content !== 'three-way') return { held: { ...(step.content === 'target' ? { blob: { ...item.target, mode: step.mode } } : { ...held, blob: { ...held.blob, mode: step.mode } }) }, merged: true };
  // Only what is on the disk and was not looked at yet is not in the store.
  const yours = held.bytes ?? (await parts.blobs.read(held.blob.oid).catch(() => undefined)) ?? (await readHere(parts.root, item.path, held.blob));
  if (yours === undefined) return { end: { does: 'left', why: 'it is being changed' } };
  const [base, rewound] = [await parts.blobs.read(item.expected.oid), await parts.blobs.read(item.target.oid)];
  const result = answered(mergeTexts(yours, base, rewound), answers);
  if ('bytes' in result) return { held: { blob: { oid: gitObject('blob', result.bytes).oid, mode: step.mode }, bytes: result.bytes }, merged: true };
  if ('hindrance' in result) return { end: { does: 'left', why: result.hindrance } };
  const sides = { yours: decodeBytes(yours), base: decodeBytes(base), rewound: decodeBytes(rewound), undecided: decodeBytes(result.undecided) };
  return { end: { does: 'conflict', why: conflictInWords(result.conflicts), ...(parts.guard.isSecret(item.path) ? {} : { sides }) } };
}

/** A conflict takes the next answer, where there is one. */
function answered(merged: Merged, answers: string[]): Merged {
  const answer = 'conflicts' in merged ? answers.shift() : undefined;
  return answer === undefined ? merged : { bytes: encodeText(answer) };
}
