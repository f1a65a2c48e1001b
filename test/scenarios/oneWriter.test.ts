import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import { events, type Running } from './support/cli.ts';
import { durableContract, durableFiles, durableMoves } from './support/durableSession.ts';
import type { Move } from './support/moves.ts';
import { play, right } from './support/moves.ts';
import type { Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';
import { checkCheckpoints, filesIn, repositoryState, survivingEntries } from './support/survivor.ts';

/** Resolves when the program has said so, or is gone. */
function said(running: Running, word: string): Promise<void> {
  let seen = '';
  return new Promise((resolve) => {
    running.child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(word)) resolve();
    });
    void running.done.then(() => resolve());
  });
}

/** Every thread stands still. */
async function stop({ child }: Running): Promise<void> {
  child.kill('SIGSTOP');
  while (!/^State:\tT/m.test(readFileSync(`/proc/${child.pid}/status`, 'utf8'))) await new Promise((resolve) => { setImmediate(resolve); });
}

async function whole(project: Project): Promise<number> {
  const state = repositoryState(path.join(path.dirname(project.root), 'state'));
  const entries = await survivingEntries(state, []);
  checkCheckpoints(state, entries);
  return entries.length;
}

describe('one writer', function () {
  this.timeout(180_000);
  before(function () { if (process.platform !== 'linux') this.skip(); });

  it('at a time: of four that start at once one works, and the others say who', async () => {
    await scenario(durableMoves, durableContract, async ({ project, start }) => {
      const first = start(['run', project.contract, '--json']);
      const others = [1, 2, 3].map(() => start(['run', project.contract, '--json']));
      const ran = await Promise.all([first, ...others].map(({ done }) => done));
      assert.deepEqual(ran.map(({ status }) => status).sort(), [5, 69, 69, 69]);
      for (const { status, stderr } of ran) if (status === 69) assert.match(stderr, /works in this work tree already: the terminal \(process \d+/);
      await whole(project);
    }, { more: durableFiles });
  });

  it('who is stopped stays the writer, for whatever else is tried; who is killed is not', async () => {
    let first = true;
    /** The first time a command that does not end. */
    const slow: Move = () => {
      const move = first ? call('bash', { command: 'sleep 600' }) : call('write', { file_path: 'src/stats/variance.js', content: right });
      first = false;
      return move;
    };
    const moves = { ...durableMoves, 'minimal-hook': [[slow, ...(durableMoves['minimal-hook']?.[0] ?? [])]] };
    await scenario(moves, durableContract, async ({ project, start, bounded }) => {
      const holder = start(['run', project.contract, '--json']);
      await said(holder, '"tool":"bash"');
      await stop(holder);
      const before = [filesIn(project.root), await whole(project)];
      for (const args of [['resume', '--json'], ['run', project.contract, '--json'], ['rewind', '--to', 'base', '--json'], ['resume', '--stop', '--json']]) {
        const refused = await bounded(...args);
        assert.notEqual(refused.status, 0, args.join(' '));
        assert.match(refused.stderr, /works in this work tree already: another process that does not answer; it may be suspended/, args.join(' '));
      }
      const pruned = await bounded('prune', '--yes');
      assert.match(`${pruned.stdout}${pruned.stderr}`, /Nothing was removed/);
      assert.deepEqual([filesIn(project.root), await whole(project)], before, 'nobody else wrote');
      holder.child.kill('SIGCONT');
      holder.child.kill('SIGKILL');
      await holder.done;
      const resumed = await bounded('resume', '--json');
      assert.equal(resumed.status, 5, resumed.stderr);
      await whole(project);
    }, { more: durableFiles });
  });

  it('who wakes after another took over where the lease does not reach notices at its next record, and adds nothing', async function () {
    if (spawnSync('unshare', ['-n', 'true']).status !== 0) {
      console.warn('    no second network namespace: that needs root on Linux');
      this.skip();
    }
    let asked = (): void => undefined;
    const thinking = new Promise<void>((resolve) => { asked = resolve; });
    let answer = (): void => undefined;
    const thought = new Promise<void>((resolve) => { answer = resolve; });
    const first: Move = () => call('bash', { command: "printf 'late' > src/stats/late.js" });
    const script = play({ ...durableMoves, 'minimal-hook': [[...(durableMoves['minimal-hook']?.[0] ?? []).slice(0, 1), first]] });
    await scenario(async (request) => {
      const reply = script(request);
      if (!JSON.stringify(reply).includes('late.js')) return reply;
      asked();
      await thought;
      return reply;
    }, durableContract, async ({ project, start }) => {
      const before = filesIn(project.root);
      const running = start(['run', project.contract, '--json']);
      await thinking;
      await stop(running);
      // As in a container that shares the folders but not the network: no lease holds it back.
      const other = spawnSync('unshare', ['-n', process.execPath, path.resolve('dist/cli.js'), 'rewind', '--to', 'base', '--json'], { cwd: project.root, env: { ...project.env, ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', ANTHROPIC_API_KEY: 'test-key-0123456789' }, encoding: 'utf8' });
      assert.equal(other.status, 0, other.stderr);
      const count = await whole(project);
      running.child.kill('SIGCONT');
      answer();
      const woken = await running.done;
      assert.equal(woken.status, 70, woken.stderr);
      assert.match(woken.stderr, /another program (wrote to|changed) it/);
      assert.doesNotMatch(woken.stderr, /\n {4}at /, 'no stack for a person');
      assert.equal(await whole(project), count, 'it added nothing');
      assert.equal(existsSync(path.join(project.root, 'src/stats/late.js')), false, 'it wrote nothing');
      assert.deepEqual(filesIn(project.root), before);
    }, { more: durableFiles });
  });

  it('who is stopped while what a command wrote lands stays the writer; when it is killed, the next one lands the rest, once', async function () {
    const count = 400;
    const numbers = Array.from({ length: count }, (_, index) => `src/stats/many/${index}`);
    let asked = (): void => undefined;
    const begun = new Promise<void>((resolve) => { asked = resolve; });
    const many: Move = () => {
      asked();
      return call('bash', { command: `mkdir src/stats/many; for i in $(seq 0 ${count - 1}); do echo $i > src/stats/many/$i; done` });
    };
    const moves = { ...durableMoves, 'minimal-hook': [[many, call('report_blocker', { what: 'stop', tried: 'all', needs: 'you' })]] };
    await scenario(moves, durableContract, async ({ project, start, bounded }) => {
      const folder = path.join(project.root, 'src/stats/many');
      const landed = () => (existsSync(folder) ? readdirSync(folder).length : 0);
      const first = start(['run', project.contract, '--json']);
      await begun;
      while (first.child.exitCode === null && landed() === 0) await new Promise((resolve) => { setImmediate(resolve); });
      await stop(first);
      const left = landed();
      const layer = () => readdirSync(project.env['XDG_STATE_HOME'] ?? '', { recursive: true, encoding: 'utf8' }).filter((name) => /layers\/0\/upper\/src\/stats\/many\/\d+$/.test(name)).length;
      if (layer() === 0) {
        console.warn('    nothing is left to land: commands do not write beside the work tree here, or nobody was quick enough');
        first.child.kill('SIGCONT');
        await first.done;
        this.skip();
      }
      const second = await bounded('resume', '--json');
      assert.equal(second.status, 69);
      assert.match(second.stderr, /works in this work tree already: another process that does not answer; it may be suspended/);
      assert.equal(landed(), left, 'nobody else wrote');
      first.child.kill('SIGKILL');
      first.child.kill('SIGCONT');
      await first.done;
      const resumed = await bounded('resume', '--json');
      assert.equal(resumed.status, 5, resumed.stderr);
      const written = events(resumed, 'changes/written')[0]?.writes.map((write) => write.path) ?? [];
      assert.deepEqual(written.sort(), numbers.sort());
      assert.deepEqual(readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8').trim()).sort(), numbers.map((name) => path.basename(name)).sort());
      assert.deepEqual(events(resumed, 'changes/observed').filter((event) => event.by === 'user'), []);
      assert.equal(layer(), 0);
    }, { more: durableFiles });
  });
});
