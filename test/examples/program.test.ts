import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { build } from 'esbuild';
import { scriptFolder } from './support/workspace.ts';
import { post, request } from './support/wire.ts';

describe('the scripted server as a program', function () {
  this.timeout(120_000);

  let folder: string;
  let program: string;
  const children: ChildProcess[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'bounded-scripted-'));
    program = path.join(folder, 'scripted-model.cjs');
    await build({ entryPoints: ['examples/scripted-model/server.ts'], bundle: true, platform: 'node', format: 'cjs', outfile: program, define: { 'import.meta.url': '"file:///nowhere/"' }, logLevel: 'silent' });
  });

  after(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function start(pace: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
    const child = spawn(process.execPath, [program, '--script', scriptFolder, '--port', '0', '--pace', pace], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = (await once(readline.createInterface({ input: child.stdout }), 'line')) as [string];
    const { url } = JSON.parse(line) as { readonly url: string };
    return { url, child };
  }

  it('listens on loopback alone, answers, and ends when its standard input ends', async () => {
    const { url, child } = await start('0');
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await post(url, request())).status, 200);
    const elsewhere = Object.values(os.networkInterfaces()).flat().find((address) => address?.family === 'IPv4' && !address.internal);
    if (elsewhere !== undefined) {
      const socket = net.connect(Number(new URL(url).port), elsewhere.address);
      assert.equal(await Promise.race([once(socket, 'connect').then(() => 'open'), once(socket, 'error').then(() => 'closed')]).catch(() => 'closed'), 'closed');
      socket.destroy();
    }
    child.stdin?.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('ends at once although an answer is being written slowly', async () => {
    const { url, child } = await start('60000');
    const answer = await fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'anthropic-version': '2023-06-01' }, body: JSON.stringify(request()) });
    const reader = answer.body?.getReader();
    await reader?.read();
    child.stdin?.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    await reader?.cancel().catch(() => undefined);
  });

  it('refuses a pace that is no number', async () => {
    const child = spawn(process.execPath, [program, '--script', scriptFolder, '--pace', 'slow'], { stdio: ['pipe', 'ignore', 'ignore'] });
    children.push(child);
    assert.notEqual(((await once(child, 'exit')) as [number])[0], 0);
  });
});
