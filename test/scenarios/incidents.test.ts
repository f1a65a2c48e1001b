import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { honest, right } from './support/moves.ts';
import { contractText, type Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';

const work = honest['minimal-hook']?.[0] ?? [];

/** Content and mode of every file but git's and Bounded's own. */
function contents(project: Project): Record<string, string> {
  const files = readdirSync(project.root, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory()).map((entry) => path.relative(project.root, path.join(entry.parentPath, entry.name)));
  const own = files.filter((file) => !/^(\.git|\.bounded)\//.test(file)).sort();
  return Object.fromEntries(own.map((file) => [file, `${lstatSync(path.join(project.root, file)).mode.toString(8)} ${readFileSync(path.join(project.root, file), 'latin1')}`]));
}

/** What users of other agents lost, each told again as something that must not happen here. The names are those of the public reports. */
describe('incidents elsewhere, with a whole session', function () {
  this.timeout(180_000);

  it('1: the undo wipes outputs that nobody committed (copilot-cli#1675, cline#14367)', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      project.write('.gitignore', 'node_modules/\nbuild/\nresults/\n');
      for (const file of ['results/run-1.csv', 'build/cache.bin', 'notes/idea.md']) project.write(file, `${file} took a night\n`);
      const before = contents(project);
      assert.equal((await run('--approve', 'explore,oracle-only')).status, 5);
      for (const file of ['results/run-2.csv', 'build/later.bin', 'notes/later.md']) project.write(file, `${file} came meanwhile\n`);
      const later = Object.fromEntries(Object.entries(contents(project)).filter(([file]) => file.includes('run-2') || file.includes('later')));
      const dropped = await bounded('drop');
      assert.equal(dropped.status, 0, dropped.stderr);
      assert.deepEqual(contents(project), { ...before, ...later });
    });
  });

  it('1: the undo takes committed work back to an older state (opencode#10287)', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      assert.equal((await run('--approve', 'explore,oracle-only')).status, 5);
      project.write('src/other/more.js', Array.from({ length: 1300 }, (_, index) => `export const n${index} = ${index};\n`).join(''));
      appendFileSync(path.join(project.root, 'src/other/neighbour.js'), '// committed meanwhile\n');
      project.git('add', 'src/other');
      project.git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'mine');
      const [head, index] = [project.git('rev-parse', 'HEAD'), project.git('ls-files', '-s')];
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual([project.git('rev-parse', 'HEAD'), project.git('ls-files', '-s'), project.git('symbolic-ref', 'HEAD').trim()], [head, index, 'refs/heads/main']);
      assert.equal(project.git('status', '--porcelain', '--', 'src', 'test'), '');
      assert.equal(existsSync(path.join(project.root, 'src/stats/variance.js')), false);
    });
  });

  it('1: the undo of a session that changed nothing changes something (opencode#32529)', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      assert.equal((await run()).status, 5);
      const times = () => Object.keys(contents(project)).map((file) => `${file} ${lstatSync(path.join(project.root, file), { bigint: true }).mtimeNs}`);
      const [before, then] = [contents(project), times()];
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual([contents(project), times()], [before, then]);
    });
  });

  it('2: the undo does not know what the shell did, or brings back what was moved (claude-code#34368, claude-code#20671)', async () => {
    const shell = call('bash', { command: 'mv src/stats/mean.js src/stats/average.js; rm -r src/stats/old; chmod +x src/stats/run.sh; printf "\\0\\1" > src/stats/data.bin; git config --file src/stats/x a.b c' });
    await scenario({ 'minimal-hook': [[shell, call('bash', { command: 'mv src/stats/average.js src/stats/mean.js' }), ...work]] }, undefined, async ({ project, run, bounded }) => {
      project.write('src/stats/old/deep/file.js', 'old\n');
      project.write('src/stats/run.sh', '#!/bin/sh\n');
      const before = contents(project);
      const ran = await run('--approve', 'explore,oracle-only');
      assert.equal(ran.status, 5, ran.stderr);
      const after = contents(project);
      assert.equal(existsSync(path.join(project.root, 'src/stats/average.js')), false);
      assert.equal(existsSync(path.join(project.root, 'src/stats/old')), false);
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual(contents(project), before);
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      assert.deepEqual(contents(project), after, 'undone, what was removed is gone again');
    });
  });

  it('2: what cannot be restored is said too late (claude-code#34368)', async () => {
    await scenario({ 'minimal-hook': [[call('bash', { command: 'mkfifo src/stats/pipe' }), ...work]] }, undefined, async ({ project, run, bounded }) => {
      mkdirSync(path.join(project.root, 'data'));
      project.git('init', '-q', path.join(project.root, 'data', 'clone'));
      const ran = await run('--approve', 'explore,oracle-only');
      assert.deepEqual(events(ran, 'base/taken')[0]?.base.notCovered, ['data/clone/.git: a repository of its own'], 'known before any work');
      assert.equal(ran.result?.gate?.kind, 'stray', 'a person is asked the moment that it happens');
      assert.match(ran.result?.gate?.question ?? '', /src\/stats\/pipe/);
      const preview = (await bounded('rewind', '--to', 'base', '--dry-run')).stdout;
      assert.match(preview, /in no checkpoint, and left as it is:\n {2}data\/clone\/\.git: a repository of its own\n {2}src\/stats\/pipe: a pipe/, 'and before a rewind');
      assert.match((await bounded('rewind', '--to', 'base')).stdout, /not in any checkpoint, and still there: src\/stats\/pipe: a pipe/, 'and after it');
    });
  });

  it('3: the undo says that it worked, and did nothing (opencode#38672, vscode#311213)', async () => {
    await scenario({ 'minimal-hook': [[call('bash', { command: 'sed -i "s/= 20000;/= -1;/" src/stats/long.js; echo x >> src/stats/mean.js' }), ...work]] }, contractText(), async ({ project, run, bounded }) => {
      const file = path.join(project.root, 'src/stats/long.js');
      writeFileSync(file, Array.from({ length: 40_000 }, (_, index) => `export const n${index + 1} = ${index + 1};\n`).join(''));
      const before = readFileSync(file);
      assert.equal((await run('--approve', 'explore,oracle-only')).status, 5);
      assert.match(readFileSync(file, 'utf8'), /= -1;/);
      const rewound = await bounded('rewind', '--file', 'src/stats/long.js');
      assert.equal(rewound.status, 0, rewound.stderr);
      assert.ok(readFileSync(file).equals(before));
      const mean = path.join(project.root, 'src/stats/mean.js');
      writeFileSync(mean, readFileSync(mean, 'utf8').replace('x\n', 'mine\n'));
      const refused = await bounded('rewind', '--file', 'src/stats/mean.js');
      assert.equal(refused.status, 1, 'what was not done is no success');
      assert.match(refused.stdout + refused.stderr, /mean\.js.*you changed the same lines/s);
      assert.match(readFileSync(mean, 'utf8'), /mine/);
    });
  });

  it('4: one stray key rewinds for good (zed#28676, claude-code#64615)', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      assert.equal((await run('--approve', 'all')).status, 0);
      chmodSync(path.join(project.root, 'src/stats/variance.js'), 0o755);
      const done = contents(project);
      assert.match(done['src/stats/variance.js'] ?? '', /^100755/);
      const asked = await bounded('rewind', '--to', 'base', '--dry-run', '--json');
      assert.equal(asked.status, 0, asked.stderr);
      assert.match(asked.stdout, /variance\.js/);
      assert.deepEqual(contents(project), done, 'looking changes nothing');
      await bounded('rewind');
      assert.deepEqual(contents(project), done, 'without saying where to, nothing is rewound');
      rmSync(path.join(project.root, 'src/stats/variance.js'));
      writeFileSync(path.join(project.root, 'src/stats/variance.js'), right, { mode: 0o644 });
      const plain = contents(project);
      assert.equal((await bounded('rewind', '--to', 'base')).status, 0);
      assert.equal(existsSync(path.join(project.root, 'src/stats/variance.js')), false);
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      assert.deepEqual(contents(project), plain);
      assert.equal(statSync(path.join(project.root, 'src/stats/variance.js')).mode & 0o777, 0o644);
    });
  });
});
