import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Blob, Path, TreeId, Write } from '../../../src/core/session/changes.ts';
import { decodeBytes, encodeText } from '../../../src/node/workspace/common/bytes.ts';
import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import type { TestRepo } from '../../support/repo.ts';
import { open } from './opened.ts';

/** A repository of some kind, what a session changes in it, and what must be said of it. */
export interface Odd {
  readonly repo: TestRepo;
  /** New contents by path, null: deleted. */
  readonly edits: Readonly<Record<Path, string | Buffer | null>>;
  /** What every checkpoint says that it does not hold. */
  readonly notCovered?: readonly string[];
  /** What a commit has in place of the bytes on the disk; null: the path is not in it, and the answer says so. */
  readonly committed?: Readonly<Record<Path, string | Buffer | null>>;
  /** Paths that a commit has as they are on the disk although git would change them; the answer says so. */
  readonly unfiltered?: readonly Path[];
  /** Why no branch can be made. */
  readonly noBranch?: RegExp;
  /** Why no patch can be made either. */
  readonly noPatch?: RegExp;
  /** `git apply` here would change what the patch says, such as line ends. */
  readonly patchElsewhere?: true;
}

const place = (repo: TestRepo, file: Path): Buffer => encodeText(`${repo.root}/${file}`);

/** Kind, mode, time and content of everything in the temporary folder but the store, git folders included; names as bytes in latin1. */
function everything(repo: TestRepo): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: Buffer): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }) as unknown as fs.Dirent<Buffer>[]) {
      const at = Buffer.concat([folder, Buffer.from('/'), entry.name]);
      const name = at.toString('latin1').slice(repo.outside.length + 1);
      if (name === 'store' || /(^|\/)(refs\/heads\/bounded|logs\/refs\/heads\/bounded|objects)(\/|$)/.test(name)) continue;
      const stats = fs.lstatSync(at, { bigint: true });
      // Beyond what the system takes as one path there is nothing to be seen from here.
      if (entry.isDirectory() && at.length < 3800) visit(at);
      const content = stats.isFile() && stats.size < 1n << 24n ? createHash('sha1').update(fs.readFileSync(at)).digest('hex') : stats.isSymbolicLink() ? fs.readlinkSync(at, 'latin1') : '';
      // The branch that is kept has a log of its own.
      if (entry.isDirectory() && /\.git\/logs(\/refs(\/heads)?)?$/.test(name)) continue;
      found[name] = entry.isDirectory() ? `${stats.mode}` : `${stats.mode} ${stats.mtimeNs} ${content}`;
    }
  };
  visit(Buffer.from(repo.outside));
  return found;
}

/** The same without the times of these paths: what came back is written anew. */
function timeless(repo: TestRepo, state: Record<string, string>, paths: readonly Path[]): Record<string, string> {
  const names = new Set(paths.map((file) => place(repo, file).toString('latin1').slice(repo.outside.length + 1)));
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, names.has(name) ? value.replace(/ \d+ /, ' ') : value]));
}

/** Writes and deletes files, whatever bytes their names have. */
export function edit(repo: TestRepo, edits: Odd['edits']): void {
  for (const [file, content] of Object.entries(edits)) {
    if (content === null) fs.rmSync(place(repo, file));
    else {
      fs.mkdirSync(encodeText(path.posix.dirname(`${repo.root}/${file}`)), { recursive: true });
      const mode = fs.lstatSync(place(repo, file), { throwIfNoEntry: false })?.mode ?? 0o600;
      // A file that is read-only is no hindrance for its owner.
      if ((mode & 0o200) === 0) fs.chmodSync(place(repo, file), mode | 0o200);
      fs.writeFileSync(place(repo, file), content);
      if ((mode & 0o200) === 0) fs.chmodSync(place(repo, file), mode);
    }
  }
}

const bytesAt = (repo: TestRepo, file: Path): Buffer | null => (fs.lstatSync(place(repo, file), { throwIfNoEntry: false }) === undefined ? null : fs.readFileSync(place(repo, file)));
const wanted = (content: string | Buffer | null): Buffer | null => (content === null ? null : Buffer.from(content));

/**
 * A whole session as the work tree sees it: base, changes, a hunk and a file back and forth, everything back by another process, everything
 * forth again, then branch, squash and patch. Whatever the session did not change keeps bytes, mode and time all along.
 */
