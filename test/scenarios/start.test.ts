import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { call, say, tool, turn } from '../support/messagesServer/replies.ts';
import { events, runCli, startCli } from './support/cli.ts';
import type { Moves } from './support/moves.ts';
import { honest, plan, textOf } from './support/moves.ts';
import { contractText, makeProject } from './support/project.ts';
import type { Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';

/** A refusal came before anything was made: no session, no request, nothing new in the work tree. */
function assertUntouched(project: Project): void {
  const state = path.join(project.env['XDG_STATE_HOME'] ?? '', 'bounded');
  const sessions = existsSync(state) ? readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('trace.jsonl')) : [];
  assert.deepEqual(sessions, []);
  assert.equal(existsSync(path.join(project.root, '.bounded/task')), false);
}

describe('a session does not start', function () {
  this.timeout(120_000);

  const refused = async (prepare: (project: Project) => void, wanted: { readonly status: number; readonly says: RegExp }, options: { readonly contract?: string; readonly key?: boolean; readonly args?: readonly string[] } = {}): Promise<void> => {
    await scenario(() => say('never'), options.contract, async ({ project, server }) => {
      prepare(project);
      const before = readdirSync(project.root, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.git/')).sort();
      const ran = await runCli(project, options.key === false ? undefined : server.url, 'run', project.contract, '--json', '--approve', 'all', ...(options.args ?? []));
      assert.equal(ran.status, wanted.status, ran.stderr);
      assert.match(ran.stderr, wanted.says);
      assert.equal(server.requests.length, 0);
      assert.deepEqual(readdirSync(project.root, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.git/')).sort(), before);
      assertUntouched(project);
    });
  };

  for (const [what, spoil, says] of [
    ['HEAD', (git: string) => rmSync(path.join(git, 'HEAD')), /git cannot read this repository .*HEAD is missing/],
    ['a readable index', (git: string) => writeFileSync(path.join(git, 'index'), 'no index'), /git cannot read this repository .*index/],
    ['the objects of its last commit', (git: string) => readdirSync(path.join(git, 'objects')).filter((name) => name.length === 2).forEach((name) => rmSync(path.join(git, 'objects', name), { recursive: true })), /git cannot read this repository .*git ls-tree/],
  ] as const) it(`in a repository that has lost ${what}`, () => refused((project) => spoil(path.join(project.root, '.git')), { status: 69, says }));
  it('without a key', () => refused(() => undefined, { status: 69, says: /ANTHROPIC_API_KEY/ }, { key: false }));
  it('in the middle of a merge', () => refused((project) => {
    const commit = (name: string) => {
      project.write('src/stats/mean.js', `export const ${name} = 1;\n`);
      project.git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-qam', name);
    };
    project.git('checkout', '-q', '-b', 'side');
    commit('side');
    project.git('checkout', '-q', 'main');
    commit('main');
    assert.throws(() => project.git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'merge', '-q', 'side'));
  }, { status: 69, says: /merge is going on/ }));
  it('on a contract that is not valid, with each place', () => refused(() => undefined, { status: 65, says: /:4:3: error.*(chnge)|:\d+:\d+: error/ }, { contract: contractText().replace('  change:', '  chnge:') }));
  it('on a contract that is not there', () => refused((project) => rmSync(project.contract), { status: 65, says: /there is no contract/ }));
  it('with a model that the endpoint does not have', () => refused(() => undefined, { status: 69, says: /does not offer claude-nothing-1/ }, { args: ['--model', 'claude-nothing-1'] }));

  it('with its private state inside the workspace', async () => {
    const project = makeProject();
    try {
      const ran = await startCli({ ...project, env: { ...project.env, XDG_STATE_HOME: path.join(project.root, 'state') } }, 'http://127.0.0.1:9', ['run', project.contract]).done;
      assert.equal(ran.status, 69, ran.stderr);
      assert.match(ran.stderr, /lie within each other/);
      assert.equal(existsSync(path.join(project.root, 'state')), false);
    } finally {
      project.remove();
    }
  });

  it('names line and column of each problem of a contract', async () => {
    await scenario({}, contractText().replace('never:', 'nevr:').replace('at-most: 1e-9', 'at-most: small'), async ({ run, bounded, project }) => {
      const ran = await run();
      assert.equal(ran.status, 65);
      assert.match(ran.stderr, /:5:3: error/);
      assert.match(ran.stderr, /:14:\d+: error/);
      const check = await bounded('check', project.contract);
      assert.equal(check.status, 1);
      assert.match(check.stdout, /task\.bounded\.yaml:5:3: error/);
    });
  });
});

describe('without a sandbox', function () {
  this.timeout(120_000);
  let bin: string;

  /** Every program of the machine but bubblewrap. */
  before(() => {
    bin = mkdtempSync(path.join(os.tmpdir(), 'bounded-bin-'));
    for (const folder of (process.env['PATH'] ?? '').split(path.delimiter).filter((one) => path.isAbsolute(one) && existsSync(one))) {
      for (const name of readdirSync(folder)) if (name !== 'bwrap' && !existsSync(path.join(bin, name))) try { symlinkSync(path.join(folder, name), path.join(bin, name)); } catch { /* A dangling link of an earlier folder stands there. */ }
    }
  });
  after(() => rmSync(bin, { recursive: true, force: true }));
  const sentence = /a command or check that runs code of the workspace has your full rights/;

  it('a contract that requires one is refused, also with --unsandboxed', async () => {
    await scenario({}, contractText({ top: 'commands: { sandbox: required }\n' }), async ({ project, start, server }) => {
      const ran = await start(['run', project.contract, '--unsandboxed', '--approve', 'all'], { PATH: bin }).done;
      assert.equal(ran.status, 69, ran.stderr);
      assert.match(ran.stderr, /requires a sandbox/);
      assert.equal(server.requests.length, 0);
      assertUntouched(project);
    });
  });

  it('a contract that prefers one wants --unsandboxed', async () => {
    await scenario({}, undefined, async ({ project, start, server }) => {
      const ran = await start(['run', project.contract, '--approve', 'all'], { PATH: bin }).done;
      assert.equal(ran.status, 69, ran.stderr);
      assert.match(ran.stderr, sentence);
      assert.match(ran.stderr, /--unsandboxed/);
      assert.equal(server.requests.length, 0);
      assertUntouched(project);
    });
  });

  it('only allowed command lines run, none in explore, and trace, status and evidence say what that means', async () => {
    const bash = (...commands: readonly string[]) => turn(commands.map((command) => tool('bash', { command })));
    const refused = ['touch src/stats/planted.js', 'npm test; touch src/stats/planted.js', 'npm test > src/stats/planted.js', 'npm test && $(touch src/stats/planted.js)', 'npm  test & touch src/stats/planted.js', 'npm test\ntouch src/stats/planted.js', 'FOO=1 npm test'];
    const moves: Moves = {
      'explore': [[bash('npm test', 'true'), ...(honest.explore?.[0] ?? [])]],
      'minimal-hook': [[bash(...refused), bash('npm test', 'npm test && npm test'), ...(honest['minimal-hook']?.[0] ?? [])]],
    };
    await scenario(moves, contractText({ top: 'commands: { allow: [npm test] }\n' }), async ({ project, start, bounded, server }) => {
      const ran = await start(['run', project.contract, '--unsandboxed', '--approve', 'all', '--json'], { PATH: bin }).done;
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(existsSync(path.join(project.root, 'src/stats/planted.js')), false);
      const bashCalls = events(ran, 'tool/called').filter((event) => event.tool === 'bash').map((event) => event.call);
      const outcomes = bashCalls.map((id) => events(ran, 'tool/answered').find((event) => event.call === id)).map((event) => event?.reason ?? event?.outcome);
      assert.deepEqual(outcomes, ['command', 'command', ...refused.map(() => 'command'), 'done', 'done']);
      assert.equal(events(ran, 'session/started')[0]?.sandbox.kind, 'none');
      assert.equal(events(ran, 'oracle/ran').some((event) => event.run.sandboxed), false);
      assert.match(readFileSync(path.join(project.root, '.bounded/task/EVIDENCE.md'), 'utf8'), sentence);
      assert.match((await bounded('status')).stdout, sentence);
      assert.match((await bounded('trace', '--json')).stdout, /"sandbox":\{"kind":"none"/);
      assert.ok(server.requests.length > 0);
    });
  });

  it('a session that had one does not go on without: neither silently nor with its old rights', async () => {
    const moves: Moves = { 'oracle-only': [[call('bash', { command: 'echo run > src/stats/planted.js' }), ...(honest['oracle-only']?.[0] ?? [])]] };
    await scenario(moves, undefined, async ({ project, run, start, bounded, server }) => {
      assert.equal((await run()).status, 5);
      const before = server.requests.length;
      const silent = await start(['resume', '--approve', 'explore', '--json'], { PATH: bin }).done;
      assert.equal(silent.status, 69, silent.stderr);
      assert.equal(server.requests.length, before);
      const open = await start(['resume', '--approve', 'explore', '--unsandboxed', '--json'], { PATH: bin }).done;
      assert.equal(open.status, 5, open.stderr);
      assert.equal(existsSync(path.join(project.root, 'src/stats/planted.js')), false);
      const bashCall = events(open, 'tool/called').find((event) => event.tool === 'bash')?.call;
      assert.equal(events(open, 'tool/answered').find((event) => event.call === bashCall)?.reason, 'command');
      assert.match((await bounded('status')).stdout, sentence);
    });
  });
});

describe('a session starts where the user stands', function () {
  this.timeout(120_000);
  const pass = async (prepare: (project: Project) => void, check: (project: Project, ran: Awaited<ReturnType<typeof runCli>>) => void): Promise<void> => {
    await scenario({}, undefined, async ({ project, run }) => {
      prepare(project);
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      check(project, ran);
    });
  };

  it('with a scope that matches nothing, which is said before the first request', async () => {
    await scenario({}, contractText({ change: '[src/stats/**, docs/variance.md, src/statz/**]' }), async ({ bounded, project }) => {
      const ran = await bounded('run', project.contract);
      assert.match(ran.stderr, /No file matches src\/statz\/\*\*: .*correct the scope/);
      assert.match((await bounded('status')).stdout, /No file matches/);
    });
  });

  it('with uncommitted work, which is kept and named', () => pass((project) => {
    project.write('src/other/neighbour.js', 'export const limit = 4; // mine\n');
    project.write('draft.txt', 'mine\n');
    project.git('add', 'draft.txt');
    mkdirSync(path.join(project.root, 'build'));
    writeFileSync(path.join(project.root, 'build/ignored.txt'), 'mine\n');
  }, (project, ran) => {
    const base = events(ran, 'base/taken')[0]?.base;
    assert.deepEqual([...(base?.dirty ?? [])].sort(), ['draft.txt', 'src/other/neighbour.js']);
    assert.equal(readFileSync(path.join(project.root, 'src/other/neighbour.js'), 'utf8'), 'export const limit = 4; // mine\n');
    assert.equal(readFileSync(path.join(project.root, 'build/ignored.txt'), 'utf8'), 'mine\n');
    assert.equal(project.git('diff', '--cached', '--name-only'), 'draft.txt\n');
    assert.deepEqual(ran.result?.flags, []);
    const evidence = readFileSync(path.join(project.root, '.bounded/task/EVIDENCE.md'), 'utf8');
    assert.match(evidence, /draft\.txt/);
    assert.match(evidence, /src\/other\/neighbour\.js/);
  }));

  it('on a detached HEAD', () => pass((project) => void project.git('checkout', '-q', '--detach'), (project) => {
    assert.throws(() => project.git('symbolic-ref', '-q', 'HEAD'));
  }));

  it('in a repository without commits', () => pass((project) => {
    rmSync(path.join(project.root, '.git'), { recursive: true });
    project.git('init', '-q', '-b', 'main');
  }, (project, ran) => {
    assert.equal(events(ran, 'base/taken')[0]?.base.head, undefined);
    assert.throws(() => project.git('rev-parse', '-q', '--verify', 'HEAD'));
  }));

  it('and waits for a person when HEAD moves under it', async () => {
    const moves: Moves = {
      'minimal-hook': [[(_last, request) => {
        void request;
        project?.git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '--allow-empty', '-m', 'by the user');
        return call('read', { file_path: 'src/stats/mean.js' });
      }, ...(honest['minimal-hook']?.[0] ?? [])]],
    };
    let project: Project | undefined;
    await scenario(moves, undefined, async ({ project: own, run, bounded, server }) => {
      project = own;
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.gate?.kind, 'head-moved');
      assert.equal((await bounded('resume', '--approve', 'all', '--json')).result?.gate?.kind, 'head-moved');
      project = undefined;
      const on = await bounded('resume', '--approve', 'head,all', '--json');
      assert.equal(on.status, 0, on.stderr);
      assert.equal(on.result?.verdict, 'pass');
      assert.equal(own.git('log', '-1', '--format=%s'), 'by the user\n');
      assert.equal(server.requests.some((request) => textOf(request.body, 0).includes(plan.summary)), true);
    });
  });
});
