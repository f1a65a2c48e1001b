import type { Blob, Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import { isWellFormed } from '../common/bytes.ts';
import { modeOf, wholeBytes } from '../disk/content.ts';
import { eachOf } from '../common/eachOf.ts';
import { type KnownFile, readFound } from './fileReader.ts';
import type { Intake } from '../store/intake.ts';
import { Pace } from '../common/pace.ts';
import { Queue } from '../common/queue.ts';
import { executable, type ReadBatch, readOutcome, type ReadReply } from './readLoop.ts';
import { ahead, type ReadThreads, withThreads } from './readThreads.ts';
import type { Found } from './scan.ts';

export interface ReadingParts {
  readonly root: string;
  readonly blobs: Blobs;
  readonly intake: Intake;
  /** What is known of the files so far. */
  readonly known: { get(path: Path): { readonly blob: Blob | undefined } | undefined };
  /** Threads that are running already. */
  readonly threads?: ReadThreads | undefined;
}

export interface ReadFiles {
  readonly fresh: ReadonlyMap<Path, KnownFile>;
  readonly lost: ReadonlySet<Path>;
  /** Files that could not be read, with the reason. */
  readonly unread: ReadonlyMap<Path, string>;
}

/** Fewer files than this are read sooner than threads begin. */
export const worthThreads = 500;
/** What a thread gets at a time: files, and bytes of content. */
const [batchFiles, batchBytes] = [256, 2 * 1024 * 1024];

/** Reads files, many of them by threads. What was read is in the intake. */
export async function readFiles(parts: ReadingParts, due: readonly Found[]): Promise<ReadFiles> {
  const { root, intake, blobs } = parts;
  const fresh = new Map<Path, KnownFile>();
  if (parts.threads !== undefined) await readByThreads(parts, parts.threads, due, fresh);
  else if (due.length > worthThreads) await withThreads({ root, files: due.length }, (threads) => readByThreads(parts, threads, due, fresh));
  const [lost, unread, pace] = [new Set<Path>(), new Map<Path, string>(), new Pace()];
  for (const file of due) {
    if (pace.due) await pace.rest();
    if (fresh.has(file.path)) continue;
    const outcome = await readFound(root, file, intake, blobs);
    if (outcome !== 'gone' && !('unreadable' in outcome)) fresh.set(file.path, outcome);
    else lost.add(file.path);
    if (outcome !== 'gone' && 'unreadable' in outcome) unread.set(file.path, outcome.unreadable);
  }
  return { fresh, lost, unread };
}

/** What threads left is not in `fresh` afterwards. */
async function readByThreads(parts: ReadingParts, threads: ReadThreads, due: readonly Found[], fresh: Map<Path, KnownFile>): Promise<void> {
  const taking = new Queue();
  await eachOf(batches(due), threads.count * ahead, async (files) => {
    const reply = await threads.read(questionOn(files, parts));
    await taking.run(() => take(files, reply, parts.intake, fresh));
  });
}

function* batches(due: readonly Found[]): Generator<readonly Found[]> {
  let [batch, bytes]: [Found[], number] = [[], 0];
  for (const file of due) {
    if (file.link || file.size > wholeBytes || !isWellFormed(file.path)) continue;
    batch.push(file);
    bytes += file.size;
    if (batch.length < batchFiles && bytes < batchBytes) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

function questionOn(files: readonly Found[], { known, intake }: ReadingParts): ReadBatch {
  const stored = (oid: string | undefined) => (oid !== undefined && intake.has(oid) ? oid : '');
  return { paths: files.map((file) => file.path), keys: files.map((file) => file.key), expected: files.map((file) => stored(known.get(file.path)?.blob?.oid)) };
}

async function take(files: readonly Found[], { outcomes, oids, packed, ends }: ReadReply, intake: Intake, fresh: Map<Path, KnownFile>): Promise<void> {
  const [ids, entries] = [Buffer.from(oids.buffer), Buffer.from(packed.buffer)];
  for (const [at, file] of files.entries()) {
    const [outcome, oid] = [(outcomes[at] ?? 0) % executable, ids.toString('hex', at * 20, at * 20 + 20)];
    if (outcome === readOutcome.left) continue;
    if (outcome === readOutcome.packed) await intake.addPacked(oid, entries.subarray(at === 0 ? 0 : ends[at - 1], ends[at]));
    fresh.set(file.path, { blob: { oid, mode: modeOf((outcomes[at] ?? 0) >= executable ? 0o100 : 0) }, key: file.key, racy: file.racy });
  }
}