export async function playOdd({ repo, edits, notCovered = [], committed = {}, unfiltered = [], noBranch, noPatch, patchElsewhere }: Odd): Promise<void> {
  const paths = Object.keys(edits).sort();
  const before = everything(repo);
  const workspace = await open(repo);
  const [base, dirty, head] = [await workspace.capture(), await workspace.dirty(), await workspace.head()];
  assert.deepEqual(base.notCovered, notCovered);
  edit(repo, edits);
  const after = (await workspace.capture()).tree;
  const diffs = await workspace.diff(base.tree, after);
  assert.deepEqual(diffs.map((diff) => diff.path), paths);

  await hunkBackAndForth(workspace, repo, base.tree, after);
  const again = await open(repo);
  await restoreAll(again, paths, after, base.tree);
  assert.equal((await again.capture()).tree, base.tree);
  assert.deepEqual(timeless(repo, everything(repo), paths), timeless(repo, before, paths));
  await restoreAll(again, paths, base.tree, after);
  for (const file of paths) assert.deepEqual(bytesAt(repo, file), wanted(edits[file] ?? null), file);

  const writes = diffs.map((diff): Write => ({ ...diff, by: 'command', call: 'c', phase: 'minimal-hook', attempt: 1, turn: 1 }));
  const work = { name: 'odd', base: base.tree, dirty, steps: [{ tree: after, message: 'work', seconds: 1_700_000_000, writes }], ...(head.commit === undefined ? {} : { head: head.commit }) };
  const state = everything(repo);
  if (noBranch !== undefined) await assert.rejects(workspace.keepBranch(work), { name: 'NotKept', message: noBranch });
  else {
    const kept = [await workspace.keepBranch(work), await again.squash(work, 'work')];
    const left = paths.filter((file) => committed[file] === null);
    for (const { branch, leftOut, unfiltered: others } of kept) {
      assert.deepEqual([[...leftOut].sort(), [...others].sort()], [left, unfiltered]);
      for (const file of paths) assert.deepEqual(inCommit(repo, branch, file), left.includes(file) ? inCommit(repo, 'HEAD', file) : wanted(committed[file] ?? edits[file] ?? null), file);
    }
  }
  if (noPatch !== undefined) await assert.rejects(workspace.patch(base.tree, after), { name: 'NotKept', message: noPatch });
  else if (patchElsewhere !== true) execFileSync('git', ['apply', '--check', '--reverse', ...(Object.values(committed).includes(null) ? ['--exclude=inner/*'] : [])], { cwd: repo.root, input: await workspace.patch(base.tree, after), env: { PATH: process.env['PATH'], HOME: repo.outside, GIT_CEILING_DIRECTORIES: repo.outside } });
  assert.deepEqual(everything(repo), state, 'but the branch and its objects');
}

async function restoreAll(workspace: KeepingWorkspace, paths: readonly Path[], from: TreeId, to: TreeId): Promise<void> {
  const [left, wants] = [await workspace.entries(from, paths), await workspace.entries(to, paths)];
  const at = (entries: ReadonlyMap<Path, Blob>, file: Path): Blob | null => entries.get(file) ?? null;
  const outcome = await workspace.restore(paths.map((file) => ({ path: file, target: at(wants, file), expected: at(left, file) })));
  assert.deepEqual([outcome.restored, outcome.left], [[...paths].sort(), []]);
}

/** The first hunk of the first text file, and that file as a whole. */
async function hunkBackAndForth(workspace: KeepingWorkspace, repo: TestRepo, base: TreeId, after: TreeId): Promise<void> {
  for (const diff of await workspace.diff(base, after)) {
    const [hunk] = (await workspace.hunks([diff]))[0] ?? [];
    if (hunk === undefined || diff.before === undefined || diff.after === undefined) continue;
    const now = bytesAt(repo, diff.path);
    assert.equal((await workspace.revertHunks(diff.path, [hunk])).ok, true);
    assert.notDeepEqual(bytesAt(repo, diff.path), now);
    await restoreAll(workspace, [diff.path], (await workspace.capture()).tree, after);
    assert.deepEqual(bytesAt(repo, diff.path), now);
  }
}

function inCommit(repo: TestRepo, commit: string, file: Path): Buffer | null {
  const prefix = spawnSync('git', ['rev-parse', '--show-prefix'], { cwd: repo.root, encoding: 'utf8' }).stdout.trim();
  const listed = execFileSync('git', ['ls-tree', '-r', '-z', '--full-tree', commit], { cwd: repo.root }).toString('latin1').split('\0');
  const found = listed.map((line) => /^\d+ blob (\w+)\t([^]*)$/.exec(line)).find((match) => decodeBytes(Buffer.from(match?.[2] ?? '', 'latin1')) === prefix + file);
  return found === undefined || found === null ? null : execFileSync('git', ['cat-file', 'blob', found[1] ?? ''], { cwd: repo.root });
}
