import { execFileSync } from 'node:child_process';
import type { TreeId } from '../../../src/core/session/changes.ts';
import { type Fixture, gitEnvironment } from './fixture.ts';

/** Files read at a time: their bytes are held at once. */
const batch = 5000;

/** How many files of the fixture a tree of the store has with exactly the bytes of the first commit. */
export function recovered(fixture: Fixture, store: string, tree: TreeId): number {
  const git = (args: readonly string[], input: string) =>
    execFileSync('git', args, { cwd: fixture.outside, env: { ...gitEnvironment(fixture.outside), GIT_DIR: store }, input, maxBuffer: 1 << 28 });
  const oids = new Map<string, string>();
  for (const record of git(['ls-tree', '-r', '-z', tree], '').toString('utf8').split('\0')) {
    const [, oid, file] = /^100644 blob (\w+)\t(.+)$/s.exec(record) ?? [];
    if (oid !== undefined && file !== undefined) oids.set(file, oid);
  }
  const expected = fixture.files.flatMap((file, index) => (oids.has(file) ? [{ oid: oids.get(file) ?? '', index }] : []));
  let count = 0;
  for (let from = 0; from < expected.length; from += batch) {
    const part = expected.slice(from, from + batch);
    const output = git(['cat-file', '--batch', '--buffer'], part.map(({ oid }) => `${oid}\n`).join(''));
    let at = 0;
    for (const { oid, index } of part) {
      const wanted = Buffer.from(fixture.content(index, 0));
      const header = Buffer.from(`${oid} blob ${wanted.length}\n`);
      if (!output.subarray(at, at + header.length).equals(header)) break;
      at += header.length;
      if (output.subarray(at, at + wanted.length).equals(wanted)) count += 1;
      at += wanted.length + 1;
    }
  }
  return count;
}
