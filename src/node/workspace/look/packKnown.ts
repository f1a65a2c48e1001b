import type { Path } from '../../../core/session/changes.ts';
import { eachOf } from '../common/eachOf.ts';
import type { Intake } from '../store/intake.ts';
import { Queue } from '../common/queue.ts';
import { ahead, type ReadThreads } from './readThreads.ts';
import type { StateTable } from '../store/stateTable.ts';

/** A content that is known but was not found. */
export interface Missed {
  readonly path: Path;
  readonly oid: string;
}

/** What a thread gets at a time: files, and bytes of content. */
const [batchFiles, batchBytes] = [256, 2 * 1024 * 1024];

/** Packs all contents of a table that are in no pack of ours, from the files. Answers those that their files have no more. */
export async function packKnown(threads: ReadThreads, table: StateTable, intake: Intake): Promise<readonly Missed[]> {
  const [missed, taking]: [Missed[], Queue] = [[], new Queue()];
  await eachOf(batches(table, intake), threads.count * ahead, async (places) => {
    const { packed, ends } = await threads.pack({ records: Buffer.concat(places.map((place) => table.image(place, place + 1))) });
    const entries = Buffer.from(packed.buffer);
    await taking.run(async () => {
      for (const [at, place] of places.entries()) {
        const [from, to, oid] = [at === 0 ? 0 : (ends[at - 1] ?? 0), ends[at] ?? 0, table.entryAt(place).blob?.oid ?? ''];
        if (to > from) await intake.addPacked(oid, entries.subarray(from, to));
        else if (!intake.has(oid)) missed.push({ path: table.pathAt(place), oid });
      }
    });
  });
  return missed;
}

function* batches(table: StateTable, intake: Intake): Generator<readonly number[]> {
  let [places, bytes]: [number[], number] = [[], 0];
  for (let place = 0; place < table.size; place += 1) {
    const oid = table.entryAt(place).blob?.oid;
    if (oid === undefined || intake.has(oid)) continue;
    places.push(place);
    bytes += table.heldBytes(place) ?? 0;
    if (places.length < batchFiles && bytes < batchBytes) continue;
    yield places;
    [places, bytes] = [[], 0];
  }
  if (places.length > 0) yield places;
}
