import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Capture } from '../../../src/agent/ports.ts';
import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import type { TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

/**
 * A way to change something so that git does not show it, or shows less of it. Both halves are command lines of a POSIX
 * shell in the work tree, `$OUT` is a folder outside: `plant` lays the trap, which a checkpoint sees; then, when all files have settled, `change` works under its cover.
 */
interface Trick {
  readonly name: string;
  readonly plant?: string;
  readonly change: string;
  /** `git status` shows nothing of the change: the trap does close. */
  readonly blind?: true;
  /** Everything that the checkpoint after `plant` has else than the one before. */
  readonly planted?: Seen;
  /** Everything that the checkpoint after `change` has else than the one before. */
  readonly seen: Seen;
}

interface Seen {
  readonly tree?: readonly string[];
  readonly control?: readonly string[];
  readonly beside?: readonly string[];
}

const evil = 'echo evil > test/t.py';
const hit: Seen = { tree: ['test/t.py'] };
const config: Seen = { control: ['config'] };

const tricks: readonly Trick[] = [
  // `git status` and `git diff HEAD` miss these.
  { name: 'a file that the index assumes to be unchanged', plant: 'git update-index --assume-unchanged test/t.py', planted: { control: ['index'] }, change: evil, blind: true, seen: hit },
  { name: 'a file whose work tree the index skips', plant: 'git update-index --skip-worktree test/t.py', planted: { control: ['index'] }, change: evil, blind: true, seen: hit },
  {
    name: 'a file system monitor that lies', blind: true, change: evil, seen: hit, planted: { control: ['config', 'index'] },
    plant: 'printf \'#!/bin/sh\\nprintf "tok\\\\0"\\n\' > $OUT/fsm; chmod +x $OUT/fsm; git config core.fsmonitor $OUT/fsm; git config core.fsmonitorHookVersion 2; git update-index --fsmonitor; git status > $OUT/null',
  },
  { name: 'status that does not show untracked files', plant: 'git config status.showUntrackedFiles no', planted: config, change: 'echo evil > evil.py', blind: true, seen: { tree: ['evil.py'] } },
  {
    name: 'the same size and time, where git looks at nothing else', blind: true, seen: hit, planted: { control: ['config', 'index'] },
    plant: 'git config core.checkStat minimal; git config core.trustctime false; touch -d "2001-02-03 04:05:06" test/t.py; git update-index --refresh',
    change: 'echo "assert Fals" > test/t.py; touch -d "2001-02-03 04:05:06" test/t.py',
  },
  // Every git command without its own index misses these.
  { name: 'a file excluded in .git/info/exclude', plant: 'echo evil.py >> .git/info/exclude', planted: { control: ['info/exclude'] }, change: 'echo evil > evil.py', blind: true, seen: { tree: ['evil.py'] } },
  { name: 'a file in an ignored folder', change: 'echo evil > build/conftest.py', blind: true, seen: { tree: ['build/conftest.py'] } },
  { name: 'a file excluded by core.excludesFile', plant: 'echo evil.py > $OUT/excludes; git config core.excludesFile $OUT/excludes', planted: config, change: 'echo evil > evil.py', blind: true, seen: { tree: ['evil.py'] } },
  { name: 'a patched package in node_modules', change: 'echo evil >> node_modules/lib/index.js', blind: true, seen: { tree: ['node_modules/lib/index.js'] } },
  { name: 'a planted .pyc', change: 'mkdir test/__pycache__; echo evil > test/__pycache__/t.cpython-312.pyc', blind: true, seen: { tree: ['test/__pycache__/t.cpython-312.pyc'] } },
  { name: 'a core.worktree that points elsewhere', plant: 'mkdir $OUT/twin; cp -R test src lib .gitignore link $OUT/twin; git config core.worktree $OUT/twin', planted: config, change: evil, blind: true, seen: hit },
  { name: 'an execution bit where core.fileMode is off', plant: 'git config core.fileMode false', planted: config, change: 'chmod +x test/t.py', blind: true, seen: hit },
  // An index of one's own misses these.
  { name: 'a sparse checkout switched on', plant: 'git config core.sparseCheckout true; echo /src/ > .git/info/sparse-checkout', planted: { control: ['config', 'info/sparse-checkout'] }, change: evil, seen: hit },
  { name: 'a commit by the model', change: `${evil}; git commit -qam x`, blind: true, seen: { tree: ['test/t.py'], control: ['index', 'refs/heads/main'] } },
  { name: 'a clean filter in .git/info/attributes', plant: 'echo "test/t.py filter=h" > .git/info/attributes; git config filter.h.clean "echo assert True"', planted: { control: ['config', 'info/attributes'] }, change: evil, seen: hit },
  { name: 'other line ends under text=auto in .git/info/attributes', plant: 'echo "* text=auto" > .git/info/attributes', planted: { control: ['info/attributes'] }, change: 'printf "assert True\\r\\n" > test/t.py', seen: hit },
  // What no tree of git holds.
  { name: 'a hook', change: 'printf "#!/bin/sh\\necho pwn\\n" > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit', blind: true, seen: { control: ['hooks/pre-commit'] } },
  { name: 'the configuration', change: 'git config core.pager "sh -c evil"', blind: true, seen: config },
  { name: 'empty folders', change: 'mkdir -p newdir/deep', blind: true, seen: { beside: ['newdir/deep'] } },
  { name: 'a pipe', change: 'mkfifo pipe', blind: true, seen: { beside: ['pipe'] } },
  // Single commands miss these.
  { name: 'a clean filter in .gitattributes', plant: 'echo "test/t.py filter=h" > .gitattributes; git config filter.h.clean "echo assert True"', planted: { tree: ['.gitattributes'], control: ['config'] }, change: evil, seen: hit },
  { name: 'a replaced object', plant: 'git replace $(git rev-parse HEAD:test/t.py) $(echo evil | git hash-object -w --stdin)', planted: { control: ['refs/replace/*'] }, change: evil, seen: hit },
  { name: 'an external diff that shows nothing', plant: 'git config diff.external true', planted: config, change: evil, seen: hit },
  {
    name: 'a repository inside, where submodules are ignored', plant: 'git config diff.ignoreSubmodules all; mkdir n; git init -q n', change: 'echo evil > n/evil.py', blind: true, seen: { tree: ['n/evil.py'] },
    planted: { beside: ['n/.git'], control: ['config', 'n/.git', 'n/.git/HEAD', 'n/.git/config', 'n/.git/hooks/*', 'n/.git/info/*', 'n/.git/objects', 'n/.git/objects/pack'] },
  },
  { name: 'a hard link that is written from outside', plant: 'echo victim > $OUT/victim; ln $OUT/victim build/v.txt', planted: { tree: ['build/v.txt'] }, change: 'echo evil > $OUT/victim', blind: true, seen: { tree: ['build/v.txt'] } },
  { name: 'a folder swapped for a link', change: 'mv lib $OUT/lib2; ln -s /etc lib', seen: { tree: ['lib', 'lib/b.py'] } },
  { name: 'a .git that points elsewhere', plant: 'mv .git $OUT/gd; echo "gitdir: $OUT/gd" > .git', planted: { control: ['.git'] }, change: evil, seen: hit },
  { name: 'a name with a zero-width space', change: 'echo evil > "src/a\u200b.py"', seen: { tree: ['src/a\u200b.py'] } },
  // Five more of the same kinds.
  { name: 'content in the index alone', change: 'git update-index --cacheinfo 100644,$(echo evil | git hash-object -w --stdin),test/t.py', seen: { control: ['index'] } },
  {
    name: 'an untracked cache that trusts the time of the folder', blind: true, seen: { tree: ['src/evil.py'] }, planted: { control: ['config', 'index'] },
    plant: 'git config core.trustctime false; git config core.untrackedCache true; touch -d "2001-02-03 04:05:06" src; git update-index --force-untracked-cache; git status > $OUT/null; git status > $OUT/null',
    change: 'echo evil > src/evil.py; touch -d "2001-02-03 04:05:06" src',
  },
  {
    name: 'a submodule that is ignored', change: 'echo evil > sub/x.py', blind: true, seen: { tree: ['sub/x.py'] },
    plant: 'git init -q $OUT/origin; cd $OUT/origin; echo x > x.py; git add .; git -c user.name=T -c user.email=t@localhost commit -qm x; cd - > $OUT/null; git -c protocol.file.allow=always submodule add -q $OUT/origin sub; git commit -qm sub; git config submodule.sub.ignore all',
    planted: { tree: ['.gitmodules', 'sub/x.py'], beside: ['sub/.git'], control: ['config', 'index', 'modules', 'modules/*', 'refs/heads/main', 'sub/.git'] },
  },
  { name: 'a store of objects that is borrowed', change: 'mkdir -p .git/objects/info; echo $OUT/elsewhere > .git/objects/info/alternates', blind: true, seen: { control: ['objects/info/alternates'] } },
  { name: 'a link swapped for a file, where core.symlinks is off', plant: 'git config core.symlinks false', planted: config, change: 'rm link; printf src/a.py > link', blind: true, seen: { tree: ['link'] } },
];

const files = { 'test/t.py': 'assert True\n', 'src/a.py': 'a = 1\n', 'lib/b.py': 'b = 2\n', '.gitignore': 'build/\nnode_modules/\n__pycache__/\n' };

function project(): TestRepo {
  const repo = newRepo(files);
  repo.write('build/out.js', 'built\n');
  repo.write('node_modules/lib/index.js', 'good\n');
  fs.symlinkSync('src/a.py', repo.at('link'));
  repo.git('add', 'link');
  repo.git('commit', '-qm', 'link');
  return repo;
}

function shell(repo: TestRepo, command: string): void {
  const env = { PATH: process.env['PATH'], HOME: repo.outside, OUT: repo.outside, LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  execFileSync('sh', ['-ec', command], { cwd: repo.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

const status = (repo: TestRepo): string => repo.git('--no-optional-locks', 'status', '--porcelain');

/** Keys that one record has else than the other. */
const changedKeys = (a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key]).sort();

/** What a checkpoint has else than another; where the wanted list ends in `/*`, keys below that folder count as it. */
function seenBetween(before: Capture, after: Capture, changed: readonly string[], wanted: Seen): Seen {
  const stars = (wanted.control ?? []).filter((key) => key.endsWith('/*'));
  const short = (key: string): string => stars.find((star) => key.startsWith(star.slice(0, -1))) ?? key;
  const parts = { tree: changed, control: [...new Set(changedKeys(before.control, after.control).map(short))], beside: changedKeys(before.beside, after.beside) };
  return Object.fromEntries(Object.entries(parts).filter(([, paths]) => paths.length > 0));
}

/** A trap that was laid, with checkpoints of before and after. */
interface Trapped {
  readonly repo: TestRepo;
  readonly workspace: KeepingWorkspace;
  readonly first: Capture;
  readonly trapped: Capture;
  /** The same work tree with a store of its own, whose table of states is lost before the change. */
  readonly without: { readonly workspace: KeepingWorkspace; readonly trapped: Capture };
}

/** Lays all traps, and waits once until no file is so young that every look reads it. */
async function layTraps(): Promise<Trapped[]> {
  const laid: { readonly repo: TestRepo; readonly workspace: KeepingWorkspace; readonly first: Capture; readonly other: KeepingWorkspace }[] = [];
  for (const { plant } of tricks) {
    const repo = project();
    const [workspace, other] = [await open(repo), await open({ ...repo, store: `${repo.store}-other` })];
    const first = await workspace.capture();
    await other.capture();
    if (plant !== undefined) shell(repo, plant);
    laid.push({ repo, workspace, first, other });
  }
  await new Promise((resolve) => { setTimeout(resolve, 2_100); });
  const all: Trapped[] = [];
  for (const { other, ...rest } of laid) {
    all.push({ ...rest, trapped: await rest.workspace.capture('command'), without: { workspace: other, trapped: await other.capture('command') } });
    loseTable(`${rest.repo.store}-other`);
  }
  return all;
}

function loseTable(store: string): void {
  const tables = fs.readdirSync(path.join(store, 'roots')).filter((name) => name.endsWith('.table'));
  assert.equal(tables.length, 1);
  for (const name of tables) fs.rmSync(path.join(store, 'roots', name));
}

describe('a change that is hidden from git', () => {
  let traps: readonly Trapped[] = [];
  before(async function () {
    this.timeout(120_000);
    traps = await layTraps();
  });
  after(removeRepos);

  tricks.forEach(({ name, planted = {}, change, blind, seen }, index) => {
    it(`${index + 1} is seen: ${name}`, async () => {
      const { repo, workspace, first, trapped, without } = traps[index] ?? assert.fail();
      const paths = async (from: Capture, to: Capture) => (await workspace.diff(from.tree, to.tree)).map((diff) => diff.path);
      assert.deepEqual(seenBetween(first, trapped, await paths(first, trapped), planted), planted, 'the trap');
      const shown = status(repo);
      shell(repo, change);
      if (blind) assert.equal(status(repo), shown, 'git status does not show it');
      const last = await workspace.capture('command');
      assert.deepEqual(seenBetween(trapped, last, await paths(trapped, last), seen), seen, 'the change');
      const scanned = await without.workspace.capture('command');
      assert.deepEqual([scanned.tree, scanned.control, scanned.beside], [last.tree, last.control, last.beside], 'without a table the same is seen');
      assert.deepEqual([without.trapped.tree, without.trapped.beside], [trapped.tree, trapped.beside]);
      const anew = await (await open(repo)).capture();
      assert.deepEqual([anew.tree, anew.control, anew.beside], [last.tree, last.control, last.beside], 'another process sees the same');
    });
  });

  it('counts every trick once', () => {
    assert.deepEqual([tricks.length, new Set(tricks.map((trick) => trick.name)).size], [33, 33]);
  });
});
