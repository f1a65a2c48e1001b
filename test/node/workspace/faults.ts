import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const watched = ['open', 'rename', 'link', 'unlink', 'symlink', 'mkdir', 'rmdir', 'rm', 'writeFile'] as const;
type Watched = (typeof watched)[number];

/** The same calls without a promise; an `openSync` that only reads changes nothing. */
const changesAtOnce = (name: Watched, args: readonly unknown[]): boolean => name !== 'open' || (typeof args[1] === 'string' && args[1] !== 'r');

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
  // What `before` does itself is none of it.
  let inside = false;
  const calls = fs as unknown as Record<`${Watched}Sync`, (...args: unknown[]) => unknown>;
  const originalsAtOnce = watched.map((name) => [name, calls[`${name}Sync`]] as const);
  for (const [name, original] of originalsAtOnce) {
    calls[`${name}Sync`] = (...args) => {
      if (!inside && changesAtOnce(name, args)) {
        inside = true;
        try { before(name, args); } finally { inside = false; }
      }
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    for (const [name, original] of originals) promises[name] = original;
    for (const [name, original] of originalsAtOnce) calls[`${name}Sync`] = original;
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

/** Calls `after` with the open file once it is on the disk, before the code under test hears of it, for as long as `work` runs. */
export async function syncing<Result>(after: (descriptor: number) => void, work: () => Promise<Result>): Promise<Result> {
  const handle = await fs.promises.open('.');
  const prototype = Object.getPrototypeOf(handle) as { sync: () => Promise<void> };
  await handle.close();
  const [{ sync }, { fsync }] = [prototype, fs];
  prototype.sync = async function (this: fs.promises.FileHandle) {
    await sync.call(this);
    after(this.fd);
  };
  const calls: { fsync: unknown } = fs;
  calls.fsync = (descriptor: number, done: fs.NoParamCallback) => fsync(descriptor, (error) => {
    if (error === null) after(descriptor);
    done(error);
  });
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    prototype.sync = sync;
    calls.fsync = fsync;
    syncBuiltinESMExports();
  }
}
