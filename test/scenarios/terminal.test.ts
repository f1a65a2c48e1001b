import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contractText, makeProject } from './support/project.ts';
import type { Project } from './support/project.ts';
import { startCli } from './support/cli.ts';
import { scenario } from './support/scenario.ts';
import { sha256 } from '../../src/node/journal/line.ts';

const program = path.resolve('dist/cli.js');
const stack = /\n\s+at |node:internal/;

/** Trace of the only session of a project. */
function traceOf(project: Project): string {
  const state = path.join(project.env['XDG_STATE_HOME'] ?? '', 'bounded');
  const [found = ''] = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('trace.jsonl'));
  return path.join(state, found);
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

/** A session that waits at its first gate; no command of these tests needs more. */
async function waiting(work: Parameters<typeof scenario>[2]): Promise<void> {
  await scenario({}, undefined, async (given) => {
    const ran = await given.run();
    assert.equal(ran.status, 5, ran.stderr);
    await work(given);
  });
}

/** A command in a project without a session and without a model; killed, with status null, where it does not come to an end. */
async function alone(project: Project, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { cwd: project.root, env: { ...project.env, ...env }, timeout: 60_000, killSignal: 'SIGKILL' }, (_error, stdout, stderr) => resolve({ status: child.exitCode, stdout, stderr }));
  });
}

async function inProject(work: (project: Project) => Promise<void>, contract?: string): Promise<void> {
  const project = makeProject(contract);
  try {
    await work(project);
  } finally {
    project.remove();
  }
}

