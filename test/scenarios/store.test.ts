import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { type Moves, plan } from './support/moves.ts';
import type { Project } from './support/project.ts';
import { type Scenario, scenario } from './support/scenario.ts';

const contract = `task: Change the large file.
scope: { change: [src/**] }
oracle: { checks: [{ id: fine, run: "true", before: pass }] }
phases: [explore, baseline, minimal-hook, production-shape, review]
budget: { cost: 5 USD, turns: 60, time: 20m }
`;

const finding = { kind: 'requirement', severity: 'minor', file: 'src/large.bin', line: 1, claim: 'It is not large enough.', trigger: 'Whoever wants more.' };
const done = call('complete_phase', { summary: 'Changed.' });

/** Five megabytes that nothing makes smaller. */
const large = [call('bash', { command: 'head -c 5000000 /dev/urandom > src/large.bin' }), done];

let reviews = 0;

/** Every phase of work leaves five megabytes. The second session's review sends it back once. */
const moves: Moves = {
  'explore': [[call('submit_plan', { ...plan, steps: [{ id: 'large', title: 'Large', depends_on: [], files: ['src/large.bin'], expected: 'larger' }], files_to_change: ['src/large.bin'] })]], 'minimal-hook': [large], 'production-shape': [large, large],
  'review': [[() => call('report_findings', { findings: (reviews += 1) === 2 ? [finding] : [] })]],
};

const limited = ({ start, project }: Scenario) => start(['run', project.contract, '--approve', 'all', '--json'], { BOUNDED_STORE_LIMIT: '16 MiB' }).done;

const stateOf = (project: Project): string => path.join(project.env['XDG_STATE_HOME'] ?? '', 'bounded');
const repositoryOf = (project: Project): string => path.join(stateOf(project), readdirSync(stateOf(project)).find((name) => name.endsWith('-work')) ?? '');

