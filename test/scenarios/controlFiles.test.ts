import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, lstatSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import { events, type Ran } from './support/cli.ts';
import { honest } from './support/moves.ts';
import { hasBegun, waiting } from './support/duringCommand.ts';
import { contractText, type Project } from './support/project.ts';
import { type Scenario, scenario } from './support/scenario.ts';

/** Kind, permissions and bytes of everything in `.git` but objects and logs of heads: what a rewind must bring back exactly. */
function steering(project: Project): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (folder: string): void => {
    for (const name of readdirSync(path.join(project.root, folder))) {
      const place = path.join(project.root, folder, name);
      const stats = lstatSync(place);
      if (stats.isDirectory()) visit(`${folder}/${name}`);
      else found[`${folder}/${name}`] = stats.isSymbolicLink() ? `link ${readlinkSync(place)}` : `${(stats.mode & 0o7777).toString(8)} ${readFileSync(place, 'latin1')}`;
    }
  };
  visit('.git');
  return Object.fromEntries(Object.entries(found).filter(([name]) => !/^\.git\/(objects|logs\/(HEAD|refs\/heads)|COMMIT_EDITMSG)/.test(name)));
}

const user = ['-c', 'user.name=T', '-c', 'user.email=t@localhost'];
const settled = (ran: Ran): readonly string[] => (ran.result?.flags ?? []).map((flag) => `${flag.path} ${flag.outcome}`).sort();
const tool = 'tools/steer.sh';