describe('output that nobody takes', function () {
  this.timeout(120_000);
  const whole = existsSync('/dev/full') ? it : it.skip;

  /** The same command with its output led somewhere by a shell. */
  const led = (project: Project, url: string, where: string, ...args: readonly string[]): Promise<{ readonly status: number | null; readonly stderr: string }> => new Promise((resolve) => {
    const child = spawn('sh', ['-c', `exec "$0" "$@" ${where}`, process.execPath, program, ...args], { cwd: project.root, env: { ...project.env, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'test-key-0123456789' }, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
    child.once('close', (status) => resolve({ status, stderr }));
  });

  it('a session goes on when its reader goes away, and its exit status is its own', async () => {
    await scenario({}, undefined, async ({ project, start, bounded }) => {
      const running = start(['run', project.contract, '--json']);
      running.child.stdout?.once('data', () => running.child.stdout?.destroy());
      const ran = await running.done;
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.stderr, '');
      assert.match(linesOf(traceOf(project)).at(-1) ?? '', /"gate\/opened"/);
      const trace = start(['trace', '--json']);
      trace.child.stdout?.destroy();
      const shown = await trace.done;
      assert.equal(shown.status, 0, shown.stderr);
      assert.doesNotMatch(shown.stderr, stack);
      assert.equal((await bounded('trace')).status, 0);
    });
  });

  whole('a session goes on when the disk of its output is full, whichever of the two it is', async () => {
    for (const where of ['>/dev/full', '2>/dev/full']) {
      await scenario({}, undefined, async ({ project, server }) => {
        const ran = await led(project, server.url, where, 'run', project.contract, ...(where.startsWith('2') ? [] : ['--json']));
        assert.equal(ran.status, 5, ran.stderr);
        assert.doesNotMatch(ran.stderr, stack);
        assert.match(linesOf(traceOf(project)).at(-1) ?? '', /"gate\/opened"/);
      });
    }
  });

  whole('a page that could not be printed was not printed: 1 and a sentence', async () => {
    await waiting(async ({ project, server }) => {
      for (const command of ['report', 'status', 'trace --json']) {
        const ran = await led(project, server.url, '>/dev/full', ...command.split(' '));
        assert.equal(ran.status, 1, `${command}: ${ran.stderr}`);
        assert.match(ran.stderr, /not everything could be printed: ENOSPC/);
        assert.doesNotMatch(ran.stderr, stack);
      }
    });
  });
});

describe('a trace that was damaged', function () {
  this.timeout(120_000);

  it('is shown as far as it verifies, with the place and exit status 1', async () => {
    await waiting(async ({ project, bounded }) => {
      const trace = traceOf(project);
      const lines = linesOf(trace);
      const at = 2;
      writeFileSync(trace, `${lines.map((line, index) => (index === at - 1 ? line.replace('"at":', '"at":1') : line)).join('\n')}\n`);
      for (const command of ['status', 'report', 'trace']) {
        const ran = await bounded(command);
        assert.equal(ran.status, 1, `${command}: ${ran.stderr}`);
        assert.match(ran.stderr, /does not verify at line 2: ./);
        assert.doesNotMatch(ran.stderr, /has not begun|chain verifies/);
      }
      assert.match((await bounded('status')).stdout, /population variance/);
      for (const command of ['status', 'report']) {
        const ran = await bounded(command, '--json');
        assert.equal(ran.status, 1);
        const said = JSON.parse(ran.stdout) as { damage: { line: number; why: string } };
        assert.equal(said.damage.line, 2);
        assert.ok(said.damage.why.length > 5);
        assert.ok(Object.keys(said).length > 1, 'what can be read is shown too');
      }
      const resumed = await bounded('resume');
      assert.equal(resumed.status, 69);
      for (const args of [['rewind', '--to', 'base'], ['drop']]) {
        const ran = await bounded(...args);
        assert.equal(ran.status, 1, ran.stderr);
        assert.match(ran.stderr, /does not verify at line 2/);
      }
      assert.equal(linesOf(trace).length, lines.length);
    });
  });

  it('or goes on with what only another version knows is shown up to there, and not continued', async () => {
    await waiting(async ({ project, bounded }) => {
      const trace = traceOf(project);
      const lines = linesOf(trace);
      const body = JSON.stringify({ v: 1, seq: lines.length + 1, prev: sha256(lines.at(-1) ?? ''), at: 1, active: 1, event: { type: 'flag/raised', flag: {} } }).slice(0, -1);
      const written = `${[...lines, `${body},"sum":"${sha256(body)}"}`].join('\n')}\n`;
      writeFileSync(trace, written);
      for (const [command, status] of [['status', 1], ['report', 1], ['resume', 69]] as const) {
        const ran = await bounded(command);
        assert.equal(ran.status, status, `${command}: ${ran.stderr}`);
        assert.match(ran.stderr, /written by another version of Bounded: this one does not know the event "flag\/raised"; continue the session with that version/);
      }
      assert.match((await bounded('status')).stdout, /population variance/);
      assert.equal(readFileSync(trace, 'utf8'), written);
    });
  });

  it('on its first line is damaged there, and has not "not begun"', async () => {
    await waiting(async ({ project, bounded }) => {
      const trace = traceOf(project);
      writeFileSync(trace, readFileSync(trace, 'utf8').replace('"at":', '"at":1'));
      for (const command of ['status', 'report', 'trace']) {
        const ran = await bounded(command);
        assert.equal(ran.status, 1, `${command}: ${ran.stderr}`);
        assert.match(ran.stderr, /does not verify at line 1: ./);
        assert.doesNotMatch(ran.stderr, /has not begun/);
      }
      assert.equal((JSON.parse((await bounded('status', '--json')).stdout) as { damage: { line: number } }).damage.line, 1);
      assert.equal((await bounded('trace', '--json')).stdout, readFileSync(trace, 'utf8'), 'the journal as it is');
      rmSync(trace);
      for (const [command, status] of [['status', 1], ['trace', 1], ['resume', 69]] as const) {
        const ran = await bounded(command);
        assert.equal(ran.status, status, ran.stderr);
        assert.match(ran.stderr, /has not begun: there is no trace/);
      }
    });
  });

  it('by nothing but a last line that is still being written is none', async () => {
    await scenario({}, undefined, async ({ project, start, bounded }) => {
      const running = start(['run', project.contract, '--json', '--approve', 'all']);
      await new Promise<void>((resolve) => { running.child.stdout?.once('data', () => resolve()); });
      running.child.kill('SIGSTOP');
      const trace = traceOf(project);
      writeFileSync(trace, `${readFileSync(trace, 'utf8').trimEnd()}\n{"v":1,"seq":`);
      const [alive, shown] = [await bounded('status'), await bounded('trace')];
      running.child.kill('SIGKILL');
      await running.done;
      assert.equal(alive.status, 0, alive.stderr);
      assert.equal(shown.status, 0, shown.stderr);
      const dead = await bounded('status');
      assert.equal(dead.status, 1);
      assert.match(dead.stderr, /does not verify at line \d+: /);
    });
  });
});

