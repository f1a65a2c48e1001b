import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { applyPatch, parsePatch } from 'diff';
import type { Scope } from '../../core/contract/contract.ts';
import { splitPath, type RootName } from '../../core/contract/rootPath.ts';
import { compileGlobs } from '../../core/guard/globs.ts';
import type { Blob, Path } from '../../core/session/changes.ts';

/** Contents that a patch leaves behind where it changes them; `null` where it deletes the file. */
export type Patched = ReadonlyMap<Path, Buffer | null>;

/**
 * Applies a unified diff to the files of a tree, in memory. Every line that it names must be there exactly. `null` where
 * it does not apply, is not only about text, or touches anything but `scope.change`.
 */
export async function applyDecoy(patch: string, files: ReadonlyMap<Path, Blob>, scope: Scope, roots: readonly RootName[], read: (oid: string) => Promise<Buffer>): Promise<Patched | null> {
  const changes = parsed(patch);
  if (changes === null || changes.length === 0) return null;
  const [change, never, oracle] = [compileGlobs(scope.change.map((area) => area.glob)), compileGlobs(scope.never), compileGlobs(scope.oracle)];
  const result = new Map<Path, Buffer | null>();
  const seen = new Set<Path>();
  for (const one of changes) {
    const allowed = change(one.path) !== undefined && never(one.path) === undefined && oracle(one.path) === undefined && splitPath(roots, one.path) !== undefined;
    if (!allowed || seen.has(one.path)) return null;
    seen.add(one.path);
    const content = await patched(one, files.get(one.path), read);
    if (content === undefined) return null;
    if (content !== 'unchanged') result.set(one.path, content);
  }
  return result;
}

/** SHA-256 of what a patch leaves behind, however it is written. */
export function effectOf(patched: Patched): string {
  const contents = [...patched].map(([path, bytes]) => [path, bytes === null ? null : bytes.toString('base64')] as const);
  return createHash('sha256').update(JSON.stringify(contents.sort(([a], [b]) => (a < b ? -1 : 1)))).digest('hex');
}

type FilePatch = ReturnType<typeof parsePatch>[number];

interface FileChange {
  readonly path: Path;
  readonly kind: 'create' | 'modify' | 'delete';
  readonly patch: FilePatch;
}

function parsed(patch: string): readonly FileChange[] | null {
  let files: readonly FilePatch[];
  try {
    files = parsePatch(patch.endsWith('\n') ? patch : `${patch}\n`);
  } catch {
    // Not a unified diff, or one whose counts do not fit its lines.
    return null;
  }
  const changes = files.map(changeOf);
  return changes.includes(null) ? null : changes.filter((one) => one !== null);
}

/** What a part of a patch is about; `null` for renames, binary files and parts without lines. */
function changeOf(patch: FilePatch): FileChange | null {
  const { oldFileName: old, newFileName: now, hunks } = patch;
  if (old === undefined || now === undefined || hunks.length === 0) return null;
  const [before, after] = [named(old, 'a/'), named(now, 'b/')];
  if (old === '/dev/null') return now === '/dev/null' ? null : { path: after, kind: 'create', patch };
  if (now === '/dev/null') return { path: before, kind: 'delete', patch };
  if (before === after) return { path: after, kind: 'modify', patch };
  return old === now ? { path: now, kind: 'modify', patch } : null;
}

function named(name: string, prefix: string): Path {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

async function patched({ kind, patch }: FileChange, blob: Blob | undefined, read: (oid: string) => Promise<Buffer>): Promise<Buffer | 'unchanged' | null | undefined> {
  if ((kind === 'create') !== (blob === undefined) || blob?.mode === '120000') return undefined;
  const bytes = blob === undefined ? Buffer.alloc(0) : await read(blob.oid);
  if (!isUtf8(bytes)) return undefined;
  const text = applyPatch(bytes.toString('utf8'), patch, { fuzzFactor: 0 });
  if (text === false || (kind === 'delete' && text !== '')) return undefined;
  if (kind === 'delete') return null;
  const after = Buffer.from(text, 'utf8');
  return kind === 'modify' && after.equals(bytes) ? 'unchanged' : after;
}
