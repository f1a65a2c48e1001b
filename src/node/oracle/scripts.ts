import type { OracleRequest } from '../../agent/ports.ts';
import { splitPath, type RootName } from '../../core/contract/rootPath.ts';
import { compileGlobs } from '../../core/guard/globs.ts';
import { cellsOf, commandFor } from '../../core/oracle/cells.ts';
import { changedScripts } from '../../core/oracle/decidingScripts.ts';
import { measuring } from '../../core/oracle/measuredTree.ts';
import type { Blob, Path } from '../../core/session/changes.ts';
import { paced } from '../workspace/common/pace.ts';
import { filesNamed } from './filesNamed.ts';
import type { TreeReader } from './storeReader.ts';

/**
 * What the candidate changed of the scripts that its checks run, in every package.json but those of installed packages.
 * One that is the oracle's is compared with its frozen copy, not here. Contents are read only where a file differs.
 */
export async function scriptsThatChanged(request: OracleRequest, base: ReadonlyMap<Path, Blob>, files: ReadonlyMap<Path, Blob>, roots: readonly RootName[], reader: TreeReader): Promise<readonly string[]> {
  const { scope, frozen, checks } = request;
  const old = (await paced(measuring(await filesNamed(base, isOwnPackage), scope, undefined, roots))).files;
  const own = await filesNamed(files, isOwnPackage);
  const [approved, oracle] = [new Set(frozen?.map(({ path }) => path)), compileGlobs(scope.oracle)];
  const pairs = [...new Set([...old.keys(), ...own.keys()])].sort().map((path) => {
    const now = own.get(path);
    const settled = frozen !== undefined && (approved.has(path) || oracle(path) !== undefined);
    return { path, before: settled ? now : old.get(path), now };
  });
  if (pairs.every(({ before, now }) => before?.oid === now?.oid)) return [];
  const texts = await textsOf(pairs.flatMap(({ before, now }) => [before, now]), reader);
  const commands = checks.flatMap((check) => cellsOf(check).map((cell) => commandFor(check, cell)));
  return changedScripts([...new Set(commands)], pairs.map(({ path, before, now }) => ({ path, top: splitPath(roots, path)?.path === 'package.json', before: texts.get(before?.oid), now: texts.get(now?.oid) })));
}

async function textsOf(blobs: readonly (Blob | undefined)[], reader: TreeReader): Promise<ReadonlyMap<string | undefined, string>> {
  const texts = new Map<string | undefined, string>();
  const oids = new Set(blobs.flatMap((blob) => (blob === undefined ? [] : [blob.oid])));
  for await (const [oid, bytes] of reader.readAll([...oids])) texts.set(oid, bytes.toString('utf8'));
  return texts;
}

function isOwnPackage(name: Path): boolean {
  const parts = name.split('/');
  return parts.at(-1) === 'package.json' && !parts.includes('node_modules');
}
