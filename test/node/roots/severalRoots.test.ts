import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { withHunks } from '../../../src/agent/hunks.ts';
import { Paused } from '../../../src/agent/run.ts';
import { splitPath } from '../../../src/core/contract/rootPath.ts';
import type { FileDiff } from '../../../src/core/session/changes.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { keepEach } from '../../../src/node/roots/keepEach.ts';
import type { OpenRoot } from '../../../src/node/roots/openRoot.ts';
import { SeveralRoots } from '../../../src/node/roots/severalRoots.ts';
import { openWorkspace } from '../../../src/node/workspace/openWorkspace.ts';
import { makeRepo, repoAt, type TestRepo } from '../../support/repo.ts';

interface Two {
  readonly main: TestRepo;
  readonly api: TestRepo;
  readonly roots: readonly OpenRoot[];
  readonly both: SeveralRoots;
}

const files = { 'README.md': 'one\n', 'src/x.ts': 'a\nb\nc\n', '.env': 'SECRET=1\n' };
let two: Two;

/** `work` and `api` beside each other, each with its store. */
async function open(): Promise<Two> {
  const main = makeRepo(files);
  const root = path.join(main.outside, 'api');
  fs.mkdirSync(root);
  const api = { ...repoAt(root, main.outside), store: path.join(main.outside, 'api-store') };
  api.git('init', '-q', '-b', 'main');
  for (const [file, content] of Object.entries(files)) api.write(file, content);
  const roots = await Promise.all([{ name: '', repo: main }, { name: '../api', repo: api }].map(async ({ name, repo }) => ({
    name, workspace: await openWorkspace({ root: repo.root, store: repo.store, scratch: [], secret: ['.env*'], contractFile: '.bounded/task.bounded.yaml' }),
  })));
  return { main, api, roots, both: new SeveralRoots(roots) };
}

/** Globs that match every file of the roots. */
const everything = ['*', '../api/**', '../web/**'];

