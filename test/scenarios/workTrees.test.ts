import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { honest, play } from './support/moves.ts';
import { startCli } from './support/cli.ts';
import { scenario } from './support/scenario.ts';

describe('two work trees of one repository', function () {
  this.timeout(120_000);

  it('have a session each at the same time, and neither is taken for the other', async () => {
    const answer = play(honest);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => { release = resolve; });
    let first = true;
    const asked = (start: () => void) => async (request: Parameters<typeof answer>[0]) => {
      const mine = first;
      first = false;
      if (mine) start();
      if (mine) await released;
      return answer(request);
    };
    let started = (): void => undefined;
    const begun = new Promise<void>((resolve) => { started = resolve; });
    await scenario(asked(() => started()), undefined, async ({ project, server, start, bounded }) => {
      const linked = { ...project, root: path.join(path.dirname(project.root), 'linked') };
      project.git('worktree', 'add', '-q', '-b', 'side', linked.root);
      const there = (...args: readonly string[]) => startCli(linked, server.url, args).done;
      const run = ['run', '.bounded/task.bounded.yaml', '--approve', 'all', '--json'];
      const main = start(run);
      await begun;
      const refused = await bounded('run', project.contract);
      assert.deepEqual([refused.status, /a session works in this work tree already/.test(refused.stderr)], [69, true], refused.stderr);
      const side = await there(...run);
      assert.equal(side.status, 0, side.stderr);
      assert.match((await bounded('status')).stdout, /explore/, 'the session of this work tree, though that of the other is newer');
      release();
      const ran = await main.done;
      assert.equal(ran.status, 0, ran.stderr);
      const foreign = await bounded('rewind', side.result?.session ?? '', '--to', 'base');
      assert.match(foreign.stderr, /works in .*linked; go on with it there/);
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual([readdirSync(path.join(project.root, 'src/stats')), readdirSync(path.join(linked.root, 'src/stats'))], [['mean.js'], ['mean.js', 'variance.js']]);
      assert.equal((await there('keep')).status, 0);
      assert.equal(project.git('merge-base', 'bounded/task/1', 'side'), project.git('rev-parse', 'side'));
      assert.deepEqual([project.git('symbolic-ref', 'HEAD'), project.git('-C', linked.root, 'symbolic-ref', 'HEAD')], ['refs/heads/main\n', 'refs/heads/side\n']);

      const git = (root: string, ...words: readonly string[]) => project.git('-C', root, '-c', 'user.name=T', '-c', 'user.email=t@localhost', ...words);
      for (const root of [project.root, linked.root]) {
        appendFileSync(path.join(root, '.gitignore'), `${path.basename(root)}\n`);
        git(root, 'commit', '-qam', 'mine');
      }
      assert.throws(() => git(linked.root, 'merge', '-q', 'main'));
      const dropped = await there('drop');
      assert.equal(dropped.status, 0, dropped.stderr);
      assert.deepEqual(readdirSync(path.join(linked.root, 'src/stats')), ['mean.js'], 'also while a merge waits for the user');
      assert.match(readFileSync(path.join(linked.root, '.gitignore'), 'utf8'), /^<<<<<<< /m);
    });
  });
});
