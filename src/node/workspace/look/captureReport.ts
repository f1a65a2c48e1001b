import { createHash } from 'node:crypto';
import type { Path } from '../../../core/session/changes.ts';
import type { Coverage } from './coverage.ts';
import type { LeftOutPart } from './leftOutParts.ts';
import type { Look } from './look.ts';
import { permissionsWord } from '../disk/permissions.ts';
import { emptyFolder, type Surroundings } from './scan.ts';

/** What a look has seen, as far as checkpoints do not hold it. */
export interface Beside {
  readonly look: Look;
  readonly coverage: Coverage;
  readonly around: Surroundings;
  readonly parts: ReadonlyMap<Path, LeftOutPart>;
}

/** Sentences for people: what a checkpoint does not hold, and why. */
export function notCovered({ look, around, parts }: Beside): string[] {
  const unread = [...look.unread].map(([path, why]) => `${path}: ${why}${look.kept.has(path) ? '; its last known content is kept' : ''}`);
  return [
    ...[...parts].map(([path, { why, files }]) => `${path}: ${why} (${files} ${files === 1 ? 'file' : 'files'})`),
    ...unread,
    ...[...around.special].filter(([, kind]) => kind !== emptyFolder).map(([path, kind]) => `${path}: a ${kind}`),
    ...[...around.repositories].map((folder) => `${folder}/.git: a repository of its own`),
  ].sort();
}

/** The paths for which an older content stands, where there are any. */
export function outdated({ kept }: Pick<Look, 'kept'>): { readonly outdated?: readonly Path[] } {
  return kept.size === 0 ? {} : { outdated: [...kept].sort() };
}

/** What is in the work tree beside the checkpoint's content, each with a digest or a word, so that a change there is noticed. */
export function besides({ look, coverage, around, parts }: Beside): Record<Path, string> {
  const all: [Path, string][] = [
    ...Array.from(around.permissions, ([path, bits]): [Path, string] => [path, permissionsWord(bits)]),
    ...around.special, ...look.unread, ...[...around.repositories].map((folder): [Path, string] => [`${folder}/.git`, 'repository']),
    ...[...parts].map(([path, { files, digest }]): [Path, string] => [path, `${files} files ${digest}`]),
    ...coverage.outgrown.map((file): [Path, string] => [file.path, createHash('sha256').update(file.key).digest('hex')]),
  ];
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}
