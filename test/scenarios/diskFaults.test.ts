import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import type { Ran } from './support/cli.ts';
import { events, readRun } from './support/cli.ts';
import { Disk, noDisk } from './support/disk.ts';
import { allowedContents, durableContract, durableFiles, durableMoves } from './support/durableSession.ts';
import { noMoments } from './support/moments.ts';
import type { Move } from './support/moves.ts';
import { right } from './support/moves.ts';
import { scenario } from './support/scenario.ts';
import { checkCheckpoints, checkContents, filesIn, repositoryState, survivingEntries } from './support/survivor.ts';

/** With BOUNDED_MOMENTS=n each kind of call is refused from every n-th place on. */
const wanted = Number(process.env['BOUNDED_MOMENTS'] ?? 0);

const inWords: Readonly<Record<string, RegExp>> = {
  EIO: /the disk reports an error \(EIO\) for \S+: look after the disk first/, ENOSPC: /no space is left \(ENOSPC\) for \S+: make space there/, EROFS: /the file system is read-only \(EROFS\) for \S+: make it writable again/,
};

/** Calls that a program needs to make something last, refused from the so-manieth on. */
const refusals = [['EIO', 'fsync', 45], ['EROFS', 'rename', 14], ...(wanted > 0 ? everything() : [])].map(([error = '', name = '', from = 0]) => ({ error: String(error), call: String(name), from: Number(from), words: inWords[String(error)] ?? /./ }));

function everything(): (readonly [string, string, number])[] {
  const counts: readonly (readonly [string, number])[] = [['fsync', 90], ['fdatasync', 70], ['rename', 34], ['link', 14], ['unlink', 20]];
  return Object.keys(inWords).flatMap((error) => counts.flatMap(([name, count]) => Array.from({ length: Math.ceil(count / wanted) }, (_, index) => [error, name, 1 + index * wanted] as const)));
}

function ended(command: string, args: readonly string[], options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  return new Promise((resolve) => { child.once('close', (status) => resolve({ status, stdout, stderr })); });
}

/** Fails unless the session is paused in words that say what is wrong, where, and what to do, and its record is whole. */
async function checkPaused(ran: Ran, project: { readonly root: string }, words: RegExp, when: string): Promise<void> {
  assert.equal(ran.status, 75, `${when}: ${ran.stderr}${ran.stdout.slice(-500)}`);
  const said = `${ran.result?.detail ?? ''}${ran.stderr}`;
  assert.match(said, words, `${when}: ${said}`);
  assert.doesNotMatch(ran.stderr, /\n {4}at /, `${when}: no stack for a person`);
  const state = repositoryState(path.join(path.dirname(project.root), 'state'));
  const entries = await survivingEntries(state, []);
  checkCheckpoints(state, entries);
  const last = entries.at(-1)?.event;
  assert.ok(last?.type === 'session/paused' && words.test(last.reason), `${when}: the last words of the trace are ${JSON.stringify(last)}`);
}

describe('a disk that refuses', function () {
  this.timeout(wanted > 0 ? 0 : 180_000);
  const missing = noMoments();
  before(function () {
    if (missing === undefined) return;
    console.warn(`    no call to refuse: ${missing}`);
    this.skip();
  });

  for (const { error, call: name, from, words } of refusals) {
    it(`${error} at ${name} ${from} and from then on: the session pauses or does not start, nothing is half-written, and it goes on when the disk is well`, () => scenario(durableMoves, durableContract, async ({ project, server, bounded }) => {
      const before = filesIn(project.root);
      const env = { ...project.env, UV_THREADPOOL_SIZE: '1', ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'test-key-0123456789' };
      const refused = await ended('strace', ['-f', '-o', '/dev/null', '-e', `trace=${name}`, '-e', `inject=${name}:error=${error}:when=${from}+`, process.execPath, path.resolve('dist/cli.js'), 'run', project.contract, '--json'], { cwd: project.root, env });
      assert.ok(refused.status === 75 || refused.status === 69, `${refused.status}: ${refused.stderr}`);
      assert.match(`${refused.stdout.split('\n').at(-2) ?? ''}${refused.stderr}`, words);
      assert.doesNotMatch(refused.stderr, /\n {4}at /, 'no stack for a person');
      const state = repositoryState(path.join(path.dirname(project.root), 'state'));
      const entries = await survivingEntries(state, readRun(refused.stdout).entries);
      checkCheckpoints(state, entries);
      checkContents(project.root, allowedContents(before));
      const begun = entries.some((entry) => entry.event.type === 'base/taken');
      const resumed = begun ? await bounded('resume', '--json') : await bounded('run', project.contract, '--json');
      assert.equal(resumed.status, 5, resumed.stderr);
      const back = await bounded('rewind', '--to', 'base', '--json');
      assert.equal(back.status, 0, back.stderr);
      assert.deepEqual(filesIn(project.root), before);
    }, { more: durableFiles }));
  }
});