describe('a session that died before its base was taken', function () {
  this.timeout(120_000);

  it('has nothing to rewind, keep or drop: a sentence, and nothing is written', async () => {
    await waiting(async ({ project, bounded }) => {
      const trace = traceOf(project);
      const [first = ''] = linesOf(trace);
      writeFileSync(trace, `${first}\n`);
      for (const [status, ...args] of [[1, 'rewind', '--to', 'base'], [1, 'rewind', '--dry-run'], [1, 'rewind', '--file', 'a.js'], [1, 'drop'], [1, 'keep'], [1, 'patch'], [64, 'resume', '--rewind', 'base'], [64, 'resume', '--send-back', 'no']] as const) {
        const ran = await bounded(...args);
        assert.equal(ran.status, status, `${args.join(' ')}: ${ran.stderr}`);
        assert.match(ran.stderr, status === 1 ? /^bounded: .*ended before it recorded[^\n]*\n$/ : /^bounded: (the session ended before|no gate is open)/);
        assert.doesNotMatch(ran.stderr, stack);
        assert.equal(readFileSync(trace, 'utf8'), `${first}\n`, args.join(' '));
      }
    });
  });
});

describe('a rewind that is not carried out', function () {
  this.timeout(120_000);

  it('writes nothing to the trace: none to undo, no such hunk, or only a look', async () => {
    await waiting(async ({ project, bounded }) => {
      const before = readFileSync(traceOf(project), 'utf8');
      for (const [status, ...args] of [[64, '--undo'], [64, '--hunk', 'none'], [0, '--dry-run'], [1, '--file', 'no\u001b[31m.js', '--dry-run']] as const) {
        const ran = await bounded('rewind', ...args);
        assert.equal(ran.status, status, `${args.join(' ')}: ${ran.stderr}`);
        assert.doesNotMatch(ran.stdout, /\u001b/, 'no name steers the terminal');
        assert.equal(readFileSync(traceOf(project), 'utf8'), before, args.join(' '));
      }
      assert.equal((await bounded('rewind', '--to', 'base')).status, 0);
      assert.match(linesOf(traceOf(project))[before.trimEnd().split('\n').length] ?? '', /"type":"session\/resumed"/);
    });
  });
});

