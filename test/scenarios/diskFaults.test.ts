import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
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

  it('or a read-only one under the work tree pauses the session when what a command wrote lands; nothing of that is lost or half there, and it lands when it can', async function () {
    const state = mkdtempSync(path.join(os.tmpdir(), 'bounded-state-'));
    const done = new Set<string>();
    const once = (name: string, act: () => void, move: ReturnType<typeof call>): Move => () => {
      if (!done.has(name)) act();
      done.add(name);
      return move;
    };
    const moves = {
      ...durableMoves,
      'minimal-hook': [[
        once('full', () => disk.fill(1000), call('bash', { command: 'echo small > src/stats/a.txt; head -c 3000000 /dev/zero | tr "\\0" x > src/stats/b.txt; mkdir src/stats/c; echo small > src/stats/c/d.txt; rm src/stats/old.js' })),
        once('read-only', () => disk.setReadOnly(true), call('bash', { command: 'echo late > src/stats/late.txt' })),
        call('report_blocker', { what: 'stop', tried: 'all', needs: 'you' }),
      ]],
    };
    try {
      await scenario(moves, durableContract, async ({ project, start }) => {
        const bounded = (...args: readonly string[]) => start([...args, '--json'], { XDG_STATE_HOME: state }).done;
        const [before, made] = [filesIn(project.root), new Map([['src/stats/a.txt', 'small\n'], ['src/stats/b.txt', 'x'.repeat(3_000_000)], ['src/stats/c/d.txt', 'small\n'], ['src/stats/late.txt', 'late\n']])];
        const first = await bounded('run', project.contract);
        if (events(first, 'session/started')[0]?.sandbox.beside !== true) {
          console.warn('    nothing lands here: commands do not write beside the work tree');
          this.skip();
        }
        assert.equal(first.status, 75, first.stderr);
        assert.match(first.result?.detail ?? '', full);
        assert.ok(first.result?.detail?.includes(`for ${project.root}/src/stats: `), first.result?.detail);
        for (const [file, text] of filesIn(project.root)) if (!file.startsWith('.bounded/')) assert.equal(text, made.get(file) ?? before.get(file), `${file} is half there`);
        assert.equal(existsSync(path.join(project.root, 'src/stats/b.txt')), false);
        disk.empty();
        const second = await bounded('resume');
        assert.equal(second.status, 75, second.stderr);
        assert.match(second.result?.detail ?? '', /the file system is read-only \(EROFS\) for \S+: make it writable again/);
        assert.deepEqual(events(second, 'changes/written')[0]?.writes.map((write) => write.path).sort(), ['src/stats/a.txt', 'src/stats/b.txt', 'src/stats/c/d.txt', 'src/stats/old.js']);
        disk.setReadOnly(false);
        const third = await bounded('resume');
        assert.equal(third.status, 5, third.stderr);
        assert.deepEqual(events(third, 'changes/written')[0]?.writes.map((write) => write.path), ['src/stats/late.txt']);
        assert.deepEqual([first, second, third].flatMap((ran) => [...events(ran, 'changes/withheld'), ...events(ran, 'changes/observed')]), []);
        for (const [file, text] of made) assert.equal(readFileSync(path.join(project.root, file), 'utf8'), text, file);
      }, { place: disk.folder, more: durableFiles });
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  });
});
