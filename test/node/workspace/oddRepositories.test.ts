import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { repoAt, type TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';
import { type Odd, playOdd } from './oddSession.ts';

const files = { 'a.txt': 'one\ntwo\nthree\n', 'src/b.txt': 'b\n', 'src/deep/c.txt': 'c\n' };
const edits = { 'a.txt': 'one\n2\nthree\n', 'src/b.txt': null, 'made/x.txt': 'x\n' };
const id = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];

/** A repository with two commits beside the work tree, to be cloned or included. */
function origin(repo: TestRepo): string {
  const folder = path.join(repo.outside, 'origin');
  fs.mkdirSync(folder);
  const other = repoAt(folder, repo.outside);
  other.git('init', '-q', '-b', 'main');
  other.write('in.txt', 'in\n');
  other.git('add', '-A');
  other.git(...id, 'commit', '-qm', 'one');
  other.git(...id, 'commit', '-q', '--allow-empty', '-m', 'two');
  return folder;
}

function withSubmodule(): TestRepo {
  const repo = newRepo(files);
  repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin(repo), 'inner');
  repo.git('commit', '-qm', 'submodule');
  repo.write('inner/in.txt', 'in\ndirty\n');
  return repo;
}

function conflict(repo: TestRepo): TestRepo {
  repo.git('checkout', '-q', '-b', 'side');
  repo.write('src/deep/c.txt', 'side\n');
  repo.git('commit', '-qam', 'side');
  repo.git('checkout', '-q', 'main');
  repo.write('src/deep/c.txt', 'main\n');
  repo.git('commit', '-qam', 'main');
  return repo;
}

function failing(repo: TestRepo, ...args: string[]): TestRepo {
  try {
    repo.git(...args);
  } catch {
    return repo;
  }
  throw new Error(`git ${args.join(' ')} was meant to stop in the middle`);
}

const inside = { ...edits, 'inner/in.txt': 'in\ndirty\nand more\n', 'inner/new.txt': 'new\n' };
const ownRepository = { edits: inside, notCovered: ['inner/.git: a repository of its own'], committed: { 'inner/in.txt': null, 'inner/new.txt': null } };