describe('the work trees of several roots', () => {
  beforeEach(async () => { two = await open(); });
  afterEach(() => two.main.remove());

  it('take every spelling of a path in a root for that path, and none that leads elsewhere', async () => {
    const { both, main, api } = two;
    fs.symlinkSync('/etc', api.at('etc'));
    fs.symlinkSync('../api/src', main.at('linked'));
    fs.symlinkSync('../../work/src', path.join(api.root, 'src', 'back'));
    fs.mkdirSync(path.join(main.outside, 'api-more'));
    const rows: readonly (readonly [string, string | RegExp])[] = [
      ['src/x.ts', 'src/x.ts'], ['../api/src/x.ts', '../api/src/x.ts'], ['./src/../../api//src/./x.ts', '../api/src/x.ts'], ['..\\api\\src\\x.ts', '../api/src/x.ts'], [api.at('src/x.ts'), '../api/src/x.ts'], ['../work/src/x.ts', 'src/x.ts'], ['../api', '../api'],
      ['../api/../work/src/x.ts', 'src/x.ts'], ['../api/../../etc/passwd', /outside/], ['../api/..', /outside/], ['../api-more/x', /outside/], ['../API/x', /outside/], ['../', /outside/], ['/etc/passwd', /outside/], [`${api.root}-more/x`, /outside/], ['~/../../api/x', /~/], ['file:///../api/x', /address|outside/],
      ['../api/etc/passwd', /link/], ['linked/x.ts', /link/], ['../api/src/back/x.ts', /link/], ['../api/.git/config', /git/], ['../api/a/.GIT/x', /git/], ['../api/a\u202eb', /cannot be seen/], [`../api/${'a'.repeat(300)}`, /too long/],
    ];
    for (const [text, wanted] of rows) {
      const found = await both.resolve(text);
      if (typeof wanted === 'string') assert.deepEqual(found, { path: wanted }, text);
      else assert.match('refused' in found ? found.refused : `resolved to ${found.path}`, wanted, text);
    }
  });

  it('lose what a process that died left beside files, each its own', async () => {
    const { both, main, api } = two;
    const { tree } = await both.capture();
    const left = 'src/.bounded-0123456789ab.tmp';
    for (const repo of [main, api]) repo.write(left, 'half of');
    await both.sweep(tree);
    assert.deepEqual([fs.existsSync(main.at(left)), fs.existsSync(api.at(left)), (await both.capture()).tree], [false, false, tree]);
  });

  it('never resolve to, read or write what is in none of them', async () => {
    const { both, main } = two;
    fs.writeFileSync(path.join(main.outside, 'outside.txt'), 'outside');
    const part = fc.constantFrom('..', '.', 'api', 'work', 'src', 'x.ts', 'outside.txt', '', '.env', '...', 'API');
    await fc.assert(fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 7 }).map((parts) => parts.join('/')), async (text) => {
      const found = await both.resolve(text);
      if ('path' in found) assert.ok(splitPath(['../api'], found.path) !== undefined, `${text} → ${found.path}`);
      const read = await both.read(text);
      assert.ok(read.kind !== 'text' || (read.text !== 'outside' && !read.text.includes('SECRET')), text);
      const done = await both.apply({ kind: 'write', path: `${text}/new`, content: 'x' });
      if (done.ok) fs.rmSync(path.join(main.root, text, 'new'));
    }), { numRuns: 60 });
    assert.deepEqual(fs.readdirSync(main.outside).sort(), ['api', 'api-store', 'outside.txt', 'store', 'work']);
  });

  it('are looked at, compared and searched as one, each path by its name', async () => {
    const { both, main, api } = two;
    const before = await both.capture();
    assert.match(before.tree, /^[0-9a-f]{40}\+[0-9a-f]{40}$/);
    assert.deepEqual([...(await both.entries(before.tree, ['README.md', '../api/README.md', '../web/README.md'])).keys()], ['README.md', '../api/README.md']);
    for (const repo of [main, api]) repo.write('src/x.ts', 'a\nB\nc\n');
    const after = await both.captureWritten(['src/x.ts']);
    assert.equal(after.covers, 'written');
    assert.deepEqual((await both.diff(before.tree, after.tree)).map((diff) => diff.path), ['src/x.ts'], 'only what was asked for is looked at');
    const whole = await both.capture();
    const diffs = await both.diff(before.tree, whole.tree);
    assert.deepEqual(diffs.map(({ path: file, added, removed }) => [file, added, removed]), [['src/x.ts', 1, 1], ['../api/src/x.ts', 1, 1]]);
    const ids = (await both.hunks(diffs)).flat().map(({ id }) => id);
    assert.equal(new Set(ids).size, 2, 'the same change in two roots is two hunks');
    assert.deepEqual((await both.hunks([...diffs].reverse())).flat().map(({ id }) => id), [...ids].reverse());
    assert.deepEqual(await both.countLines('../api/src/x.ts', null, before.tree), { added: 0, removed: 3, binary: false });
    const paths = async (...glob: Parameters<typeof both.glob>) => (await both.glob(...glob)).paths;
    assert.deepEqual(await paths('**'), ['README.md', 'src/x.ts']);
    assert.deepEqual([await paths('../api/**'), await paths('*.ts', '../api'), await paths('../**')], [['../api/README.md', '../api/src/x.ts'], ['../api/src/x.ts'], []]);
    const found = await both.grep('one|SECRET');
    assert.deepEqual('matches' in found ? found.matches.map((match) => match.path) : found, ['README.md', '../api/README.md']);
    assert.deepEqual(Object.keys(before.control).filter((key) => key.endsWith('HEAD')).sort(), ['../api: HEAD', 'HEAD']);
    assert.deepEqual(await both.dirty(), ['src/x.ts', '../api/.env', '../api/README.md', '../api/src/x.ts']);
  });

  it('tell hunks from their stores, also while the folder of one of them is away', async () => {
    const { both, main, api, roots } = two;
    const before = await both.capture();
    for (const repo of [main, api]) for (const file of ['README.md', 'src/x.ts']) repo.write(file, `${file} of ${repo.root}\n`);
    const diffs = await both.diff(before.tree, (await both.capture()).tree);
    fs.renameSync(api.root, `${api.root}-away`);
    const lines = [['README.md', `+README.md of ${main.root}`], ['src/x.ts', `+src/x.ts of ${main.root}`], ['../api/README.md', `+README.md of ${api.root}`], ['../api/src/x.ts', `+src/x.ts of ${api.root}`]];
    assert.deepEqual((await both.hunks(diffs)).map((hunks, at) => [diffs[at]?.path, hunks[0]?.lines.at(-1)]), lines);
    const oneByOne = roots.map((root) => ({ ...root, workspace: new Proxy(root.workspace, { get: (target, key) => (key === 'hunks' ? (asked: readonly FileDiff[]) => target.hunks(asked.slice(0, 1)) : Reflect.get(target, key) as unknown) }) }));
    const few = new SeveralRoots(oneByOne);
    assert.equal((await few.hunks(diffs)).length, 1);
    const found = [];
    for await (const [{ path: file }, hunks] of withHunks(few, diffs)) found.push([file, hunks[0]?.lines.at(-1)]);
    assert.deepEqual(found, lines, 'also where a root answers of the first of them alone');
  });

  it('have empty folders and permissions of their own, which come back in theirs', async () => {
    const { both, api } = two;
    const before = await both.capture();
    fs.mkdirSync(api.at('empty'));
    fs.chmodSync(api.at('README.md'), 0o600);
    const after = await both.capture();
    assert.equal(after.tree, before.tree);
    const told = Object.keys(after.beside ?? {}).filter((file) => after.beside?.[file] !== before.beside?.[file]);
    assert.deepEqual(told.sort(), ['../api/README.md', '../api/empty']);
    assert.deepEqual(await both.restoreBeside(told.map((file) => ({ path: file, ...(after.beside?.[file] === undefined ? {} : { expected: after.beside[file] }) }))), []);
    assert.deepEqual([api.exists('empty'), fs.statSync(api.at('README.md')).mode & 0o777], [false, 0o644]);
    assert.deepEqual((await both.restoreBeside([{ path: '../other/.git/config', expected: 'file 644 x' }])).map((one) => one.path), ['../other/.git/config'], 'what is in no root is told as left');
  });

  it('wait for a disk that refuses in one of them, once the others have what they shall', async () => {
    const { both, main, roots } = two;
    const { tree } = await both.capture();
    const entries = await both.matching(tree, everything);
    const full = new SeveralRoots(roots.map((root) => (root.name === '' ? root : { ...root, workspace: new Proxy(root.workspace, { get: (target, key) => (key === 'restore' ? () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) : Reflect.get(target, key) as unknown) }) })));
    await assert.rejects(full.restore(['../api/README.md', 'README.md'].map((file) => ({ path: file, target: null, expected: entries.get(file) ?? null }))), /full/);
    assert.ok(!main.exists('README.md'));
  });

  it('have one HEAD that moves with each of theirs, and say where an operation is going on', async () => {
    const { both, api } = two;
    const before = await both.head();
    api.git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '--allow-empty', '-m', 'first');
    const after = await both.head();
    assert.ok(before.branch === after.branch && before.commit !== after.commit && before.operation === undefined);
    api.write('.git/MERGE_HEAD', `${'0'.repeat(40)}\n`);
    assert.equal((await both.head()).operation, 'merge in ../api');
  });

  it('are brought back each by itself: what fails in one is left there, and said', async () => {
    const { both, main, api } = two;
    const before = await both.capture();
    for (const repo of [main, api]) repo.write('README.md', 'changed\n');
    const after = await both.capture();
    const [old, now] = [await both.matching(before.tree, everything), await both.matching(after.tree, everything)];
    const lost = { oid: 'f'.repeat(40), mode: '100644' } as const;
    const items = [['README.md', old.get('README.md') ?? null], ['../api/README.md', lost], ['../web/README.md', lost]] as const;
    const outcome = await both.restore(items.map(([file, target]) => ({ path: file, target, expected: now.get(file) ?? null })));
    assert.deepEqual(outcome.restored, ['README.md']);
    assert.deepEqual(outcome.left.map(({ path: file }) => file), ['../web/README.md', '../api/README.md']);
    assert.equal(main.read('README.md'), 'one\n');
    assert.equal(api.read('README.md'), 'changed\n');
  });

  it('never say that a path was left where it went before something else failed: then nobody knows until the rewind is taken up', async () => {
    const { both, main, api } = two;
    const { tree } = await both.capture();
    const now = await both.matching(tree, everything);
    const lost = { oid: 'f'.repeat(40), mode: '100644' } as const;
    const items = [['../api/README.md', null], ['../api/src/x.ts', lost], ['README.md', null]] as const;
    await assert.rejects(both.restore(items.map(([file, target]) => ({ path: file, target, expected: now.get(file) ?? null }))), /f{40}/);
    assert.deepEqual([api.exists('README.md'), main.exists('README.md')], [false, false]);
    const { left } = await both.restore([{ path: '../api/src/x.ts', target: lost, expected: now.get('../api/src/x.ts') ?? null }]);
    assert.deepEqual(left.map((one) => one.path), ['../api/src/x.ts'], 'where nothing was done, that is said');
  });

  for (const [how, put] of [['a link', (root: string) => fs.symlinkSync(path.join(root, '..', 'moved'), root)], ['another folder', (root: string) => fs.cpSync(path.join(root, '..', 'moved'), root, { recursive: true })], ['nothing', () => undefined]] as const) {
    it(`stop where ${how} has come in the place of one, and touch nothing there`, async () => {
      const { both, main, api } = two;
      const { tree } = await both.capture();
      const expected = (await both.matching(tree, everything)).get('../api/README.md');
      const moved = path.join(main.outside, 'moved');
      fs.renameSync(api.root, moved);
      put(api.root);
      await assert.rejects(both.capture(), (error: Error) => error instanceof Paused && /api is (gone|not the folder)/.test(error.message));
      assert.equal((await both.read('../api/README.md')).kind, 'refused');
      assert.ok('refused' in (await both.resolve('../api/README.md')));
      assert.equal((await both.apply({ kind: 'write', path: '../api/README.md', content: 'x', ...(expected === undefined ? {} : { expected }) })).ok, false);
      const outcome = await both.restore([{ path: '../api/README.md', target: null, expected: expected ?? null }, { path: 'src/x.ts', target: null, expected: (await both.matching(tree, everything)).get('src/x.ts') ?? null }]);
      assert.deepEqual([outcome.restored, outcome.left.map((one) => one.path)], [['src/x.ts'], ['../api/README.md']]);
      assert.equal(fs.readFileSync(path.join(moved, 'README.md'), 'utf8'), 'one\n');
    });
  }

  it('are kept each by itself: a failure in one is named with what was done in the others', async () => {
    const { both, main, api, roots } = two;
    const base = await both.capture();
    const head = await both.head();
    main.write('README.md', 'changed\n');
    api.write('README.md', 'changed\n');
    const { tree } = await both.capture();
    const session = {
      id: 's', name: 'task', startedAt: 0, tree, contract: { roots: ['../api'], task: 'x' }, base: { tree: base.tree, commit: '', dirty: [], notCovered: [], head: head.commit },
      line: { boundaries: [], writes: [], runs: [], runsFrom: 0 }, leftRuns: [], evicted: {},
    } as unknown as Session;
    fs.rmSync(api.at('.git/objects'), { recursive: true });
    const answer = await keepEach(roots, { how: 'branch', withoutMine: false }, session);
    assert.deepEqual([answer.ok, answer.partly], [false, true]);
    assert.match(answer.detail, /^the workspace folder: the branch bounded\/task\/1 was made.*\n\.\.\/api: not kept, /s);
    assert.equal(main.git('show', 'bounded/task/1:README.md'), 'changed');
    const nothing = await keepEach(roots, { how: 'branch', withoutMine: false }, { ...session, tree: base.tree });
    assert.deepEqual([nothing.ok, nothing.partly], [false, undefined]);
  });

  for (const how of ['branch', 'squash'] as const) it(`are unverified in each where changes of the user in another are left out (${how})`, async () => {
    const { both, main, api, roots } = two;
    const base = await both.capture();
    const head = await both.head();
    for (const repo of [main, api]) repo.write('README.md', 'changed\n');
    api.write('NOTES.md', 'mine\n');
    const { tree } = await both.capture();
    const [mine, ...writes] = (await both.diff(base.tree, tree)).toSorted((a, b) => Number(b.path.endsWith('NOTES.md')) - Number(a.path.endsWith('NOTES.md')));
    const session = {
      id: 's', name: 'task', startedAt: 0, tree, contract: { roots: ['../api'], task: 'x', oracle: { checks: [] } }, base: { tree: base.tree, commit: '', dirty: [], notCovered: [], head: head.commit }, verdict: { verdict: 'pass', tree },
      line: { boundaries: [], writes, runs: [], runsFrom: 0 }, leftRuns: [], userChanges: [mine], evicted: {}, branches: [],
    } as unknown as Session;
    const verdicts = async (withoutMine: boolean, number: number) => {
      assert.equal((await keepEach(roots, { how, withoutMine }, session)).ok, true);
      return [main, api].map((repo) => /^Bounded-Verdict: (\w+)/m.exec(repo.git('log', '-1', '--format=%B', `bounded/task/${number}`))?.[1]);
    };
    assert.deepEqual(await verdicts(false, 1), ['pass', 'pass']);
    assert.deepEqual(await verdicts(true, 2), ['unverified', 'unverified']);
  });
});
