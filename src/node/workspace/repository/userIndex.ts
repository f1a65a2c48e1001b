import type { Path } from '../../../core/session/changes.ts';
import { decodeBytes } from '../common/bytes.ts';
import type { Git } from '../git/git.ts';
import { indexEnvironment, type UserRepository } from './userRepository.ts';

/** What the user's index says of a tracked file. */
export interface IndexEntry {
  readonly oid: string;
  /** The state of the file when git last found it unchanged: size, inode and times as git notes them. */
  readonly stat: string;
  /** Seconds of the last change of the content. */
  readonly mtime: number;
  /** The file is left out of the work tree on purpose, as in a sparse checkout. */
  readonly skipped: boolean;
}

/** The user's index below the workspace folder. Entries of a merge that is not resolved are left out. */
export async function readIndex(git: Git, repository: UserRepository, root: string): Promise<Map<Path, IndexEntry>> {
  const { stdout } = await git.run({ args: ['ls-files', '--stage', '--debug', '-z'], env: indexEnvironment(repository), cwd: root });
  const entries = new Map<Path, IndexEntry>();
  for (const [, oid = '', stage, name = '', ctime, mtime = '', inode, size, flags = ''] of stdout.toString('latin1').matchAll(record)) {
    if (stage !== '0') continue;
    const path = decodeBytes(Buffer.from(name, 'latin1'));
    entries.set(path, { oid, stat: `${size}:${inode}:${mtime}:${ctime}`, mtime: Number(mtime.split(':')[0]), skipped: (Number.parseInt(flags, 16) & skipWorktree) !== 0 });
  }
  return entries;
}

const record = /\d{6} ([0-9a-f]{40}) (\d)\t([^\0]*)\0 {2}ctime: (\d+:\d+)\n {2}mtime: (\d+:\d+)\n {2}dev: \d+\tino: (\d+)\n {2}uid: \d+\tgid: \d+\n {2}size: (\d+)\tflags: ([0-9a-f]+)\n/g;
const skipWorktree = 0x40000000;

/** The same figures of a file on the disk; git keeps 32 bits of each. */
export function indexStat(stats: { readonly size: bigint; readonly ino: bigint; readonly mtimeNs: bigint; readonly ctimeNs: bigint }): string {
  const time = (ns: bigint) => `${BigInt.asUintN(32, ns / 1_000_000_000n)}:${ns % 1_000_000_000n}`;
  return `${BigInt.asUintN(32, stats.size)}:${BigInt.asUintN(32, stats.ino)}:${time(stats.mtimeNs)}:${time(stats.ctimeNs)}`;
}