/** Whether every content of a tree is in the store. */
function isWhole(project: Project, tree: string): boolean {
  const git = (args: readonly string[], input = '') => execFileSync('git', args, { env: { ...process.env, GIT_DIR: path.join(repositoryOf(project), 'store') }, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    return !git(['cat-file', '--batch-check'], git(['ls-tree', '-r', '--format=%(objectname)', tree])).includes('missing');
  } catch {
    return false;
  }
}

describe('a checkpoint store with a limit', function () {
  // Two whole sessions and a dozen commands.
  this.timeout(300_000);

  it('says what will go, lets the oldest go, and says of a way back that is gone when it went', async () => {
    await scenario(moves, contract, async (one) => {
      const { project, bounded } = one;
      const first = await limited(one);
      assert.equal(first.status, 0, first.stderr);
      assert.deepEqual(events(first, 'checkpoints/evicted'), []);
      const again = await limited(one);
      assert.equal(again.status, 0, again.stderr);
      const [older = '', newer = ''] = [first.result?.session, again.result?.session];

      // The older session's first, then this one's own, and each was said before it went.
      const went = events(again, 'checkpoints/evicted');
      assert.deepEqual(went.map((event) => [event.boundaries.map(({ boundary }) => boundary), event.elsewhere?.map((other) => [other.session, other.boundaries.map(({ boundary }) => boundary)])]), [
        [[], [[older, ['minimal-hook']]]], [['minimal-hook'], undefined],
      ]);
      const order = again.entries.flatMap(({ event }) => (event.type === 'checkpoints/evicted' ? ['went'] : event.type === 'store/measured' && (event.next?.phases.length ?? 0) > 0 ? ['said'] : []));
      assert.match(order.join(' '), /^(said )+went (said )+went/);
      assert.ok(events(again, 'store/measured').every((event) => event.limit === 16 * 1024 * 1024 && event.stuck === undefined));
      assert.ok((events(again, 'store/measured').at(-1)?.bytes ?? Infinity) < 16 * 1024 * 1024);

      // Base, newest boundary and everything that was not named stay whole; what was named is gone from the disk.
      const trees = (ran: typeof first) => new Map([...events(ran, 'boundary/crossed').map((event): [string, string] => [event.boundary, event.tree]), ['base', events(ran, 'base/taken')[0]?.base.tree ?? '']]);
      for (const ran of [first, again]) for (const [boundary, tree] of trees(ran)) assert.equal(isWhole(project, tree), boundary !== 'minimal-hook', `${boundary} of ${ran.result?.session}`);

      // Each session tells it: in its own trace, which verifies, in its status, and when a person wants to go back.
      const status = (await bounded('status')).stdout;
      assert.match(status, /✓ minimal-hook · no way back: removed on \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
      assert.match(status, /Checkpoints 14\.\d MiB of 16 MiB/);
      assert.equal((await bounded('trace', older)).status, 0);
      const before = readFileSync(path.join(project.root, 'src/large.bin'));
      for (const [session, ...more] of [[older], [newer, '--dry-run']] as const) {
        const refused = await bounded('rewind', session, '--to', 'minimal-hook', ...more);
        assert.equal(refused.status, 1);
        assert.match(refused.stdout, /the checkpoint of minimal-hook was removed on \d{4}-\d\d-\d\d \d\d:\d\d UTC to make room in the checkpoint store\. There is a way back to: base, explore, baseline, production-shape/);
      }
      assert.ok(readFileSync(path.join(project.root, 'src/large.bin')).equals(before));

      // The work can be kept all the same, and the ways back that are left lead back.
      assert.equal((await bounded('keep', newer)).status, 0);
      const subjects = project.git('log', '--format=%s', 'main..bounded/task/1').trim().split('\n');
      assert.deepEqual(subjects, ['production-shape.2: Change the large file.', 'production-shape: Change the large file.', 'Uncommitted work at the start']);
      const message = project.git('log', '-1', '--format=%B', 'bounded/task/1');
      const trailers = new Map(execFileSync('git', ['interpret-trailers', '--parse'], { input: message, encoding: 'utf8' }).trim().split('\n').map((line) => line.split(': ') as [string, string]));
      assert.deepEqual(['Session', 'Phase', 'Boundary', 'Verdict', 'Cells'].map((name) => trailers.get(`Bounded-${name}`)), [newer, 'production-shape', 'production-shape.2', 'pass', '1 passed, 0 failed, 0 could not run']);
      assert.equal(trailers.get('Bounded-Tree'), trees(again).get('production-shape.2'));
      const [, hash, line] = /^(\w+) line (\d+)$/.exec(trailers.get('Bounded-Trace') ?? '') ?? [];
      const trace = readFileSync(path.join(repositoryOf(project), 'sessions', newer, 'trace.jsonl'), 'utf8').split('\n');
      assert.equal(createHash('sha256').update(trace[Number(line) - 1] ?? '').digest('hex'), hash);
      const dropped = await bounded('drop', newer, '--branch');
      assert.match(dropped.stdout, /the branch bounded\/task\/1 was dropped; .* git branch bounded\/task\/1 [0-9a-f]{40} brings it back/);
      assert.deepEqual([project.git('branch', '--list', 'bounded/*'), (await bounded('drop', newer, '--branch')).status], ['', 1]);
      assert.equal((await bounded('rewind', newer, '--to', 'production-shape')).status, 0);
      assert.equal((await bounded('rewind', newer, '--undo')).status, 0);
      assert.ok(readFileSync(path.join(project.root, 'src/large.bin')).equals(before));

      // What prune would remove is said before it goes, session by session.
      const shown = await bounded('prune');
      assert.match(shown.stdout, /2 sessions with \d+ boundaries to rewind to; \d+\.\d MiB of it are checkpoints/);
      for (const session of [older, newer]) assert.match(shown.stdout, new RegExp(`${session} task · (not ended|ended: pass).* · explore, baseline, production-shape`));
      assert.ok(existsSync(repositoryOf(project)));
      const pruned = await bounded('prune', '--yes');
      assert.match(pruned.stderr, new RegExp(newer));
      assert.deepEqual(readdirSync(stateOf(project)).filter((name) => name.endsWith('-work')), []);
    });
  });
});
