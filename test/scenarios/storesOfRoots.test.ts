import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { type Moves, plan } from './support/moves.ts';
import type { Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';
import { makeSibling } from './support/twoRoots.ts';

const contract = `task: Change the large files.
roots: [../api]
scope: { change: [src/**, ../api/src/**] }
oracle: { checks: [{ id: fine, run: "true", before: pass }] }
phases: [explore, baseline, minimal-hook, production-shape]
budget: { cost: 5 USD, turns: 60, time: 20m }
`;

/** Nine megabytes in the other repository and one here that nothing makes smaller: the other's store is full at the second boundary, this one's never. */
const large = [call('bash', { command: 'head -c 9000000 /dev/urandom > ../api/src/large.bin; head -c 1000000 /dev/urandom > src/large.bin' }), call('complete_phase', { summary: 'Changed.' })];

const moves: Moves = {
  'explore': [[call('submit_plan', { ...plan, steps: [{ id: 'large', title: 'Large', depends_on: [], files: ['src/large.bin'], expected: 'larger' }], files_to_change: ['src/large.bin', '../api/src/large.bin'] })]],
  'minimal-hook': [large], 'production-shape': [large],
};

const limit = { BOUNDED_STORE_LIMIT: '16 MiB' };

/** Private state of the repository of this name. */
function stateOf(project: Project, name: string): string {
  const state = path.join(project.env['XDG_STATE_HOME'] ?? '', 'bounded');
  return path.join(state, readdirSync(state).find((one) => one.endsWith(`-${name}`)) ?? '');
}

/** Whether every content of a tree is in the store of the repository of this name. */
function isWhole(project: Project, name: string, tree: string): boolean {
  const store = path.join(stateOf(project, name), 'store');
  const git = (args: readonly string[], input = '') => execFileSync('git', args, { env: { ...process.env, GIT_DIR: store }, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    return !git(['cat-file', '--batch-check'], git(['ls-tree', '-r', '--format=%(objectname)', tree])).includes('missing');
  } catch {
    return false;
  }
}

/** Whether both parts of a tree are. */
const partsIn = (project: Project, tree: string): readonly boolean[] => tree.split('+').map((one, place) => isWhole(project, place === 0 ? 'work' : 'api', one));

describe('the checkpoint stores of a session over two repositories', function () {
  this.timeout(300_000);

  it('are each held to their limit: a boundary that goes in one is gone in both, also where the process dies before it is removed', async () => {
    await scenario(moves, contract, async ({ project, start, bounded }) => {
      const api = makeSibling(project);
      const running = start(['run', project.contract, '--approve', 'all', '--json'], limit);
      let seen = '';
      running.child.stdout?.on('data', (chunk: Buffer) => {
        seen += chunk.toString();
        if (seen.includes('"type":"checkpoints/evicted"')) running.child.kill('SIGKILL');
      });
      const killed = await running.done;
      assert.equal(killed.status, null, killed.stderr + killed.stdout.slice(-2000));
      const measured = events(killed, 'store/measured').filter(({ root }) => root === '../api');
      assert.deepEqual(measured.at(-1)?.next?.phases.map((one) => one.boundaries.map(({ boundary }) => boundary)), [['minimal-hook']], 'it was said before');
      assert.deepEqual(events(killed, 'checkpoints/evicted').map(({ boundaries }) => boundaries.map(({ boundary }) => boundary)), [['minimal-hook']]);
      const back = await bounded('rewind', '--to', 'minimal-hook', '--dry-run');
      assert.deepEqual([back.status, /the checkpoint of minimal-hook was removed on/.test(back.stdout)], [1, true], back.stdout);

      // Mostly nothing has been removed yet. Where it has been in the full store alone, the other one keeps its part until it makes room itself.
      const gone = partsIn(project, events(killed, 'boundary/crossed').find(({ boundary }) => boundary === 'minimal-hook')?.tree ?? '');
      const later = gone[0] === true && gone[1] === false;
      // Somebody has removed what the other repository knew of the session; it is told again.
      const guests = path.join(stateOf(project, 'api'), 'guests');
      rmSync(guests, { recursive: true });
      const ran = await start(['resume', '--approve', 'all', '--json'], limit).done;
      assert.equal(ran.status, 0, ran.stderr + ran.stdout.slice(-2000));
      assert.deepEqual(readdirSync(guests), [ran.result?.session]);
      const entries = [...killed.entries, ...ran.entries];
      const trees = new Map(entries.flatMap(({ event }) => (event.type === 'boundary/crossed' ? [[event.boundary, event.tree] as const] : event.type === 'base/taken' ? [['base', event.base.tree] as const] : [])));
      assert.deepEqual([...trees.keys()], ['base', 'explore', 'baseline', 'minimal-hook', 'production-shape']);
      for (const [boundary, tree] of trees) assert.deepEqual(partsIn(project, tree), boundary === 'minimal-hook' ? [later, false] : [true, true], boundary);
      assert.ok((events(ran, 'store/measured').findLast(({ root }) => root === '../api')?.bytes ?? Infinity) < 16 * 1024 * 1024);

      const status = (await bounded('status')).stdout;
      assert.match(status, /✓ minimal-hook · no way back: removed on/);
      assert.match(status, /Checkpoints \d\.\d MiB of 16 MiB[^]*Checkpoints in \.\.\/api \d+\.\d MiB of 16 MiB/);
      const [here, there] = [await bounded('prune'), await bounded('prune', '--workspace', api.root)];
      assert.match(here.stdout, /task · ended: pass.* · explore, baseline, production-shape · also in \.\.\/api\n.*keep in \.\.\/api stays there until that repository is pruned too, or its store is full/s);
      assert.match(there.stdout, /0 sessions with 0 boundaries to rewind to; \d+\.\d MiB of it are checkpoints\n  \S+ task of \S+work · ended: pass.* · explore, baseline, production-shape\n.*Sessions of \S+work worked here as well/s);
      const files = [project, api].map(({ root }) => path.join(root, 'src/large.bin'));
      const contents = () => files.map((file) => readFileSync(file));
      const before = contents();
      assert.equal((await bounded('rewind', '--to', 'baseline')).status, 0);
      assert.deepEqual(files.map((file) => existsSync(file)), [false, false]);
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      assert.deepEqual(contents(), before);
    });
  });
});
