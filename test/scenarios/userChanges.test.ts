import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { honest, right } from './support/moves.ts';
import { contractText, type Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';

/** git on the private store of a project. */
function store(project: Project): (...args: string[]) => string {
  const state = path.join(project.env['XDG_STATE_HOME'] ?? '', 'bounded');
  const [repository = ''] = readdirSync(state).filter((name) => name.endsWith('-work'));
  return (...args) => execFileSync('git', args, { env: { ...process.env, GIT_DIR: path.join(state, repository, 'store') }, encoding: 'utf8' }).trim();
}

/** Subjects with their authors, the newest first, of the attempt's branch. */
const history = (git: (...args: string[]) => string, session: string, attempt: number): string[] =>
  git('log', '--format=%s|%an', `bounded/task/${session}/${attempt}`).split('\n').map((line) => line.replace(/: .*\|/, '|'));

describe('changes of the user during a session', function () {
  this.timeout(180_000);

  it('that no checkpoint can hold leave the session without a pass: what was measured is older than what is there', async () => {
    let file = '';
    const grow = () => {
      truncateSync(file, 300 * 1024 * 1024);
      return call('report_findings', { findings: [] });
    };
    await scenario({ review: [[grow]] }, undefined, async ({ project, run, bounded }) => {
      file = path.join(project.root, 'src/stats/mean.js');
      const ran = await run('--approve', 'all');
      assert.deepEqual([ran.status, ran.result?.verdict], [3, 'unverified'], ran.stderr);
      const older = 'what is there now is too large or cannot be read, and an older content was measured: src/stats/mean.js';
      assert.deepEqual(events(ran, 'verdict/reached').map(({ because }) => because), [[older]]);
      const verified = await bounded('verify', project.contract);
      assert.deepEqual([verified.status, verified.stdout.includes(older)], [3, true], verified.stdout);
    });
  });

  it('are commits of their own between the boundaries, over resume and rewind, and can be left out of what is kept', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      const at = (file: string): string => path.join(project.root, file);
      await run('--approve', 'explore');
      writeFileSync(at('NOTES.md'), 'mine\n');
      const waiting = await bounded('resume', '--approve', 'oracle-only', '--json');
      assert.equal(waiting.result?.gate?.phase, 'minimal-hook', waiting.stderr);
      const session = waiting.result?.session ?? '';
      const git = store(project);
      assert.deepEqual(history(git, session, 1), ['oracle-only|Bounded', 'Changes by the user before oracle-only|User', 'baseline|Bounded', 'explore|Bounded', 'the state at the start|User']);
      assert.equal(git('diff', '--name-only', `bounded/task/${session}/1~2`, `bounded/task/${session}/1~1`), 'NOTES.md');
      assert.doesNotMatch(git('diff', '--name-only', `bounded/task/${session}/1~1`, `bounded/task/${session}/1`), /NOTES/);

      writeFileSync(at('LATER.md'), 'later\n');
      assert.equal((await bounded('resume', '--rewind', 'oracle-only', '--json')).status, 5);
      const ran = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(history(git, session, 2).slice(0, 5), ['review|Bounded', 'production-shape|Bounded', 'minimal-hook|Bounded', 'Changes by the user before minimal-hook|User', 'oracle-only|Bounded']);
      assert.equal(git('diff', '--name-only', `bounded/task/${session}/2~4`, `bounded/task/${session}/2~3`), 'LATER.md');

      const repository = [project.git('rev-parse', 'HEAD'), project.git('--no-optional-locks', 'status', '--porcelain'), project.git('ls-files', '-s')];
      const kept = await bounded('keep', '--without-mine');
      assert.equal(kept.status, 0, kept.stderr);
      assert.match(kept.stdout, /Verdict of what was kept: unverified, it differs from the measured tree/);
      assert.deepEqual(project.git('diff', '--name-only', 'main', 'bounded/task/1').trim().split('\n'), ['docs/variance.md', 'oracle/check.mjs', 'src/stats/variance.js']);
      assert.equal((await bounded('keep')).status, 0);
      assert.deepEqual(project.git('diff', '--name-only', 'bounded/task/1', 'bounded/task/2').trim().split('\n'), ['LATER.md', 'NOTES.md']);
      assert.deepEqual([project.git('rev-parse', 'HEAD'), project.git('--no-optional-locks', 'status', '--porcelain'), project.git('ls-files', '-s')], repository);
      assert.equal((await bounded('drop', '--without-mine')).status, 64);
    });
  });

  it('are no work of the session: a phase in which it changed nothing itself is not met', async () => {
    let root = '';
    const byHand = () => (writeFileSync(path.join(root, 'src/stats/variance.js'), right), call('complete_phase', { summary: 'Done.' }));
    await scenario({ 'minimal-hook': [[byHand]] }, undefined, async ({ project, run }) => {
      root = project.root;
      const ran = await run('--approve', 'explore,oracle-only');
      assert.equal(ran.status, 5, ran.stderr);
      const [exit] = events(ran, 'exit/evaluated').filter(({ phase }) => phase === 'minimal-hook');
      assert.deepEqual(exit?.conditions.filter(({ holds }) => !holds), [{ id: 'work-done', holds: false, wanted: 'a change by the session', measured: '0 files changed' }]);
    });
  });

  it('by a formatter that runs when a file is saved do not make the session\'s work undone', async () => {
    await scenario({ 'production-shape': [[call('complete_phase', { summary: 'Nothing to clean up.' })]] }, undefined, async ({ project, run }) => {
      const folder = JSON.stringify(path.join(project.root, 'src/stats'));
      const formatter = spawn(process.execPath, ['-e', `const fs = require('node:fs'); fs.watch(${folder}, () => { const file = ${folder} + '/variance.js'; if (!fs.existsSync(file)) return; const text = fs.readFileSync(file, 'utf8'); if (text !== '' && !text.startsWith('// formatted')) fs.writeFileSync(file, '// formatted\\n' + text); }); console.log('watching');`], { stdio: ['ignore', 'pipe', 'ignore'] });
      try {
        await once(formatter.stdout, 'data');
        const ran = await run('--approve', 'all');
        assert.deepEqual([ran.status, ran.result?.verdict], [0, 'pass'], ran.stderr);
        assert.match(readFileSync(path.join(project.root, 'src/stats/variance.js'), 'utf8'), /^\/\/ formatted/);
      } finally {
        formatter.kill();
      }
    });
  });

  it('in a file of the session stay in the boundary\'s commit, whose message names the file, and cannot be left out', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      const waiting = await run('--approve', 'explore,oracle-only');
      assert.equal(waiting.result?.gate?.phase, 'minimal-hook', waiting.stderr);
      appendFileSync(path.join(project.root, 'src/stats/variance.js'), '// mine\n');
      writeFileSync(path.join(project.root, 'NOTES.md'), 'mine\n');
      const ran = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(ran.status, 0, ran.stderr);
      const git = store(project);
      const branch = `bounded/task/${ran.result?.session ?? ''}/1`;
      assert.deepEqual(history(git, ran.result?.session ?? '', 1).slice(2, 4), ['minimal-hook|Bounded', 'Changes by the user before minimal-hook|User']);
      const messages = git('log', '--format=%B', branch);
      assert.equal(messages.split('Changed by the session and by the user').length, 2);
      assert.match(git('log', '-1', '--format=%B', `${branch}~2`), /in one commit because it is one file:\n {2}"src\/stats\/variance\.js"\n/);
      assert.match(git('show', `${branch}~2:src/stats/variance.js`), /\/\/ mine/);
      assert.equal(git('ls-tree', '--name-only', `${branch}~3`, 'src/stats/variance.js'), '');
      const crossed = events(ran, 'boundary/crossed').find((event) => event.boundary === 'minimal-hook');
      assert.equal(git('diff', '--name-only', crossed?.tree ?? '', crossed?.commit ?? ''), '', 'the boundary has its whole tree');
      const refused = await bounded('keep', '--without-mine');
      assert.deepEqual([refused.status, /session and you changed the same file, src\/stats\/variance\.js/.test(refused.stdout)], [1, true]);
      assert.equal(project.git('branch', '--list', 'bounded/*'), '');
    });
  });

  it('made while file tools run are found by the next look at everything, are theirs, and are in what is measured', async () => {
    let root = '';
    const users = (text: string) => {
      writeFileSync(path.join(root, 'NOTES.md'), text);
      appendFileSync(path.join(root, 'src/other/neighbour.js'), `// ${text}`);
    };
    const [writing, ...rest] = honest['minimal-hook']?.[0] ?? [];
    const extra = (content: string) => call('write', { file_path: 'src/stats/extra.js', content });
    const moves = [
      () => { users('first\n'); return extra('export const one = 1;\n'); },
      call('bash', { command: 'echo "export const two = 2;" >> src/stats/extra.js' }),
      () => { users('second\n'); return typeof writing === 'function' || writing === undefined ? assert.fail() : writing; },
      ...rest,
    ];
    await scenario({ 'minimal-hook': [moves] }, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run }) => {
      root = project.root;
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      const all = events(ran, 'changes/written').flatMap((event) => event.writes.map((write) => `${write.path} ${write.by} ${event.covers ?? 'everything'}`));
      assert.deepEqual(all, ['oracle/check.mjs tool written', 'src/stats/extra.js tool written', 'src/stats/extra.js command everything', 'src/stats/variance.js tool written', 'docs/variance.md tool written']);
      const observed = events(ran, 'changes/observed').map((event) => [event.files.map((file) => file.path).sort().join(' '), event.covers ?? 'everything']);
      assert.deepEqual(observed, [['NOTES.md src/other/neighbour.js', 'everything'], ['NOTES.md src/other/neighbour.js', 'everything']]);
      assert.deepEqual([ran.result?.flags, events(ran, 'rewind/done')], [[], []], 'none of it is a stray');
      assert.match(readFileSync(path.join(root, 'src/other/neighbour.js'), 'utf8'), /first\n.*second\n/s);
      const git = store(project);
      for (const { run: measured } of events(ran, 'oracle/ran').filter((event) => event.run.purpose !== 'baseline' && event.run.purpose !== 'red').slice(-2)) {
        assert.equal(git('cat-file', 'blob', `${measured.tree}:NOTES.md`), 'second');
      }
      assert.equal(git('cat-file', 'blob', `${ran.result?.tree ?? ''}:NOTES.md`), 'second');
      const narrow = events(ran, 'changes/written').filter((event) => event.covers === 'written').map((event) => event.tree);
      const measured = new Set([...events(ran, 'oracle/ran').map((event) => event.run.tree), ...events(ran, 'boundary/crossed').map((event) => event.tree)]);
      assert.equal(git('cat-file', 'blob', `${narrow[2]}:NOTES.md`), 'first', 'what the file tool knew of');
      assert.equal(measured.has(narrow[2] ?? ''), false);
    });
  });

  it('in the very file that a file tool is about to change are theirs, and make its edit stale', async () => {
    let root = '';
    const file = 'src/stats/extra.js';
    const moves = [
      call('write', { file_path: file, content: 'export const one = 1;\n' }),
      () => { appendFileSync(path.join(root, file), '// mine\n'); return call('edit', { file_path: file, old_string: '= 1', new_string: '= 2' }); },
      call('edit', { file_path: file, old_string: '= 1', new_string: '= 2' }),
      ...(honest['minimal-hook']?.[0] ?? []),
    ];
    await scenario({ 'minimal-hook': [moves] }, undefined, async ({ project, run }) => {
      root = project.root;
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(readFileSync(path.join(root, file), 'utf8'), 'export const one = 2;\n// mine\n');
      assert.deepEqual(events(ran, 'changes/observed').map((event) => [event.files.map((one) => one.path), event.covers]), [[[file], 'written']]);
      assert.equal(events(ran, 'tool/answered').filter((event) => event.reason === 'stale').length, 1);
      const writes = events(ran, 'changes/written').flatMap((event) => event.writes).filter((write) => write.path === file);
      assert.deepEqual(writes.map((write) => [write.added, write.removed]), [[1, 0], [1, 1]]);
    });
  });
});
