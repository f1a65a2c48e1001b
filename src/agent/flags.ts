import type { SettledFlag } from '../core/session/facts.ts';
import type { Flag } from '../core/session/session.ts';
import type { Run } from './run.ts';

/**
 * The most flags that one record raises, and about the most characters of their hunks: a record is read again at a stretch. What becomes of a flag is a
 * few words, and each record of it goes through all flags that there are.
 */
const most = { flags: 500, characters: 256 * 1024, settled: 5000 };

/** Raises flags as they come, many in one record. Where the process dies in between, those of whole records are raised. Answers all of them. */
export async function raise(run: Run, flags: AsyncIterable<Flag> | Iterable<Flag>): Promise<readonly Flag[]> {
  const raised: Flag[] = [];
  let [batch, characters]: [Flag[], number] = [[], 0];
  const record = async (): Promise<void> => {
    if (batch.length > 0) await run.recorder.record({ type: 'flags/raised', flags: batch });
    raised.push(...batch);
    [batch, characters] = [[], 0];
  };
  for await (const flag of flags) {
    batch.push(flag);
    characters += sizeOf(flag);
    if (batch.length >= most.flags || characters >= most.characters) await record();
  }
  await record();
  return raised;
}

/** Settles flags, many in one record. Records nothing where there are none. */
export async function settle(run: Run, settled: readonly SettledFlag[]): Promise<void> {
  for (let at = 0; at < settled.length; at += most.settled) await run.recorder.record({ type: 'flags/settled', settled: settled.slice(at, at + most.settled) });
}

const sizeOf = ({ hunks }: Flag): number => hunks.reduce((sum, { lines }) => sum + lines.reduce((all, line) => all + line.length, 0), 0);