const kinds: readonly (readonly [string, () => Odd])[] = [
  ['a repository inside, with work of its own', () => {
    const repo = newRepo(files);
    repo.write('inner/in.txt', 'in\n');
    repo.git('init', '-q', 'inner');
    repo.git('-C', 'inner', 'add', '-A');
    repo.git('-C', 'inner', ...id, 'commit', '-qm', 'inner');
    return { repo, ...ownRepository };
  }],
  ['a submodule, dirty', () => ({ repo: withSubmodule(), ...ownRepository })],
  ['a submodule of the old kind, with its git folder in it', () => {
    const repo = withSubmodule();
    fs.rmSync(repo.at('inner/.git'));
    fs.renameSync(repo.at('.git/modules/inner'), repo.at('inner/.git'));
    repo.git('config', '-f', 'inner/.git/config', '--unset', 'core.worktree');
    return { repo, ...ownRepository };
  }],
  ['a submodule as the workspace', () => {
    const repo = withSubmodule();
    return { repo: repoAt(repo.at('inner'), repo.outside), edits: { 'in.txt': 'other\n', 'x.txt': 'x\n' } };
  }],
  ['a linked work tree', () => {
    const repo = newRepo(files);
    repo.git('worktree', 'add', '-q', '-b', 'side', path.join(repo.outside, 'linked'));
    return { repo: repoAt(path.join(repo.outside, 'linked'), repo.outside), edits };
  }],
  ['a linked work tree whose repository is gone, inside another repository: git takes it for no part of that', () => {
    const outer = newRepo(files);
    const repo = repoAt(outer.at('linked'), outer.outside);
    repo.write('.git', `gitdir: ${outer.outside}/gone/.git/worktrees/linked\n`);
    for (const [file, content] of Object.entries(files)) repo.write(file, content);
    assert.throws(() => repo.git('status'), /not a git repository/);
    return { repo, edits, noBranch: /in no git repository/, patchElsewhere: true };
  }],
  ['a sparse checkout by folders', () => {
    const repo = newRepo({ ...files, 'hidden/h.txt': 'h\n' });
    repo.git('sparse-checkout', 'set', '--cone', 'src');
    return { repo, edits: { ...edits, 'hidden/h.txt': 'here again\n' } };
  }],
  ['a sparse checkout by patterns', () => {
    const repo = newRepo({ ...files, 'hidden/h.txt': 'h\n', 'hidden/i.txt': 'i\n' });
    repo.git('sparse-checkout', 'set', '--no-cone', '/*', '!/hidden/');
    return { repo, edits: { ...edits, 'hidden/new.txt': 'new\n' } };
  }],
  ['a sparse index', () => {
    const repo = newRepo({ ...files, 'hidden/h.txt': 'h\n', 'hidden/d/i.txt': 'i\n' });
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'src');
    return { repo, edits: { ...edits, 'hidden/h.txt': 'here again\n' } };
  }],
  ['objects that are in another repository, or in none yet', () => {
    const outer = newRepo(files);
    outer.git('config', 'uploadpack.allowFilter', 'true');
    const [partial, borrowing] = ['partial', 'borrowing'].map((name) => path.join(outer.outside, name));
    execFileSync('git', ['clone', '-q', '--filter=tree:0', `file://${outer.root}`, partial ?? '']);
    execFileSync('git', ['clone', '-q', '--shared', partial ?? '', borrowing ?? ''], { stdio: 'ignore' });
    return { repo: repoAt(borrowing ?? '', outer.outside), edits };
  }],
  ['pointers of large files without their program', () => {
    const pointer = (digit: string, size: number) => `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize ${size}\n`;
    const repo = newRepo({ ...files, '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'model.bin': pointer('a', 12) });
    return { repo, edits: { ...edits, 'model.bin': pointer('b', 13), 'raw.bin': Buffer.from([0, 1, 13, 10, 255]) }, unfiltered: ['model.bin', 'raw.bin'], patchElsewhere: true };
  }],
  ['a HEAD that is detached', () => {
    const repo = newRepo(files);
    repo.git('checkout', '-q', '--detach');
    return { repo, edits };
  }],
  ['a branch without a commit', () => {
    const repo = newRepo();
    for (const [file, content] of Object.entries(files)) repo.write(file, content);
    return { repo, edits };
  }],
  ['a history that is cut off', () => {
    const outer = newRepo();
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${origin(outer)}`, path.join(outer.outside, 'shallow')]);
    return { repo: repoAt(path.join(outer.outside, 'shallow'), outer.outside), edits: { 'in.txt': 'changed\n', 'x.txt': 'x\n' } };
  }],
  ['a merge that waits for a person', () => ({ repo: failing(conflict(newRepo(files)), 'merge', '-q', 'side'), edits })],
  ['a rebase that waits for a person', () => ({ repo: failing(conflict(newRepo(files)), 'rebase', '-q', 'side'), edits })],
  ['no HEAD any more', () => {
    const repo = newRepo(files);
    fs.rmSync(repo.at('.git/HEAD'));
    return { repo, edits, noBranch: /HEAD is missing/ };
  }],
  ['an index that cannot be read', () => {
    const repo = newRepo(files);
    fs.writeFileSync(repo.at('.git/index'), 'nothing of the kind');
    return { repo, edits, noBranch: /git cannot read .* index/, noPatch: /git cannot read .* index/ };
  }],
  ['no repository', () => {
    const repo = newRepo();
    fs.rmSync(repo.at('.git'), { recursive: true });
    for (const [file, content] of Object.entries(files)) repo.write(file, content);
    return { repo, edits, noBranch: /in no git repository/ };
  }],
];

describe('a session in a work tree with', function () {
  this.timeout(60_000);
  afterEach(removeRepos);
  for (const [name, make] of kinds) it(`${name}: everything back and forth, and nothing else touched`, () => playOdd(make()));

  it('objects named by SHA-256 does not start: its history cannot be compared yet', async () => {
    const repo = newRepo();
    fs.rmSync(repo.at('.git'), { recursive: true });
    repo.git('init', '-q', '--object-format=sha256');
    assert.match((await (await open(repo)).damage()) ?? '', /names its objects by sha256/);
  });
});
