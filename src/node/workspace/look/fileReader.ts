import type { Blob } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import { hashOf, modeOf, openLarge, readLink, readSmall, wholeBytes } from '../disk/content.ts';
import type { Intake } from '../store/intake.ts';
import { onDisk } from '../disk/places.ts';
import type { Found } from './scan.ts';
import { isGone, isUnreadable, keyOf, unreadableBecause } from '../disk/stats.ts';

/** A file as a checkpoint holds it, and the state of the file that this content is known for. */
export interface KnownFile {
  readonly blob: Blob;
  /** '' when the file kept changing while it was read: it is read again next time. */
  readonly key: string;
  readonly racy: boolean;
}

export type ReadOutcome = KnownFile | 'gone' | { readonly unreadable: string };

/** How often a file that changes while it is read is tried. */
const attempts = 3;

/** Takes the content of one file into the store. */
export async function readFound(root: string, found: Found, intake: Intake, blobs: Blobs): Promise<ReadOutcome> {
  try {
    const place = onDisk(root, found.path);
    if (found.size > wholeBytes && !found.link) return (await readLarge(place, found, intake)) ?? { unreadable: 'it changes while it is read' };
    let content = found.link ? readLink(place) : readSmall(place);
    for (let left = attempts - 1; !found.link && content.key === undefined && left > 0; left -= 1) content = readSmall(place);
    await intake.add(content.object);
    blobs.note(content.object.oid, content.object.body);
    return { blob: { oid: content.object.oid, mode: content.mode }, key: found.link ? found.key : (content.key ?? ''), racy: found.racy || content.key !== found.key };
  } catch (error) {
    if (isGone(error)) return 'gone';
    if (isUnreadable(error)) return { unreadable: unreadableBecause(error) };
    throw error;
  }
}

/** Hashes first: a large file that was only touched does not enter the store again. Undefined if it shrinks each time. */
async function readLarge(place: string | Buffer, found: Found, intake: Intake): Promise<KnownFile | undefined> {
  const { handle, stats } = await openLarge(place);
  try {
    let before = stats;
    for (let left = attempts; left > 0; left -= 1) {
      const size = Number(before.size);
      const hash = await hashOf(handle, size);
      const oid = hash !== undefined && intake.has(hash) ? hash : await intake.addFile(handle, size);
      const after = await handle.stat({ bigint: true });
      const still = keyOf(before) === keyOf(after);
      if (oid !== undefined && (still || left === 1)) {
        return { blob: { oid, mode: modeOf(Number(after.mode)) }, key: still ? keyOf(after) : '', racy: found.racy || keyOf(after) !== found.key };
      }
      before = after;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}
