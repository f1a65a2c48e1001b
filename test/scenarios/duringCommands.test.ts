import assert from 'node:assert/strict';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import { events, type Running } from './support/cli.ts';
import { hasBegun, waiting } from './support/duringCommand.ts';
import { honest } from './support/moves.ts';
import { contractText, type Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';
import { filesIn } from './support/survivor.ts';

const work = honest['minimal-hook']?.[0] ?? [];
const contract = contractText({ top: 'on-stray: rewind\n' });
const lines = (...changed: readonly string[]) => ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((line) => `${changed.find((one) => one.startsWith(line)) ?? line}\n`).join('');
const stray = 'echo stray > stray.txt; echo command > both.txt; sed -i s/six/SIX/ shared.txt; echo made > src/stats/made.js; rm docs/old.md; chmod 700 src/other';
const more = { 'shared.txt': lines(), 'both.txt': 'old\n', 'docs/old.md': 'old\n', 'notes/gone.txt': 'gone\n' };

/** Resolves when the command has done its work. */
async function begun(project: Project, { child, done }: Running): Promise<void> {
  while (child.exitCode === null && !hasBegun(project)) await new Promise((resolve) => { setTimeout(resolve, 20); });
  if (child.exitCode !== null) assert.fail((await done).stderr);
}

/** The user at work, while a command runs. */
function edit({ root, write }: Project): void {
  write('src/other/neighbour.js', 'export const limit = 3; // by the user\n');
  write('src/stats/mean.js', `// formatted by the user\n${readFileSync(path.join(root, 'src/stats/mean.js'), 'utf8')}`);
  write('notes/todo.txt', 'a note\n');
  write('shared.txt', lines('two by the user'));
  write('both.txt', 'user\n');
  rmSync(path.join(root, 'notes/gone.txt'));
  for (const file of ['package.json', 'src/other/neighbour.js']) chmodSync(path.join(root, file), 0o600);
}

const users = ['both.txt', 'notes/gone.txt', 'notes/todo.txt', 'shared.txt', 'src/other/neighbour.js', 'src/stats/mean.js'];

describe('what the user does while a command runs', function () {
  this.timeout(120_000);

  it('is theirs: edits, deletions, a commit, lines of the same file; only the command is charged, flagged and rewound', async () => {
    await scenario({ 'minimal-hook': [[waiting(stray), ...work]] }, contract, async ({ project, start, bounded }) => {
      const running = start(['run', project.contract, '--approve', 'all', '--json']);
      await begun(project, running);
      edit(project);
      project.git('add', 'notes');
      project.git('-c', 'user.name=U', '-c', 'user.email=u@localhost', 'commit', '-q', '-m', 'mine');
      assert.deepEqual([existsSync(path.join(project.root, 'stray.txt')), existsSync(path.join(project.root, 'docs/old.md'))], [false, true], 'nothing of the command is in the work tree while it runs');
      project.write('go', '');
      const ran = await running.done;
      const read = (file: string) => readFileSync(path.join(project.root, file), 'utf8');
      assert.equal(ran.result?.gate?.kind, 'head-moved', ran.stderr);
      assert.deepEqual(ran.result?.flags.map((flag) => [flag.path, flag.outcome]).sort(), [['docs/old.md', 'rewound'], ['shared.txt', 'rewound'], ['stray.txt', 'rewound']]);
      assert.deepEqual(events(ran, 'changes/written').flatMap((event) => event.writes.map((write) => write.path)).filter((one) => !one.startsWith('oracle/')).sort(), ['docs/old.md', 'shared.txt', 'src/stats/made.js', 'stray.txt']);
      assert.deepEqual([...new Set(events(ran, 'changes/observed').flatMap((event) => event.files.map((file) => file.path)))].sort(), ['both.txt', 'go', ...users.slice(1)]);
      assert.deepEqual(events(ran, 'gate/opened').filter((gate) => gate.kind === 'stray'), [], 'permissions that the user changed are no matter of the command');
      assert.deepEqual(events(ran, 'changes/withheld').flatMap((event) => event.files.map((file) => file.path)), ['both.txt']);
      assert.match(ran.entries.map(({ event }) => (event.type === 'tool/answered' ? event.text : '')).join('\n'), /because the user changed it meanwhile or it could not be written: both\.txt\./);
      assert.deepEqual(['src/other/neighbour.js', 'shared.txt', 'both.txt', 'docs/old.md', 'notes/todo.txt', 'src/stats/made.js'].map(read), ['export const limit = 3; // by the user\n', lines('two by the user'), 'user\n', 'old\n', 'a note\n', 'made\n']);
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual(['shared.txt', 'src/stats/mean.js'].map((file) => read(file).includes('by the user')), [true, true]);
      assert.deepEqual([existsSync(path.join(project.root, 'src/stats/made.js')), existsSync(path.join(project.root, 'notes/gone.txt'))], [false, false]);
      const left = readdirSync(project.env['XDG_STATE_HOME'] ?? '', { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('layers'));
      assert.deepEqual(left, []);
    }, { more });
  });

  it('stays theirs when Bounded is killed meanwhile; what the command had written lands as its own when the session goes on, and in no other folder that has come in the place of the work tree', async () => {
    await scenario({ 'minimal-hook': [[waiting(stray)], [call('report_blocker', { what: 'stop', tried: 'all', needs: 'you' })]] }, contractText({ top: 'on-stray: flag\n' }), async ({ project, start, bounded }) => {
      const running = start(['run', project.contract, '--approve', 'all', '--json']);
      await begun(project, running);
      edit(project);
      running.child.kill('SIGKILL');
      await running.done;
      writeFileSync(path.join(project.root, 'later.txt'), 'user\n');
      assert.equal(existsSync(path.join(project.root, 'stray.txt')), false);
      const [left, aside] = [filesIn(project.root), `${project.root}.aside`];
      renameSync(project.root, aside);
      cpSync(aside, project.root, { recursive: true, verbatimSymlinks: true });
      for (const [status, ...args] of [[75, 'resume', '--approve', 'all', '--json'], [1, 'rewind', '--to', 'base']] as const) {
        const refused = await bounded(...args);
        assert.match(`${refused.stdout}${refused.stderr}`, /work is not the folder that the session began to work in, and what a command wrote there waits in \S+layers; put it back as it was, then go on/);
        assert.deepEqual([refused.status, filesIn(project.root), filesIn(aside)], [status, left, left], args.join(' '));
      }
      rmSync(project.root, { recursive: true });
      renameSync(aside, project.root);
      const resumed = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(events(resumed, 'tool/answered')[0]?.outcome, 'interrupted', resumed.stderr);
      assert.deepEqual(events(resumed, 'changes/written')[0]?.writes.map((write) => write.path).sort(), ['begun', 'docs/old.md', 'shared.txt', 'src/stats/made.js', 'stray.txt']);
      assert.deepEqual([...new Set(events(resumed, 'changes/observed').flatMap((event) => event.files.map((file) => file.path)))].sort(), ['both.txt', 'later.txt', ...users.slice(1)]);
      assert.deepEqual(resumed.result?.flags.map((flag) => flag.path).sort(), ['begun', 'docs/old.md', 'shared.txt', 'stray.txt']);
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual(['shared.txt', 'both.txt', 'later.txt', 'docs/old.md'].map((file) => readFileSync(path.join(project.root, file), 'utf8')), [lines('two by the user'), 'user\n', 'user\n', 'old\n']);
      assert.equal(existsSync(path.join(project.root, 'stray.txt')), false);
    }, { more });
  });
});