describe('what cannot be done', function () {
  this.timeout(120_000);

  it('is 1 for every command that is no run of the oracle', async () => {
    await inProject(async (project) => {
      for (const command of ['status', 'trace', 'report', 'rewind', 'mark', 'keep', 'squash', 'patch', 'drop']) {
        const ran = await alone(project, [command]);
        assert.equal(ran.status, 1, `${command}: ${ran.stderr}`);
        assert.match(ran.stderr, /there is no session/);
      }
      assert.equal((await alone(project, ['resume'], { ANTHROPIC_API_KEY: 'test-key-0123456789' })).status, 69);
      assert.equal((await alone(project, ['rewind'], { BOUNDED_CALL: '1' })).status, 1);
      for (const [status, ...args] of [[1, 'status'], [1, 'prune'], [69, 'verify', project.contract]] as const) {
        const missing = await alone(project, [...args, '--workspace', path.join(project.root, 'nowhere')]);
        assert.equal(missing.status, status, missing.stderr);
        assert.match(missing.stderr, /^bounded: the workspace .*nowhere cannot be opened[^\n]*\n$/);
      }
      const file = await alone(project, ['status', '--workspace', path.join(project.root, 'package.json')]);
      assert.equal(file.status, 1);
      assert.match(file.stderr, /package\.json is not a folder/);
      rmSync(path.join(project.root, '.git'), { recursive: true });
      // Without a repository there is just no session; what needs none works.
      for (const [status, ...args] of [[1, 'status'], [0, 'prune'], [3, 'verify', project.contract]] as const) assert.equal((await alone(project, [...args])).status, status, args.join(' '));
    });
  });

  it('is said at once of a folder that cannot be made', async () => {
    await inProject(async (project) => {
      const file = path.join(project.root, 'package.json');
      const places = [file, path.join(file, 'x'), '/dev/null/x', ...(process.platform === 'linux' ? ['/proc/x', '/proc/x/y'] : [])];
      for (const place of places) {
        const ran = await alone(project, ['demo', '--dir', place]);
        assert.equal(ran.status, 69, `${place}: ${ran.stderr}`);
        assert.match(ran.stderr, /^bounded: the example wants a folder of its own, and [^\n]*\n$/);
      }
      for (const place of places) {
        const ran = await alone(project, ['verify', project.contract], { XDG_STATE_HOME: place });
        assert.equal(ran.status, 69, `${place}: ${ran.stderr}`);
        assert.match(ran.stderr, /^bounded: the private state of [^\n]* cannot be kept: [^\n]*\n$/);
      }
      const made = path.join(project.root, '..', 'a', 'b', 'c');
      mkdirSync(path.dirname(path.dirname(made)));
      for (const looks of [['status'], ['trace'], ['prune'], ['prune', '--yes'], ['resume']]) await alone(project, looks, { XDG_STATE_HOME: made });
      assert.match((await alone(project, ['status'], { XDG_STATE_HOME: made })).stderr, /there is no session/);
      assert.equal((await alone(project, ['prune'], { XDG_STATE_HOME: made })).stdout, 'nothing is kept of this repository\n');
      assert.ok(!existsSync(made), 'who only looks leaves nothing behind');
      await alone(project, ['verify', project.contract], { XDG_STATE_HOME: made });
      assert.ok(existsSync(path.join(made, 'bounded')));
    });
  });

  it('is said at once of an address that no request can be sent to', async () => {
    await inProject(async (project) => {
      for (const [url, says] of [['not a url', /it is not a URL/], ['ftp://127.0.0.1', /its scheme is ftp/], ['localhost:8080', /its scheme is localhost/], ['http://127.0.0.1:1', /port 1 /], ['http://127.0.0.1:6000', /port 6000 /], ['http://me:hidden@127.0.0.1:8080', /a password/]] as const) {
        const ran = await startCli(project, url, ['run', project.contract]).done;
        assert.equal(ran.status, 69, `${url}: ${ran.stderr}`);
        assert.match(ran.stderr, says);
        assert.match(ran.stderr, /ANTHROPIC_BASE_URL/);
        assert.doesNotMatch(ran.stderr, /hidden/);
      }
    });
    await waiting(async ({ project, bounded }) => {
      const before = readFileSync(traceOf(project), 'utf8');
      const ran = await startCli(project, 'http://127.0.0.1:6000', ['resume', '--approve', 'all']).done;
      assert.equal(ran.status, 69, ran.stderr);
      assert.equal(readFileSync(traceOf(project), 'utf8'), before);
      assert.equal((await startCli(project, 'http://127.0.0.1:6000', ['rewind', '--to', 'base']).done).status, 0, 'a command that asks no model does not mind');
      assert.equal((await bounded('trace')).status, 0);
    });
  });

  it('names the file of a contract, in JSON too', async () => {
    await inProject(async (project) => {
      const nofile = await alone(project, ['check', '--json', 'nofile']);
      assert.equal(nofile.status, 1);
      const said = JSON.parse(nofile.stdout) as { file: string; valid: boolean; problems: { severity: string; message: string }[] };
      assert.deepEqual([said.file, said.valid, said.problems.length, said.problems[0]?.severity], ['nofile', false, 1, 'error']);
      assert.match(said.problems[0]?.message ?? '', /cannot be read: ENOENT/);
      const named = path.relative(project.root, project.contract);
      const ran = await alone(project, ['run', named]);
      assert.equal(ran.status, 65);
      assert.match(ran.stderr, /^\.bounded\/task\.bounded\.yaml:5:3: error/m);
    }, contractText().replace('never:', 'nevr:'));
  });
});
