import fs from 'node:fs';
import path from 'node:path';

/** What a work tree holds, empty folders, permissions and links included, as one word for each path. */
export type Snapshot = Readonly<Record<string, string>>;

/** What a work tree holds now, but for what is git's and Bounded's. */
export function snapshot(root: string): Snapshot {
  const entries = fs.readdirSync(root, { withFileTypes: true, recursive: true });
  const found = entries.flatMap((entry): [string, string][] => {
    const at = path.join(entry.parentPath, entry.name);
    const name = path.relative(root, at);
    return /^\.(git|bounded)(\/|$)/.test(name) ? [] : [[name, wordOf(at)]];
  });
  return Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function wordOf(at: string): string {
  const stats = fs.lstatSync(at);
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? `link ${fs.readlinkSync(at)}` : `${(stats.mode & 0o7777).toString(8)} ${fs.readFileSync(at, 'latin1')}`;
}
