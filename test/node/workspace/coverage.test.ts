import assert from 'node:assert/strict';
import fs from 'node:fs';
import { type CoverageInput, decideCoverage } from '../../../src/node/workspace/look/coverage.ts';
import type { Found } from '../../../src/node/workspace/look/scan.ts';
import type { TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const file = (path: string, size: number): Found => ({ path, size, key: path, state: Buffer.alloc(40), racy: false, link: false });

async function decide(found: readonly Found[], more: Partial<CoverageInput> = {}) {
  const decided = await decideCoverage({
    found, unchanged: { bytes: () => 0, below: () => new Map() }, held: () => false, leftOut: new Set(), ignoredRoots: async () => new Set(['node_modules', 'out', 'x.log']), limits: { file: 1000, ignored: 100 }, ...more,
  });
  return { covered: decided.covered.map((one) => one.path).sort(), outgrown: decided.outgrown.map((one) => one.path), leftOut: [...decided.leftOut.keys()].sort() };
}

describe('what a checkpoint covers', () => {
  it('is everything while the ignored files are few bytes, whatever else there is', async () => {
    assert.deepEqual(await decide([file('src/a', 900), file('src/b', 900), file('out/c', 50), file('x.log', 50)]), { covered: ['out/c', 'src/a', 'src/b', 'x.log'], outgrown: [], leftOut: [] });
  });

  it('leaves out the largest ignored folders, and single files beyond the limit', async () => {
    const found = [file('src/a', 900), file('huge', 1001), file('node_modules/a/b', 60), file('node_modules/c', 60), file('out/d', 40), file('x.log', 10)];
    assert.deepEqual(await decide(found), { covered: ['out/d', 'src/a', 'x.log'], outgrown: [], leftOut: ['huge', 'node_modules'] });
  });

  it('goes on covering what it covered, and file by file leaves out what is new there', async () => {
    const held = new Set(['node_modules/old', 'grown']);
    const found = [file('node_modules/old', 90), file('node_modules/new/a', 60), file('node_modules/new/b', 60), file('grown', 5000)];
    assert.deepEqual(await decide(found, { held: (path) => held.has(path) }), { covered: ['node_modules/old'], outgrown: ['grown'], leftOut: ['node_modules/new/a', 'node_modules/new/b'] });
  });

  it('is decided for as many files as there may be', async () => {
    const found = Array.from({ length: 200_000 }, (_, n) => file(`src/${n}`, 1));
    assert.equal((await decide(found)).covered.length, found.length);
  });

  it('goes on leaving out what it left out, even when it has become small or is not ignored any more', async () => {
    assert.deepEqual(await decide([file('node_modules/a', 1), file('huge', 1)], { leftOut: new Set(['node_modules', 'huge', 'gone']), ignoredRoots: async () => new Set<string>() }),
      { covered: [], outgrown: [], leftOut: ['huge', 'node_modules'] });
  });
});

function withLargeFolder(): TestRepo {
  const repo = newRepo({ 'a.txt': 'a', '.gitignore': 'node_modules/\nbuild/\n' });
  repo.write('build/small.js', 'small');
  repo.write('node_modules/lib/index.js', 'lib');
  repo.write('node_modules/lib/data.bin', '');
  fs.truncateSync(repo.at('node_modules/lib/data.bin'), 70 * 1024 * 1024);
  return repo;
}

describe('an ignored folder that is too large', () => {
  afterEach(removeRepos);

  it('is named, is no part of the tree, and a change in it is noticed', async () => {
    const repo = withLargeFolder();
    const workspace = await open(repo);
    const first = await workspace.capture();
    assert.deepEqual([...(await workspace.entries(first.tree)).keys()].sort(), ['.gitignore', 'a.txt', 'build/small.js']);
    assert.deepEqual(first.notCovered, ['node_modules: ignored, and more than 64 MiB of ignored files (2 files)']);
    assert.deepEqual((await workspace.capture()).beside, first.beside);
    repo.write('node_modules/lib/index.js', 'bil');
    const second = await workspace.capture();
    assert.notEqual(second.beside?.['node_modules'], first.beside?.['node_modules']);
    assert.equal(second.tree, first.tree);
  });

  it('never looks created or deleted, whatever happens to ignore rules and sizes', async () => {
    const repo = withLargeFolder();
    const workspace = await open(repo);
    const first = await workspace.capture();
    repo.write('.gitignore', '');
    fs.truncateSync(repo.at('node_modules/lib/data.bin'), 5);
    const second = await workspace.capture();
    assert.deepEqual((await workspace.diff(first.tree, second.tree)).map((diff) => diff.path), ['.gitignore']);
    fs.rmSync(repo.at('node_modules'), { recursive: true });
    const third = await workspace.capture();
    assert.deepEqual((await workspace.diff(first.tree, third.tree)).map((diff) => diff.path), ['.gitignore']);
    repo.write('node_modules/lib/index.js', 'fresh');
    const fourth = await workspace.capture();
    assert.deepEqual((await workspace.diff(third.tree, fourth.tree)).map((diff) => diff.path), ['node_modules/lib/index.js']);
    assert.deepEqual((await workspace.diff(first.tree, fourth.tree)).map((diff) => diff.path), ['.gitignore'], 'against a checkpoint that did not look there it is no difference');
    assert.deepEqual(await (await open(repo)).diff(second.tree, third.tree), []);
  });

  it('is left out by the next process too', async () => {
    const repo = withLargeFolder();
    const first = await (await open(repo)).capture();
    fs.truncateSync(repo.at('node_modules/lib/data.bin'), 5);
    assert.equal((await (await open(repo)).capture()).tree, first.tree);
  });

  it('takes no part in a file that grows beyond the limit: its last content stands', async () => {
    const repo = newRepo({ 'data.bin': 'small' });
    const workspace = await open(repo);
    const first = await workspace.capture();
    fs.truncateSync(repo.at('data.bin'), 300 * 1024 * 1024);
    const second = await workspace.capture();
    assert.equal(second.tree, first.tree);
    assert.deepEqual(second.notCovered, ['data.bin: it has grown larger than 256 MiB; its last known content is kept']);
    assert.notEqual(second.beside?.['data.bin'], undefined);
  });
});
