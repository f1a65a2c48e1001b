import type { OracleRequest } from '../../agent/ports.ts';
import type { RootName } from '../../core/contract/rootPath.ts';
import { compileGlobs } from '../../core/guard/globs.ts';
import { isManifest } from '../../core/oracle/manifests.ts';
import { measuring } from '../../core/oracle/measuredTree.ts';
import type { Blob, Path } from '../../core/session/changes.ts';
import { paced } from '../workspace/common/pace.ts';
import { applyDecoy, type Patched } from './decoyPatch.ts';
import { filesNamed } from './filesNamed.ts';
import { scriptsThatChanged } from './scripts.ts';
import type { TreeReader } from './storeReader.ts';

/** What a run is going to measure, read from the store and decided before anything is written. */
export interface Plan {
  readonly files: ReadonlyMap<Path, Blob>;
  /** Contents that a decoy puts over the files. */
  readonly patched: Patched;
  /** Manifest and lock files that the set-up uses in place of the candidate's; `null` where the base has none. */
  readonly manifests: ReadonlyMap<Path, Blob | null>;
  readonly frozen: readonly Path[];
  readonly tampered: readonly string[];
  readonly unfrozen: readonly Path[];
  /** Whether a path must keep its bytes while a command runs: the oracle's and whatever the session may change. */
  readonly mustKeep: (path: Path) => boolean;
}

/** `roots`: those beside the main one. `null`: the patch does not apply. Throws where the store lacks something. */
export async function planOf(request: OracleRequest, reader: TreeReader, roots: readonly RootName[]): Promise<Plan | null> {
  const { scope, frozen } = request;
  const measured = await paced(measuring(await reader.entries(request.tree), scope, frozen, roots));
  const patched = request.patch === undefined ? new Map<Path, Buffer | null>() : await applyDecoy(request.patch, measured.files, scope, roots, (oid) => reader.read(oid));
  if (patched === null) return null;
  const base = request.baseTree === request.tree ? measured.files : await reader.entries(request.baseTree);
  const fixed = compileGlobs([...scope.oracle, ...scope.change.map((area) => area.glob)]);
  const frozenPaths = new Set((frozen ?? []).map((file) => file.path));
  const scripts = await scriptsThatChanged(request, base, measured.files, roots, reader);
  return {
    files: measured.files, patched, manifests: await manifestsOf(base, measured.files, frozenPaths), frozen: [...frozenPaths], unfrozen: measured.unfrozen,
    tampered: [...measured.tampered, ...scripts],
    mustKeep: (path) => frozenPaths.has(path) || fixed(path) !== undefined,
  };
}

/** Manifests in which base and candidate differ, as the base has them. Frozen ones are the oracle's. */
async function manifestsOf(base: ReadonlyMap<Path, Blob>, files: ReadonlyMap<Path, Blob>, frozen: ReadonlySet<Path>): Promise<ReadonlyMap<Path, Blob | null>> {
  const [before, now] = [await filesNamed(base, isManifest), await filesNamed(files, isManifest)];
  const names = [...new Set([...before.keys(), ...now.keys()])].filter((path) => !frozen.has(path) && before.get(path)?.oid !== now.get(path)?.oid);
  return new Map(names.map((path) => [path, before.get(path) ?? null]));
}
