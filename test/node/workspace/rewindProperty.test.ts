import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { contentsOf } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const places = ['a', 'b', 'dir/a', 'dir/b', 'dir/sub/c', 'other/d', 'a/x', 'odd name "q"', 'UPPER', 'upper'];
const place = fc.constantFrom(...places);
const content = fc.oneof(fc.constantFrom('', 'one\n', 'one\r\ntwo\r\n', 'no end'), fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')));

type Mutation =
  | { readonly kind: 'write'; readonly at: string; readonly content: string }
  | { readonly kind: 'delete'; readonly at: string }
  | { readonly kind: 'chmod'; readonly at: string; readonly on: boolean }
  | { readonly kind: 'link'; readonly at: string; readonly to: string }
  | { readonly kind: 'rename'; readonly at: string; readonly to: string }
  | { readonly kind: 'folder'; readonly at: string };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), at: place, content }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), at: place }) },
  fc.record({ kind: fc.constant('chmod' as const), at: place, on: fc.boolean() }),
  fc.record({ kind: fc.constant('link' as const), at: place, to: fc.constantFrom('a', 'dir', '/etc', 'nowhere') }),
  fc.record({ kind: fc.constant('rename' as const), at: place, to: place }),
  fc.record({ kind: fc.constant('folder' as const), at: place }),
);

/** Does what a command might do. What the file system refuses, as writing below a file, does not happen. */
function mutate(root: string, change: Mutation): void {
  const at = path.join(root, change.at);
  const insideOnly = (file: string) => !fs.existsSync(path.dirname(file)) || fs.realpathSync(path.dirname(file)).startsWith(root);
  try {
    if (!insideOnly(at)) return;
    if (change.kind !== 'chmod' && change.kind !== 'rename') fs.mkdirSync(path.dirname(at), { recursive: true });
    const linked = fs.lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    if (change.kind === 'write' && !linked) fs.writeFileSync(at, Buffer.from(change.content, 'latin1'));
    else if (change.kind === 'delete') fs.rmSync(at, { recursive: true });
    else if (change.kind === 'chmod' && !linked) fs.chmodSync(at, change.on ? 0o755 : 0o644);
    else if (change.kind === 'link') fs.symlinkSync(change.to, at);
    else if (change.kind === 'rename' && insideOnly(path.join(root, change.to))) fs.renameSync(at, path.join(root, change.to));
    else if (change.kind === 'folder') fs.mkdirSync(at, { recursive: true });
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error, String(error));
  }
}

describe('a rewind of random work', () => {
  afterEach(removeRepos);

  it('gives back exactly the tree of before', async function () {
    this.timeout(120_000);
    await fc.assert(fc.asyncProperty(fc.array(mutation, { maxLength: 8 }), fc.array(mutation, { maxLength: 12 }), async (before, session) => {
      const repo = newRepo({ a: 'a\n', 'dir/a': 'a\n' });
      for (const one of before) mutate(repo.root, one);
      const workspace = await open(repo);
      const base = (await workspace.capture()).tree;
      const wanted = contentsOf(repo.root);
      for (const one of session) mutate(repo.root, one);
      const left = (await workspace.capture()).tree;
      const items = (await workspace.diff(base, left)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null }));
      const outcome = await workspace.restore(items);
      assert.deepEqual(outcome.left, []);
      assert.deepEqual(contentsOf(repo.root), wanted);
      assert.equal((await workspace.capture()).tree, base);
      const back = (await workspace.diff(left, base)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null }));
      assert.deepEqual((await workspace.restore(back)).left, []);
      assert.equal((await workspace.capture()).tree, left);
      repo.remove();
    }), { numRuns: 30 });
  });

  it('never loses a byte that the user wrote meanwhile', async function () {
    this.timeout(120_000);
    await fc.assert(fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 10 }), fc.array(mutation, { minLength: 1, maxLength: 5 }), async (session, user) => {
      const repo = newRepo({ a: 'a\n', 'dir/a': 'a\n', 'dir/b': 'b\n' });
      const workspace = await open(repo);
      const base = (await workspace.capture()).tree;
      for (const one of session) mutate(repo.root, one);
      const left = (await workspace.capture()).tree;
      const afterSession = contentsOf(repo.root);
      for (const one of user) mutate(repo.root, one);
      const afterUser = contentsOf(repo.root);
      const safety = (await workspace.capture()).tree;
      const items = (await workspace.diff(base, left)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null }));
      const outcome = await workspace.restore(items);
      const now = contentsOf(repo.root);
      const merged = new Set(outcome.merged);
      const targets = new Map(items.map((item) => [item.path, item]));
      for (const [file, state] of Object.entries(afterUser)) {
        const users = afterSession[file] !== state;
        if (!users || merged.has(file)) continue;
        const target = targets.get(file)?.target;
        const alreadyThere = target !== undefined && target !== null && outcome.restored.includes(file);
        if (!alreadyThere) assert.equal(now[file], state, `${file} was the user's`);
      }
      const back = (await workspace.diff(safety, (await workspace.capture()).tree)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null }));
      assert.deepEqual((await workspace.restore(back)).left, []);
      assert.deepEqual(contentsOf(repo.root), afterUser, 'the rewind can be undone');
      repo.remove();
    }), { numRuns: 30 });
  });
});
