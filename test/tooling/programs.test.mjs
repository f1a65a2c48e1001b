import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cleanEnvironment, end, must, onPath, run, start } from '../../scripts/programs.mjs';
import { Problem } from '../../scripts/problem.mjs';

/** A program that starts another one, says its id and waits; what it starts ignores a polite request to end. */
const parent = `const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); process.send("up"); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
child.once('message', () => console.log(child.pid));
setInterval(() => {}, 1000);`;

/** Whether a process runs; one that ended and was not yet collected by its parent does not. @param {number} pid */
function isAlive(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && !stdout.startsWith('Z');
}

/** Waits until a process that was killed is gone. @param {number} pid */
async function gone(pid) {
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  return !isAlive(pid);
}

describe('A program that a script starts', () => {
  it('answers its output and its exit status', async () => {
    assert.deepEqual(await run(process.execPath, ['-e', 'console.log("out"); process.exitCode = 3'], { quiet: true }), { status: 3, output: 'out\n' });
  });

  it('that fails is a problem with what it said', async () => {
    await assert.rejects(must(process.execPath, ['-e', 'console.error("why"); process.exitCode = 1'], { quiet: true }), (error) => error instanceof Problem && error.message.includes('why'));
  });

  it('that does not exist is a problem', async () => {
    await assert.rejects(run('/no/such/program', []), Problem);
  });

  it('is ended together with what it started, even if that refuses', async () => {
    const child = start(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const grandchild = Number(await new Promise((resolve) => child.stdout?.once('data', resolve)));
    assert.ok(isAlive(grandchild));
    await end(child);
    assert.ok(await gone(grandchild), `${grandchild} is still running`);
  });

  it('is ended when its time is over', async () => {
    const { status } = await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { quiet: true, timeoutMs: 200 });
    assert.notEqual(status, 0);
  });
});

describe('The environment of a started editor', () => {
  it('has nothing of npm, of another editor or of this Node', () => {
    const before = { ...process.env };
    try {
      Object.assign(process.env, { npm_lifecycle_event: 'test', INIT_CWD: '/', NODE_OPTIONS: '--no-warnings', VSCODE_PID: '1', ELECTRON_RUN_AS_NODE: '1', KEPT: 'yes' });
      const names = Object.keys(cleanEnvironment());
      assert.deepEqual(names.filter((name) => /^(npm_|INIT_CWD|NODE_OPTIONS|VSCODE_|ELECTRON_)/.test(name)), []);
      assert.ok(names.includes('KEPT') && names.includes('PATH'));
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
});

describe('The search on PATH', () => {
  it('finds the first of the names that is a program', () => {
    assert.match(onPath('no-such-program', 'git') ?? '', /git(\.exe)?$/);
    assert.equal(onPath('no-such-program'), undefined);
  });
});
