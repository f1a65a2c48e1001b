import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { call, say } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { honest, right } from './support/moves.ts';
import { contractText } from './support/project.ts';
import { scenario } from './support/scenario.ts';

describe('a folder that is in no git repository', function () {
  this.timeout(120_000);
  const neighbour = 'src/other/neighbour.js';
  const stray = call('bash', { command: `echo "// stray" >> ${neighbour}; mkdir -p build && echo made > build/out.js; echo ignored > src/stats/x.log` });

  it('has sessions, strays, rewinds of boundaries, files and hunks, undo and patches; only branches are refused', async () => {
    await scenario({ 'minimal-hook': [[stray, ...(honest['minimal-hook']?.[0] ?? [])], [call('complete_phase', { summary: 'as before' })]] }, contractText({ top: 'on-stray: flag\n' }), async ({ project, run, bounded }) => {
      const at = (file: string): string => path.join(project.root, file);
      const text = (file: string): string => readFileSync(at(file), 'utf8');
      rmSync(at('.git'), { recursive: true });
      appendFileSync(at('.gitignore'), '*.log\n');
      const before = text(neighbour);
      const waiting = await run('--approve', 'all');
      assert.equal(waiting.status, 5, waiting.stderr);
      assert.deepEqual(waiting.result?.flags.map((flag) => flag.path).sort(), ['build/out.js', neighbour]);
      appendFileSync(at('README.md'), 'mine\n');
      const hunk = /hunk (\S+)/.exec((await bounded('rewind', '--file', neighbour, '--dry-run')).stdout)?.[1] ?? '';
      assert.equal((await bounded('rewind', '--hunk', hunk)).status, 0);
      assert.equal(text(neighbour), before);
      assert.equal((await bounded('rewind', '--file', 'build/out.js')).status, 0);
      assert.equal(existsSync(at('build')), false);
      const ids = waiting.result?.gate?.blocking.join(',') ?? '';
      const ran = await bounded('resume', '--approve', `${ids},all`, '--json');
      assert.equal(ran.status, 0, ran.stderr + JSON.stringify(ran.result?.gate));
      assert.equal(events(ran, 'verdict/reached')[0]?.verdict, 'pass');

      for (const how of ['keep', 'squash']) {
        const refused = await bounded(how);
        assert.deepEqual([refused.status, /is in no git repository.*export a patch/.test(refused.stdout)], [1, true], refused.stdout + refused.stderr);
      }
      assert.equal((await bounded('patch', '--without-mine')).status, 0);
      const patch = at(`.bounded/task/${ran.result?.session ?? ''}.patch`);
      assert.doesNotMatch(readFileSync(patch, 'utf8'), /x\.log|README|build/, 'neither what is ignored nor what is the user\'s');
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual(readdirSync(at('src/stats')), ['mean.js']);
      assert.equal(text('README.md'), 'mine\n');
      execFileSync('git', ['apply', patch], { cwd: project.root, env: { ...project.env, GIT_CEILING_DIRECTORIES: path.dirname(project.root) } });
      assert.equal(text('src/stats/variance.js'), right);
      rmSync(at('src/stats/variance.js'));
      for (const file of ['oracle', 'docs']) rmSync(at(file), { recursive: true });
      const undone = await bounded('rewind', '--undo');
      assert.equal(undone.status, 0, undone.stdout);
      assert.equal(text('src/stats/variance.js'), right);
      assert.equal(existsSync(at('.git')), false);

      project.git('init', '-q');
      assert.match((await bounded('status')).stdout, /pass/, 'the session is found again in the repository that was made meanwhile');
    });
  });

  it('needs the program all the same, and says so before anything is made', async () => {
    const bin = mkdtempSync(path.join(os.tmpdir(), 'bounded-bin-'));
    symlinkSync(process.execPath, path.join(bin, 'node'));
    try {
      await scenario(() => say('never'), undefined, async ({ project, server, start }) => {
        rmSync(path.join(project.root, '.git'), { recursive: true });
        const ran = await start(['run', project.contract], { PATH: bin }).done;
        assert.equal(ran.status, 69, ran.stderr);
        assert.match(ran.stderr, /git was not found on PATH; Bounded keeps its checkpoints by it, also where the workspace is no git repository/);
        assert.deepEqual([server.requests.length, existsSync(path.join(project.root, '.bounded/task'))], [0, false]);
      });
    } finally {
      rmSync(bin, { recursive: true });
    }
  });

  it('is not taken for one where it is git\'s own: a bare repository is refused', async () => {
    await scenario(() => say('never'), undefined, async ({ project, server, start }) => {
      const bare = path.join(path.dirname(project.root), 'bare.git');
      project.git('clone', '-q', '--bare', project.root, bare);
      mkdirSync(path.join(bare, 'sub'));
      for (const folder of [bare, path.join(bare, 'sub'), path.join(project.root, '.git')]) {
        const contract = path.join(folder, 'task.bounded.yaml');
        execFileSync('cp', [project.contract, contract]);
        const ran = await start(['run', contract]).done;
        assert.equal(ran.status, 69, ran.stderr);
        assert.match(ran.stderr, /has no work tree: .* is a bare repository or git's own folder/);
        rmSync(contract);
      }
      assert.equal(server.requests.length, 0);
    });
  });
});
