import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { call } from '../support/messagesServer/replies.ts';
import type { Ran } from './support/cli.ts';
import { events } from './support/cli.ts';
import { Disk, noDisk } from './support/disk.ts';
import { durableContract, durableFiles, durableMoves } from './support/durableSession.ts';
import type { Move } from './support/moves.ts';
import { right } from './support/moves.ts';
import { scenario } from './support/scenario.ts';
import { checkCheckpoints, filesIn, repositoryState, survivingEntries } from './support/survivor.ts';

/** Fails unless the session is paused in words that say what is wrong, where, and what to do, and its record is whole. */
async function checkPaused(ran: Ran, project: { readonly root: string }, words: RegExp, when: string): Promise<void> {
  assert.equal(ran.status, 75, `${when}: ${ran.stderr}${ran.stdout.slice(-500)}`);
  const said = `${ran.result?.detail ?? ''}${ran.stderr}`;
  assert.match(said, words, `${when}: ${said}`);
  assert.doesNotMatch(ran.stderr, /\n {4}at /, `${when}: no stack for a person`);
  const state = repositoryState(path.join(path.dirname(project.root), 'state'));
  checkCheckpoints(state, await survivingEntries(state, []));
}

const full = /no space is left \(ENOSPC\) for \S+: make space there/;

describe('a full disk', function () {
  this.timeout(120_000);
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
      assert.match(stuck.stderr, full);
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
