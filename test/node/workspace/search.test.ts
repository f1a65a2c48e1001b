import assert from 'node:assert/strict';
import fs from 'node:fs';
import { newRepo, open, removeRepos } from './opened.ts';

const files = { 'src/a.ts': 'const needle = 1;\r\n', 'src/deep/b.ts': 'x\nneedle(2)\n', 'c.md': 'needle', '.env': 'needle=secret', '.gitignore': 'out/\n', '.hidden/h.ts': 'needle' };

function searchable(): ReturnType<typeof newRepo> {
  const repo = newRepo(files);
  repo.write('out/generated.ts', 'needle');
  repo.write('untracked.ts', 'needle');
  repo.write('odd\nname.ts', 'needle');
  repo.write('bin.ts', Buffer.from('needle\0needle'));
  repo.write('.git/info/needle.ts', 'needle');
  fs.symlinkSync('/etc', repo.at('etc'));
  return repo;
}

describe('searching', () => {
  afterEach(removeRepos);

  it('finds files by glob, neither ignored nor secret nor git\'s', async () => {
    const workspace = await open(searchable());
    assert.deepEqual((await workspace.glob('*.ts')).paths, ['.hidden/h.ts', 'bin.ts', 'odd\nname.ts', 'src/a.ts', 'src/deep/b.ts', 'untracked.ts']);
    assert.deepEqual((await workspace.glob('src/*.ts')).paths, ['src/a.ts']);
    assert.deepEqual((await workspace.glob('**/*.ts', 'src')).paths, ['src/a.ts', 'src/deep/b.ts']);
    assert.deepEqual((await workspace.glob('.env')).paths, []);
  });

  const expected = [
    ['.hidden/h.ts', 1, 'needle'], ['c.md', 1, 'needle'], ['odd\nname.ts', 1, 'needle'], ['src/a.ts', 1, 'const needle = 1;'], ['src/deep/b.ts', 2, 'needle(2)'], ['untracked.ts', 1, 'needle'],
  ];

  for (const program of ['ripgrep', 'git'] as const) {
    it(`finds lines with ${program}`, async function () {
      const path = process.env['PATH'] ?? '';
      const repo = searchable();
      if (program === 'git') process.env['PATH'] = onlyGit(repo.outside, path);
      try {
        const workspace = await open(repo);
        const found = await workspace.grep('n[e]+dle');
        assert.ok('matches' in found, JSON.stringify(found));
        const lines = found.matches.filter((match) => match.path !== 'bin.ts').map((match) => [match.path, match.line, match.text]);
        assert.deepEqual(lines.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)), expected);
        assert.equal(found.truncated, false);
        const below = await workspace.grep('needle', 'src/deep');
        assert.deepEqual('matches' in below && below.matches.map((match) => match.path), ['src/deep/b.ts']);
        assert.ok('error' in (await workspace.grep('(unclosed')));
        assert.deepEqual(await workspace.grep('nothing like this'), { matches: [], truncated: false });
      } finally {
        process.env['PATH'] = path;
      }
    });
  }

  it('cuts what is too much and says so', async () => {
    const repo = newRepo({ 'many.txt': 'needle\n'.repeat(3000), 'long.txt': `needle${'x'.repeat(5000)}` });
    const found = await (await open(repo)).grep('needle');
    assert.ok('matches' in found);
    assert.deepEqual([found.matches.length, found.truncated], [1000, true]);
    assert.ok(found.matches.every((match) => match.text.length <= 501));
  });

  it('says when a glob matches more than it answers', async () => {
    const workspace = await open(newRepo(Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`many/${index}.txt`, '']))));
    const [all, some] = [await workspace.glob('many/**'), await workspace.glob('many/1*.txt')];
    assert.deepEqual([all.paths.length, all.truncated, some.paths.length, some.truncated], [5000, true, 1111, false]);
  });

  it('uses no program that lies in the work tree', async () => {
    const repo = newRepo({ 'a.txt': 'needle' });
    repo.write('bin/rg', '#!/bin/sh\ntouch pwned\n', 0o755);
    repo.write('bin/git', '#!/bin/sh\ntouch pwned\n', 0o755);
    const path = process.env['PATH'] ?? '';
    process.env['PATH'] = `${repo.at('bin')}:.:${path}`;
    try {
      const workspace = await open(repo);
      await workspace.capture();
      assert.ok('matches' in (await workspace.grep('needle')));
      assert.equal(repo.exists('pwned'), false);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

/** A PATH on which git is the only program. */
function onlyGit(folder: string, path: string): string {
  const git = path.split(':').map((one) => `${one}/git`).find((one) => fs.existsSync(one)) ?? assert.fail('git is needed');
  fs.mkdirSync(`${folder}/bin`);
  fs.symlinkSync(git, `${folder}/bin/git`);
  return `${folder}/bin`;
}
