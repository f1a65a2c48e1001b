import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import fc from 'fast-check';
import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import type { TestRepo } from '../../support/repo.ts';
import { dyingAfter } from './faults.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const files = { 'a.txt': 'a', 'b.txt': 'b', 'd/c.txt': 'c' };

/** Writes a file as a file tool does. */
async function tool(workspace: KeepingWorkspace, file: string, content: string): Promise<boolean> {
  const found = await workspace.read(file);
  const done = await workspace.apply({ kind: 'write', path: file, content, ...(found.kind === 'text' || found.kind === 'binary' ? { expected: found.blob } : {}) });
  return done.ok;
}

async function contents(workspace: KeepingWorkspace, tree: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const [file, blob] of [...(await workspace.entries(tree))].sort(([a], [b]) => (a < b ? -1 : 1))) all[file] = `${blob.mode} ${await workspace.blobText(blob)}`;
  return all;
}

/** The content of the work tree by a process that has never seen it, in a store of its own. */
async function afresh(repo: TestRepo): Promise<string> {
  const store = fs.mkdtempSync(path.join(repo.outside, 'fresh-'));
  return (await (await open({ ...repo, store })).capture()).tree;
}

describe('a checkpoint of what was written', () => {
  afterEach(removeRepos);

  it('holds the written file, says that it covers no more, and lists no folder of the work tree', async () => {
    const repo = newRepo(files);
    const workspace = await open(repo);
    const before = await workspace.capture();
    assert.equal(before.covers, 'everything');
    await tool(workspace, 'a.txt', 'changed');
    await tool(workspace, 'new/deep/x.txt', 'new');
    const { readdirSync } = fs;
    const listed: string[] = [];
    Object.assign(fs, { readdirSync: (...args: [string]) => {
      if (!String(args[0]).includes('/.git')) listed.push(String(args[0]));
      return readdirSync(...args);
    } });
    syncBuiltinESMExports();
    try {
      const narrow = await workspace.captureWritten([]);
      assert.deepEqual([narrow.covers, listed], ['written', []]);
      assert.deepEqual(await contents(workspace, narrow.tree), { 'a.txt': '100644 changed', 'b.txt': '100644 b', 'd/c.txt': '100644 c', 'new/deep/x.txt': '100644 new' });
    } finally {
      Object.assign(fs, { readdirSync });
      syncBuiltinESMExports();
    }
    assert.equal((await workspace.capture()).tree, await afresh(repo));
  });

  it('leaves everything else as it was seen last; the next look at everything finds what changed meanwhile', async () => {
    const repo = newRepo(files);
    const workspace = await open(repo);
    await workspace.capture();
    await tool(workspace, 'a.txt', 'tool');
    repo.write('b.txt', 'user');
    repo.write('users.txt', 'user');
    fs.rmSync(repo.at('d'), { recursive: true });
    const narrow = await workspace.captureWritten([]);
    assert.deepEqual(await contents(workspace, narrow.tree), { 'a.txt': '100644 tool', 'b.txt': '100644 b', 'd/c.txt': '100644 c' });
    const whole = await workspace.capture();
    assert.deepEqual((await workspace.diff(narrow.tree, whole.tree)).map((diff) => diff.path), ['b.txt', 'd/c.txt', 'users.txt']);
    assert.deepEqual([whole.covers, whole.tree], ['everything', await afresh(repo)]);
  });

  it('looks at a path that is named though nobody wrote it', async () => {
    const repo = newRepo(files);
    const workspace = await open(repo);
    const base = await workspace.capture();
    repo.write('b.txt', 'user');
    assert.equal((await workspace.captureWritten([])).tree, base.tree);
    const named = await workspace.captureWritten(['b.txt']);
    assert.deepEqual([named.covers, (await workspace.diff(base.tree, named.tree)).map((diff) => diff.path)], ['written', ['b.txt']]);
    fs.rmSync(repo.at('b.txt'));
    const gone = await workspace.captureWritten(['b.txt', 'never/there.txt']);
    assert.deepEqual([gone.covers, Object.keys(await contents(workspace, gone.tree))], ['written', ['a.txt', 'd/c.txt']]);
    repo.write('b.txt', 'user');
    assert.equal((await workspace.captureWritten(['b.txt'])).tree, named.tree);
  });

  it('takes a write that was refused for none: whoever changed that path, it was not the tool', async () => {
    const repo = newRepo(files);
    const workspace = await open(repo);
    const base = await workspace.capture();
    const stale = (await workspace.read('a.txt'));
    repo.write('a.txt', 'user');
    const done = await workspace.apply({ kind: 'write', path: 'a.txt', content: 'tool', ...(stale.kind === 'text' ? { expected: stale.blob } : {}) });
    assert.equal(done.ok, false);
    assert.equal((await workspace.captureWritten([])).tree, base.tree);
  });

  it('looks at what rewinds brought back, too', async () => {
    const repo = newRepo(files);
    const workspace = await open(repo);
    const base = await workspace.capture();
    repo.write('a.txt', 'session');
    const left = await workspace.capture();
    const [diff] = await workspace.diff(base.tree, left.tree);
    await workspace.restore([{ path: 'a.txt', target: diff?.before ?? null, expected: diff?.after ?? null }]);
    const back = await workspace.captureWritten([]);
    assert.deepEqual([back.covers, back.tree], ['written', base.tree]);
  });

  it('reads git\'s control files each time', async () => {
    const repo = newRepo(files);
    const workspace = await open(repo);
    const before = (await workspace.capture()).control;
    repo.git('config', 'core.pager', 'evil');
    assert.notEqual((await workspace.captureWritten([])).control['config'], before['config']);
  });

  it('removes a folder that came with it when a rewind empties it', async () => {
    const repo = newRepo(files);
    const workspace = await open(repo);
    await workspace.capture();
    await tool(workspace, 'made/x.txt', 'x');
    const { tree } = await workspace.captureWritten([]);
    const blob = (await workspace.entries(tree)).get('made/x.txt') ?? null;
    assert.deepEqual((await workspace.restore([{ path: 'made/x.txt', target: null, expected: blob }])).restored, ['made/x.txt']);
    assert.equal(repo.exists('made'), false);
  });

  for (const [what, change, at = 'd/c.txt'] of [
    ['a link', (repo: TestRepo) => { fs.rmSync(repo.at('d/c.txt')); fs.symlinkSync('../a.txt', repo.at('d/c.txt')); }],
    ['a link above it', (repo: TestRepo) => { fs.renameSync(repo.at('d'), repo.at('e')); fs.symlinkSync('e', repo.at('d')); }],
    ['a folder', (repo: TestRepo) => { fs.rmSync(repo.at('d/c.txt')); repo.write('d/c.txt/x', 'x'); }],
    ['a file below what was one', (repo: TestRepo) => { fs.rmSync(repo.at('b.txt')); repo.write('b.txt/x', 'x'); }, 'b.txt/x'],
    ['a file where a folder was', (repo: TestRepo) => { fs.rmSync(repo.at('d'), { recursive: true }); repo.write('d', 'x'); }, 'd'],
    ['permissions of its own', (repo: TestRepo) => fs.chmodSync(repo.at('d/c.txt'), 0o600)],
    ['a large new file', (repo: TestRepo) => repo.write('large', Buffer.alloc(300_000)), 'large'],
    ['a pipe', (repo: TestRepo) => { fs.rmSync(repo.at('d/c.txt')); execFileSync('mkfifo', [repo.at('d/c.txt')]); }],
  ] as const satisfies readonly (readonly [string, (repo: TestRepo) => void, string?])[]) {
    it(`looks at everything where there is ${what}`, async () => {
      const repo = newRepo(files);
      const workspace = await open(repo);
      await workspace.capture();
      change(repo);
      repo.write('elsewhere.txt', 'user');
      const capture = await workspace.captureWritten([at]);
      assert.deepEqual([capture.covers, capture.tree], ['everything', await afresh(repo)]);
    });
  }

  it('looks at everything in a process that has not done so yet, and where too many paths are named', async () => {
    const repo = newRepo(files);
    await (await open(repo)).capture();
    repo.write('b.txt', 'user');
    const workspace = await open(repo);
    assert.deepEqual([(await workspace.captureWritten(['a.txt'])).covers, (await workspace.captureWritten(Array.from({ length: 65 }, (_, n) => `${n}`))).covers], ['everything', 'everything']);
  });

  it('leaves scratch and .bounded out as every look does', async () => {
    const repo = newRepo(files);
    const workspace = await open(repo, { scratch: ['coverage/**'] });
    const { tree } = await workspace.capture();
    repo.write('coverage/x', 'x');
    repo.write('.bounded/y', 'y');
    assert.equal((await workspace.captureWritten(['coverage/x', '.bounded/y'])).tree, tree);
  });

  it('that fails at any step changes nothing of what is known: the next look is right, in the same process', async function () {
    this.timeout(120_000);
    for (const narrow of [true, false]) {
      for (let allowed = 0; ; allowed += 1) {
        const repo = newRepo(files);
        const workspace = await open(repo);
        await workspace.capture();
        await tool(workspace, 'a.txt', 'tool');
        const asked = await dyingAfter(allowed, () => (narrow ? workspace.captureWritten([]) : workspace.capture()));
        const next = allowed % 2 === 0 ? await workspace.capture() : await workspace.captureWritten([]);
        assert.equal(next.tree, await afresh(repo), `after ${allowed} steps`);
        assert.equal((await contents(await open(repo), next.tree))['a.txt'], '100644 tool');
        repo.remove();
        if (asked <= allowed) break;
      }
    }
  });

  it('and looks at everything in any order come to the same tree as a process that sees the work tree for the first time', async function () {
    this.timeout(240_000);
    const place = fc.constantFrom('a', 'b', 'dir/a', 'dir/sub/c', 'a/x', 'caf\u00e9', 'dir');
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('tool' as const), at: place, text: fc.constantFrom('', 'one\n', 'two\n') }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('write' as const, 'delete' as const, 'link' as const, 'chmod' as const), at: place, text: fc.constantFrom('user\n', 'one\n') }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('narrow' as const), at: place, text: fc.constant('') }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('whole' as const), at: place, text: fc.constant('') }) },
    );
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const repo = newRepo({ a: 'a\n', 'dir/a': 'a\n' });
      const workspace = await open(repo);
      let known = await contents(workspace, (await workspace.capture()).tree);
      const written = new Set<string>();
      for (const { kind, at, text } of steps) {
        if (kind === 'tool') {
          if (await tool(workspace, at, text)) written.add(at);
        } else if (kind === 'narrow' || kind === 'whole') {
          const capture = kind === 'narrow' ? await workspace.captureWritten([at]) : await workspace.capture();
          const here = await contents(workspace, capture.tree);
          const anew = await open({ ...repo, store: path.join(repo.outside, 'fresh') });
          const truth = await contents(anew, (await anew.capture()).tree);
          if (capture.covers === 'everything') assert.deepEqual(here, truth);
          for (const file of new Set([...Object.keys(here), ...Object.keys(truth), ...Object.keys(known)])) {
            const looked = capture.covers === 'everything' || file === at || written.has(file);
            assert.equal(here[file], looked ? truth[file] : known[file], `${file} after ${kind} ${at}`);
          }
          known = here;
          written.clear();
        } else userDoes(repo, kind, at, text);
      }
      assert.equal((await workspace.capture()).tree, await afresh(repo));
      repo.remove();
    }), { numRuns: 60 });
  });
});

function userDoes(repo: TestRepo, kind: 'write' | 'delete' | 'link' | 'chmod', at: string, text: string): void {
  const linked = (file: string) => {
    try {
      return fs.lstatSync(repo.at(file)).isSymbolicLink();
    } catch {
      return false;
    }
  };
  if (['a', 'dir', 'dir/sub'].some((folder) => at.startsWith(`${folder}/`) && linked(folder))) return;
  try {
    if (kind === 'write' && !linked(at)) repo.write(at, text);
    if (kind === 'delete') fs.rmSync(repo.at(at), { recursive: true });
    if (kind === 'link') fs.symlinkSync('dir', repo.at(at));
    if (kind === 'chmod' && !linked(at)) fs.chmodSync(repo.at(at), 0o755);
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error, String(error));
  }
}
