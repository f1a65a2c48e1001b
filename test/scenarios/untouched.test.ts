import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import type { Moves } from './support/moves.ts';
import { honest, right, wrong } from './support/moves.ts';
import type { Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';

/** What the session or Bounded's own pages may change. */
const own = /^(src\/stats\/|docs|oracle|\.bounded\/task(\/|$))/;

/** Bytes, mode and time of each file and folder outside of the write set, the whole of `.git` included. */
function snapshot(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      if (own.test(name)) continue;
      const file = path.join(root, name);
      const { mode, mtimeNs } = lstatSync(file, { bigint: true });
      if (entry.isDirectory()) visit(name);
      else found.set(name, `${mode} ${mtimeNs} ${entry.isSymbolicLink() ? readlinkSync(file) : createHash('sha256').update(readFileSync(file)).digest('hex')}`);
    }
  };
  visit('.');
  return found;
}

function assertSame(before: ReadonlyMap<string, string>, root: string): void {
  const now = snapshot(root);
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name));
  assert.deepEqual(changed, [], 'changed outside of the write set');
}

/** A repository with everything that a careless tool would touch: stash, tag, hooks, configuration, staged and ignored work, a link. */
function furnish(project: Project): void {
  const user = ['-c', 'user.name=T', '-c', 'user.email=t@localhost'];
  project.git('tag', 'v1');
  project.git('branch', 'other');
  project.write('src/other/neighbour.js', 'export const limit = 5; // stashed\n');
  project.git(...user, 'stash', '-q');
  project.git('config', 'core.autocrlf', 'input');
  project.git('config', 'alias.st', 'status');
  writeFileSync(path.join(project.root, '.git/hooks/post-checkout'), '#!/bin/sh\ntouch ../hook-ran\n');
  chmodSync(path.join(project.root, '.git/hooks/post-checkout'), 0o755);
  project.write('staged.txt', 'staged\n');
  project.git('add', 'staged.txt');
  project.write('staged.txt', 'staged, then changed\n');
  project.write('untracked.txt', 'crlf\r\nline\r\n');
  mkdirSync(path.join(project.root, 'build'), { recursive: true });
  writeFileSync(path.join(project.root, 'build/ignored.bin'), Buffer.from([0, 255, 1]));
  symlinkSync('package.json', path.join(project.root, 'link.json'));
}

describe('what is the user\'s', function () {
  this.timeout(180_000);

  it('keeps its bytes and times over a whole session, its end, and its undoing', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      furnish(project);
      const before = snapshot(project.root);
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assertSame(before, project.root);
      assert.equal((await bounded('status')).status, 0);
      assert.equal((await bounded('verify', project.contract)).status, 0);
      assertSame(before, project.root);
      const dropped = await bounded('drop', '--json');
      assert.equal(dropped.status, 0, dropped.stderr);
      assertSame(before, project.root);
      assert.deepEqual(readdirSync(path.join(project.root, 'src/stats')), ['mean.js']);
      assert.equal(project.git('--no-optional-locks', 'status', '--porcelain', '--', 'src', 'docs', 'oracle', 'test'), '');
      assert.equal(project.git('stash', 'list').trim().split('\n').length, 1);
      const undone = await bounded('rewind', '--undo');
      assert.equal(undone.status, 0, undone.stderr);
      assert.equal(readFileSync(path.join(project.root, 'src/stats/variance.js'), 'utf8'), right);
      assertSame(before, project.root);
    });
  });

  it('keeps its bytes and times over strays, rewinds, a send-back and a new attempt', async () => {
    const stray = call('bash', { command: 'echo stray >> src/other/neighbour.js; rm test/mean.test.js; echo x > planted.txt; chmod +x package.json' });
    const again = [call('write', { file_path: 'src/stats/variance.js', content: right }), call('complete_phase', { summary: 'Done.' })];
    const moves: Moves = { 'minimal-hook': [[call('write', { file_path: 'src/stats/variance.js', content: wrong }), stray, call('complete_phase', { summary: 'x' }), call('read', { file_path: 'src/stats/variance.js' }), ...again], again] };
    await scenario(moves, undefined, async ({ project, run, bounded }) => {
      furnish(project);
      const restored = new Set(['src/other/neighbour.js', 'test/mean.test.js', 'package.json']);
      const [before, index] = [snapshot(project.root), readFileSync(path.join(project.root, '.git/index'))];
      const untouched = new Map([...before].filter(([name]) => !restored.has(name)));
      const assertKept = (): void => {
        const now = snapshot(project.root);
        assert.deepEqual([...now].filter(([name]) => !restored.has(name)), [...untouched]);
        for (const name of restored) assert.equal(now.get(name)?.split(' ')[2], before.get(name)?.split(' ')[2], `${name} has its bytes`);
        for (const name of restored) assert.equal(now.get(name)?.split(' ')[0], before.get(name)?.split(' ')[0], `${name} has its mode`);
        assert.ok(readFileSync(path.join(project.root, '.git/index')).equals(index));
      };
      const first = await run('--approve', 'explore,oracle-only');
      assert.equal(first.status, 5, first.stderr);
      assertKept();
      const back = await bounded('resume', '--rewind', 'oracle-only', '--json');
      assert.equal(back.status, 5, back.stderr);
      assertKept();
      const ran = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(ran.status, 0, ran.stderr);
      assertKept();
      assert.equal((await bounded('drop')).status, 0);
      assertKept();
    });
  });

  it('keep writes the branch that it says, and nothing else', async () => {
    await scenario(honest, undefined, async ({ project, run, bounded }) => {
      furnish(project);
      assert.equal((await run('--approve', 'all')).status, 0);
      const refs = () => project.git('for-each-ref', '--format=%(refname) %(objectname)').trim().split('\n');
      const before = { refs: refs(), head: project.git('symbolic-ref', 'HEAD'), status: project.git('--no-optional-locks', 'status', '--porcelain'), config: readFileSync(path.join(project.root, '.git/config'), 'utf8'), index: readFileSync(path.join(project.root, '.git/index')) };
      const kept = await bounded('keep', '--json');
      assert.equal(kept.status, 0, kept.stderr);
      const added = refs().filter((ref) => !before.refs.includes(ref));
      assert.equal(added.length, 1);
      assert.match(added[0] ?? '', /^refs\/heads\/bounded\/task/);
      assert.deepEqual(refs().filter((ref) => !added.includes(ref)), before.refs);
      assert.equal(project.git('symbolic-ref', 'HEAD'), before.head);
      assert.equal(readFileSync(path.join(project.root, '.git/config'), 'utf8'), before.config);
      assert.ok(readFileSync(path.join(project.root, '.git/index')).equals(before.index));
      assert.equal(project.git('--no-optional-locks', 'status', '--porcelain'), before.status);
      assert.equal(project.git('show', `${added[0]?.split(' ')[0] ?? ''}:src/stats/variance.js`), right);
    });
  });
});
