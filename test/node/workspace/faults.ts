import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const watched = ['open', 'rename', 'link', 'unlink', 'symlink', 'mkdir', 'rmdir', 'rm', 'writeFile'] as const;
type Watched = (typeof watched)[number];

/** Calls `before` ahead of each change that the code under test asks of the file system, for as long as `work` runs. */
export async function watching<Result>(before: (name: Watched, args: readonly unknown[]) => void, work: () => Promise<Result>): Promise<Result> {
  const promises = fs.promises as unknown as Record<Watched, (...args: unknown[]) => Promise<unknown>>;
  const originals = watched.map((name) => [name, promises[name]] as const);
  for (const [name, original] of originals) {
    promises[name] = async (...args) => {
      before(name, args);
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    for (const [name, original] of originals) promises[name] = original;
    syncBuiltinESMExports();
  }
}

/** Lets the first `allowed` changes happen; every later one fails, as if the process had died. Answers how many were asked for. */
export async function dyingAfter(allowed: number, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const before = () => {
    count += 1;
    if (count > allowed) throw new Error('the process has died');
  };
  await watching(before, work).catch(() => undefined);
  return count;
}
