import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../workspace/git/findProgram.ts';
import type { Hidden } from './systemLayout.ts';

/** Where programs keep keys and tokens in a home folder. */
const credentials = [
  '.ssh', '.gnupg', '.aws', '.azure', '.config', '.kube', '.docker', '.netrc', '.npmrc', '.pypirc', '.git-credentials', '.gitconfig', '.pgpass', '.my.cnf',
  '.cargo/credentials', '.cargo/credentials.toml', '.m2', '.gradle', '.password-store', '.local/share', '.local/state', '.mozilla', '.thunderbird', '.vscode', '.vscode-server',
];

/**
 * The home folder inside a sandbox: an empty one in place of the user's. Where a work tree is the home folder or lies
 * around it, an empty one stands elsewhere, and what would show through is hidden.
 */
export async function homeIn(roots: readonly string[], home: string): Promise<{ readonly at: string; readonly hidden: readonly Hidden[] }> {
  const root = roots.find((folder) => isInside(home, folder));
  if (root === undefined) return { at: home, hidden: [] };
  const closed = home === root ? credentials.map((name) => path.join(home, name)) : [home];
  const found = await Promise.all(closed.map(async (file) => ({ file, stats: await lstat(file).catch(() => undefined) })));
  return { at: '/tmp/home', hidden: found.flatMap(({ file, stats }) => (stats?.isDirectory() === true || stats?.isFile() === true ? [{ path: file, directory: stats.isDirectory() }] : [])) };
}