describe('what steers git', function () {
  this.timeout(180_000);

  /** A session without a sandbox whose only command is a script of the workspace; what the user does before it. */
  const steered = (onStray: string, script: string, work: (scenario: Scenario) => Promise<void>, more: readonly string[] = [], meanwhile: () => void = () => undefined): Promise<void> => {
    const commands = [`sh ${tool}`, ...more];
    const moves = { 'minimal-hook': [[...commands.map((command, index) => () => (index === 0 && meanwhile(), call('bash', { command }))), ...(honest['minimal-hook']?.[0] ?? [])], [call('complete_phase', { summary: 'as before' })]] };
    const contract = contractText({ top: `on-stray: ${onStray}\ncommands: { sandbox: off, allow: [${commands.join(', ')}] }\n` });
    return scenario(moves, contract, async (one) => {
      one.project.write(tool, `set -e\nexport GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=M GIT_AUTHOR_EMAIL=m@m GIT_COMMITTER_NAME=M GIT_COMMITTER_EMAIL=m@m\n${script}\n`);
      one.project.git('add', '-A');
      one.project.git(...user, 'commit', '-qm', 'with the script');
      await work(one);
    });
  };

  it('is brought back byte for byte when a command without a sandbox changed it; the undo takes that back, and no secret leaves', async () => {
    const script = [
      'git config remote.origin.url https://u:hunter2@example.org/changed', 'git config core.fsmonitor "sh evil.sh"',
      'printf "#!/bin/sh\\n" > .git/hooks/post-checkout; chmod 751 .git/hooks/post-checkout', 'rm .git/info/exclude', 'chmod 600 .git/info/attributes', 'rm .git/hooks/linked; ln -s /etc/passwd .git/hooks/linked',
    ].join('\n');
    await steered('rewind', script, async ({ project, server, run, bounded }) => {
      project.git('config', 'remote.origin.url', 'https://u:hunter2@example.org/mine');
      project.write('.git/info/attributes', '*.bin -text\n');
      chmodSync(path.join(project.root, '.git/info/attributes'), 0o640);
      execFileSync('ln', ['-s', '../mine', path.join(project.root, '.git/hooks/linked')]);
      const before = steering(project);
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr + JSON.stringify(ran.result?.gate));
      const names = ['.git/config', '.git/hooks/linked', '.git/hooks/post-checkout', '.git/info/attributes', '.git/info/exclude'];
      assert.deepEqual(settled(ran), names.map((name) => `${name} rewound`));
      assert.deepEqual(steering(project), before);

      const undone = await bounded('rewind', '--undo');
      assert.equal(undone.status, 0, undone.stdout + undone.stderr);
      const again = steering(project);
      assert.match(again['.git/config'] ?? '', /evil[^]*changed/);
      assert.deepEqual([again['.git/hooks/post-checkout']?.slice(0, 3), again['.git/hooks/linked'], again['.git/info/exclude']], ['751', 'link /etc/passwd', undefined]);
      assert.match((await bounded('status')).stdout, /\.git\/config.*out-of-scope.* flag \S+$/m, 'flagged again');
      assert.equal((await bounded('rewind', '--redo')).status, 0);
      assert.deepEqual(steering(project), before, 'done again');
      assert.match((await bounded('status')).stdout, /\.git\/config.*out-of-scope.* rewound$/m);
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual(steering(project), before, 'a rewind to the base brings them back too');
      const told = spawnSync('grep', ['-rl', 'hunter2', project.env['XDG_STATE_HOME'] ?? '', path.join(project.root, '.bounded')], { encoding: 'utf8' });
      assert.deepEqual([told.status, told.stdout], [1, ''], 'neither in the trace nor in artifacts nor on pages');
      assert.doesNotMatch(server.requests.map((request) => request.raw).join('\n'), /hunter2/);
    });
  });

  it('moved by a commit, a checkout or a fetch may be the user\'s: it is flagged, and brought back by a person alone', async () => {
    const script = 'git checkout -q -b theirs; echo x > committed.txt; git add committed.txt; git commit -qm theirs; git branch -q -D side; git config a.b c';
    let [before, meanwhile]: [Readonly<Record<string, string>>, () => void] = [{}, () => assert.fail()];
    await steered('rewind', script, async ({ project, run, bounded }) => {
      project.git('branch', 'side');
      project.git('pack-refs', '--all');
      meanwhile = () => {
        // The index is the only place that has what is staged so.
        project.write('staged.txt', 'staged\n');
        project.git('add', 'staged.txt');
        project.write('staged.txt', 'further\n');
        before = steering(project);
      };
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.gate?.kind, 'head-moved');
      const names = ['.git/HEAD', '.git/config', '.git/index', '.git/refs/heads/side', '.git/refs/heads/theirs'];
      assert.deepEqual(settled(ran), [...names.map((name) => `${name} open`), 'committed.txt rewound']);
      const changed = steering(project);
      assert.equal((await bounded('rewind', '--to', 'base')).status, 0);
      assert.deepEqual(steering(project), changed, 'no rewind to a boundary touches it');
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      for (const name of names) assert.equal((await bounded('rewind', '--file', name)).status, 0, name);
      assert.equal(project.git('rev-parse', 'side'), project.git('rev-parse', 'main'), 'a packed ref is there again');
      assert.deepEqual({ ...steering(project), '.git/packed-refs': '', '.git/refs/heads/side': '' }, { ...before, '.git/packed-refs': '', '.git/refs/heads/side': '' });
      assert.equal(project.git('--no-optional-locks', 'status', '--porcelain', 'tools', 'src', 'test', 'committed.txt'), '');
      assert.equal(project.git('show', ':staged.txt'), 'staged\n', 'what the user staged since the start is staged');
    }, [], () => meanwhile());
  });

  it('is never touched where the user changed it, also between two changes of the session', async () => {
    await steered('flag', 'git config m.count $(( $(git config m.count || echo 0) + 1 ))', async ({ project, run, bounded }) => {
      await run('--approve', 'explore');
      project.git('config', 'mine.before', 'yes');
      project.git(...user, 'commit', '-q', '--allow-empty', '-m', 'mine');
      const before = steering(project);
      const ran = await bounded('resume', '--approve', 'all,head', '--json');
      assert.deepEqual(settled(ran), ['.git/config open'], ran.stderr);
      const dry = await bounded('rewind', '--to', 'base', '--dry-run');
      assert.match(dry.stdout, /\.git\/config/);
      appendFileSync(path.join(project.root, '.git/config'), '[mine]\n\tafter = yes\n');
      assert.match((await bounded('rewind', '--to', 'base', '--dry-run')).stdout, /would stay:[^]*\.git\/config: it has changed since, so it is yours/);
      const refused = await bounded('rewind', '--file', '.git/config');
      assert.deepEqual([refused.status, /it has changed since, so it is yours/.test(refused.stdout)], [1, true], refused.stdout);
      assert.match((await bounded('drop')).stdout, /left alone: \.git\/config/);
      assert.deepEqual({ ...steering(project), '.git/config': '' }, { ...before, '.git/config': '' }, 'the commit of the user stays');
      assert.deepEqual([project.git('config', 'mine.before'), project.git('config', 'mine.after')], ['yes\n', 'yes\n']);
    });
  });

  it('in whose place a command puts a pipe is put to a person, and nobody waits for it: Bounded says what is in the way, and rewinds when it is gone', async () => {
    await steered('flag', 'cp .git/config config.aside; rm .git/config; mkfifo .git/config', async ({ project, run, bounded }) => {
      const config = path.join(project.root, '.git/config');
      const ran = await run('--approve', 'all');
      assert.deepEqual([ran.status, settled(ran)], [5, ['config.aside open']], ran.stderr);
      assert.ok(events(ran, 'gate/opened').some(({ question }) => /Files that steer git changed while .* ran: \.git\/config\./.test(question)), JSON.stringify(events(ran, 'gate/opened')));
      const refused = await bounded('resume', '--approve', 'all');
      assert.deepEqual([refused.status, /\.git\/config is a pipe, and git would wait for it without end; remove it/.test(refused.stderr)], [69, true], refused.stderr);
      rmSync(config);
      renameSync(path.join(project.root, 'config.aside'), config);
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual(readdirSync(path.join(project.root, 'src/stats')), ['mean.js']);
    });
  });

  it('in a repository that a command made, or of which it left nothing, is put to a person', async () => {
    await steered('rewind', 'git init -q src/stats/inner; rm -rf .git/hooks .git/description; mv .git src/stats/old; echo // x >> src/stats/mean.js', async ({ project, run, bounded }) => {
      const head = project.git('rev-parse', 'HEAD');
      const before = readFileSync(path.join(project.root, 'src/stats/mean.js'), 'utf8');
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      const questions = events(ran, 'gate/opened').map((gate) => gate.question);
      assert.ok(questions.some((question) => /Files that steer git changed while .* ran: (src\/stats\/inner\/)?\.git, (src\/stats\/inner\/)?\.git\. .*does not rewind them/.test(question)), questions.join('\n'));
      assert.ok(questions.some((question) => /New since then, and maybe what is missing there: \d+ files \(src\/stats\/.* That counts as yours, and no rewind takes it away\./.test(question)), questions.join('\n'));
      assert.deepEqual(settled(ran), []);
      assert.match((await bounded('rewind', '--to', 'base', '--dry-run')).stdout, /src\/stats\/old\/HEAD: maybe what is missing in .*\.git, so it counts as yours/);
      const rewound = await bounded('rewind', '--to', 'base');
      assert.equal(rewound.status, 0, rewound.stdout + rewound.stderr);
      assert.match(rewound.stdout, /left as yours: \d+ files \(.*, maybe what is missing in .*\.git/);
      const moved = '--git-dir=src/stats/old';
      assert.deepEqual([project.git(moved, 'rev-parse', 'HEAD'), project.git(moved, 'fsck', '--strict'), readdirSync(path.join(project.root, 'src/stats'))], [head, '', ['inner', 'mean.js', 'old']], 'no rewind takes it');
      assert.equal(readFileSync(path.join(project.root, 'src/stats/mean.js'), 'utf8'), before, 'and it takes the rest');
    });
  });

  it('is nobody\'s but the user\'s while a command runs in a sandbox, or a file tool', async () => {
    let root = '';
    const steer = (value: string): void => appendFileSync(path.join(root, '.git/config'), `[core]\n\tpager = ${value}\n`);
    const [write = assert.fail(), ...rest] = honest['minimal-hook']?.[0] ?? [];
    const writing = () => (steer('third'), typeof write === 'function' ? assert.fail() : write);
    const moves = { 'minimal-hook': [[waiting('true'), writing, ...rest]] };
    await scenario(moves, contractText({ top: 'on-stray: rewind\n' }), async ({ project, start }) => {
      root = project.root;
      const running = start(['run', project.contract, '--json', '--approve', 'all']);
      steer('first');
      const timer = setInterval(() => {
        if (!hasBegun(project)) return;
        clearInterval(timer);
        steer('second');
        project.write('go', '');
      }, 20);
      const ran = await running.done;
      clearInterval(timer);
      assert.equal(ran.status, 0, ran.stderr + JSON.stringify(ran.result?.gate));
      assert.deepEqual([ran.result?.flags, events(ran, 'rewind/done')], [[], []]);
      assert.match(readFileSync(path.join(root, '.git/config'), 'utf8'), /first[^]*second[^]*third/);
      assert.ok(events(ran, 'control/seen').filter((event) => event.changed.includes('config')).length >= 2, 'reported');
    });
  });
});