const full = /no space is left \(ENOSPC\) for \S+: make space there/;

describe('a full disk', function () {
  this.timeout(180_000);
  const missing = noDisk('ext4');
  let disk: Disk;
  before(function () {
    if (missing === undefined) return;
    console.warn(`    no disk to fill: ${missing}`);
    this.skip();
  });
  beforeEach(() => { disk = Disk.make('ext4', 48); });
  afterEach(() => disk.remove());

  it('pauses the session at a record, a checkpoint, a command, a file tool, an oracle run and a rewind, and each goes on when there is space', async () => {
    const filled = new Set<string>();
    /** Plays a move; the first time with so many KiB left on the disk. */
    const short = (name: string, leave: number, move: ReturnType<typeof call>): Move => () => {
      if (!filled.has(name)) disk.fill(leave);
      filled.add(name);
      return move;
    };
    const large = `// ${'z'.repeat(200_000)}\n`;
    const moves = {
      ...durableMoves,
      'minimal-hook': [[
        short('record', 0, call('write', { file_path: 'src/stats/variance.js', content: right })),
        short('checkpoint', 1500, call('bash', { command: 'head -c 1000000 /dev/urandom > src/stats/data.bin' })),
        short('command', 1000, call('bash', { command: 'head -c 3000000 /dev/urandom > src/stats/more.bin' })),
        short('file tool', 500, call('write', { file_path: 'src/stats/large.js', content: large })),
        call('bash', { command: 'rm src/stats/base.bin' }),
        short('oracle', 1000, call('complete_phase', { summary: 'Variance added.' })),
      ]],
    };
    await scenario(moves, durableContract, async ({ project, run, bounded }) => {
      const before = filesIn(project.root);
      const pauses: string[] = [];
      let ran = await run();
      for (let tries = 0; ran.status !== 5 && tries < 8; tries += 1) {
        await checkPaused(ran, project, full, `after ${[...filled].join()}`);
        pauses.push([...filled].at(-1) ?? '');
        const at = path.join(project.root, 'src/stats/large.js');
        if (existsSync(at)) assert.equal(readFileSync(at, 'utf8'), large);
        disk.empty();
        ran = await bounded('resume', '--json');
      }
      assert.equal(ran.status, 5, ran.stderr);
      assert.deepEqual(pauses, ['record', 'checkpoint', 'command', 'file tool', 'oracle']);
      assert.equal(ran.result?.checks[0]?.class, 'pass');
      assert.ok(events(ran, 'oracle/ran').every(({ run: one }) => one.setupFailed === undefined), 'a full disk is no finding about the oracle');
      assert.equal(existsSync(path.join(project.root, 'src/stats/base.bin')), false);
      disk.fill(300);
      const stuck = await bounded('rewind', '--to', 'base', '--json');
      assert.equal(stuck.status, 1, stuck.stderr);
      assert.match(`${stuck.stdout}${stuck.stderr}`, full);
      const base = path.join(project.root, 'src/stats/base.bin');
      assert.ok(!existsSync(base) || statSync(base).size === 6_000_000, 'half a file came back');
      disk.empty();
      const back = await bounded('rewind', '--to', 'base', '--json');
      assert.equal(back.status, 0, back.stderr);
      assert.deepEqual(filesIn(project.root), before);
    }, { place: disk.folder, more: { ...durableFiles, 'src/stats/base.bin': Array.from({ length: 6_000_000 }, (_, index) => String.fromCharCode(33 + ((index * index * 31 + (index >> 3) * 7919) % 90))).join('') } });
  });

  it('that the system has made read-only pauses it too, and what was acknowledged is there when it can be written again', async () => {
    let aborted = false;
    const moves = {
      ...durableMoves,
      'minimal-hook': [[
        call('write', { file_path: 'src/stats/variance.js', content: right }),
        () => {
          if (!aborted) disk.abort();
          aborted = true;
          return call('complete_phase', { summary: 'Variance added.' });
        },
      ]],
    };
    await scenario(moves, durableContract, async ({ project, run, bounded }) => {
      disk.sync();
      const ran = await run();
      assert.equal(ran.status, 75, ran.stderr);
      assert.match(`${ran.result?.detail ?? ''}${ran.stderr}`, /(read-only \(EROFS\)|reports an error \(EIO\)) for \S+: (make it writable|look after)/);
      const refused = await bounded('resume', '--json');
      disk.unmount();
      disk.mount();
      assert.equal(refused.status, 69, refused.stderr);
      assert.match(refused.stderr, /read-only \(EROFS\) for \S+: make it writable/);
      const state = repositoryState(path.join(path.dirname(project.root), 'state'));
      checkCheckpoints(state, await survivingEntries(state, ran.entries));
      const resumed = await bounded('resume', '--json');
      assert.equal(resumed.status, 5, resumed.stderr);
    }, { place: disk.folder, more: durableFiles });
  });
});
