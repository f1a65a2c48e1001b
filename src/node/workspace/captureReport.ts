import { createHash } from 'node:crypto';
import type { Path } from '../../core/session/changes.ts';
import type { Look } from './look.ts';
import type { Coverage } from './coverage.ts';
import { permissionsWord } from './permissions.ts';
import { emptyFolder, type Found, type Scan } from './scan.ts';

/** Sentences for people: what a checkpoint does not hold, and why. */
export function notCovered(look: Look, seen: Scan, coverage: Coverage): string[] {
  const unread = [...look.unread].map(([path, why]) => `${path}: ${why}${look.kept.has(path) ? '; its last known content is kept' : ''}`);
  return [
    ...[...coverage.leftOut].map(([path, { why, files }]) => `${path}: ${why} (${files.length} ${files.length === 1 ? 'file' : 'files'})`),
    ...unread,
    ...[...seen.special].filter(([, kind]) => kind !== emptyFolder).map(([path, kind]) => `${path}: a ${kind}`),
    ...seen.repositories.map((folder) => `${folder}/.git: a repository of its own`),
  ].sort();
}

/** What is in the work tree beside the checkpoint's content, each with a digest or a word, so that a change there is noticed. */
export function besides(look: Look, seen: Scan, coverage: Coverage): Record<Path, string> {
  const all: [Path, string][] = [
    ...Array.from(seen.permissions, ([path, bits]): [Path, string] => [path, permissionsWord(bits)]),
    ...seen.special, ...look.unread, ...seen.repositories.map((folder): [Path, string] => [`${folder}/.git`, 'repository']),
    ...[...coverage.leftOut].map(([path, { files }]): [Path, string] => [path, fingerprint(files)]),
    ...coverage.outgrown.map((file): [Path, string] => [file.path, fingerprint([file])]),
  ];
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Changes when any of the files does, by what the system notes of them; contents are not read. */
function fingerprint(files: readonly Found[]): string {
  const hash = createHash('sha256');
  for (const line of files.map((file) => `${file.path}\0${file.key}\n`).sort()) hash.update(line);
  return hash.digest('hex');
}

