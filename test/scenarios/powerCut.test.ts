import assert from 'node:assert/strict';
import path from 'node:path';
import type { Entry } from '../../src/core/session/events.ts';
import { readRun } from './support/cli.ts';
import { Disk, noDisk } from './support/disk.ts';
import { allowedContents, durableContract, durableFiles, durableMoves } from './support/durableSession.ts';
import { momentByMoment, noMoments } from './support/moments.ts';
import { scenario } from './support/scenario.ts';
import type { Scenario } from './support/scenario.ts';
import { checkCheckpoints, checkContents, filesIn, repositoryState, survivingEntries } from './support/survivor.ts';

interface Cut {
  readonly name: string;
  readonly call: string;
  readonly acknowledged: readonly Entry[];
  readonly during: 'run' | 'rewind';
  /** The rewind to the base was acknowledged. */
  readonly rewound: boolean;
}

/** With BOUNDED_MOMENTS=n the power fails after every n-th call that reaches the disk, on btrfs as well; with 1 that takes half an hour for each. */
const wanted = Number(process.env['BOUNDED_MOMENTS'] ?? 0);
/** With so many of the cuts the session goes on; with all of them where more than a sample is wanted. */
const [step, goingOn] = wanted > 0 ? [wanted, 1000] : [17, 2];

for (const kind of wanted > 0 ? (['ext4', 'btrfs'] as const) : (['ext4'] as const)) {
  describe(`a power cut, on ${kind}`, function () {
    this.timeout(wanted > 0 ? 0 : 180_000);
    const missing = noMoments() ?? noDisk(kind);
    let disk: Disk;

    before(function () {
      if (missing === undefined) return;
      console.warn(`    no power to cut: ${missing}`);
      this.skip();
    });
    beforeEach(() => { disk = Disk.make(kind, 64); });
    afterEach(() => disk.remove());

    it('takes nothing that was acknowledged, leaves nothing half-written, and the session goes on', () => scenario(durableMoves, durableContract, async (all) => {
      const before = filesIn(all.project.root);
      disk.sync();
      const cuts = await record(all, disk);
      disk.unmount();
      const failures: string[] = [];
      const goesOn = (index: number): boolean => index % Math.ceil(cuts.length / goingOn) === 0;
      for (const [index, cut] of cuts.entries()) {
        disk.mount(cut.name);
        await check(all, cut, before, goesOn(index)).catch((error: unknown) => failures.push(`after ${cut.call}: ${(error as Error).message}`));
        disk.unmount();
        disk.drop(cut.name);
      }
      assert.deepEqual(failures, []);
      assert.ok(cuts.length > 10, `${cuts.length} cuts`);
    }, { place: disk.folder, more: durableFiles }));
  });
}

/**
 * At this moment everything is synced: of what the disk has never seen some file systems make all durable together, of what it has they keep each
 * change by itself, and a forgotten folder shows.
 */
const settled = 120;

/** Runs the session and its rewind once, on the disk, and keeps copies of it. */
async function record({ project, server }: Scenario, disk: Disk): Promise<readonly Cut[]> {
  const cuts: Cut[] = [];
  const env = { ...project.env, ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'test-key-0123456789' };
  let [moments, acknowledged]: [number, readonly Entry[]] = [0, []];
  const ran = (...args: string[]) => momentByMoment([process.execPath, path.resolve('dist/cli.js'), ...args], {
    cwd: project.root, env, children: wanted > 0,
    at: async ({ call }, stdout) => {
      if (!reachesDisk(call)) return;
      moments += 1;
      if (moments === settled) disk.sync();
      if (moments % step !== 0) return;
      if (args[0] === 'run') acknowledged = readRun(stdout().replace(/[^\n]*$/, '')).entries;
      disk.copy(String(moments));
      cuts.push({ name: String(moments), call, acknowledged, during: args[0] === 'run' ? 'run' : 'rewind', rewound: false });
    },
  });
  const end = (call: Cut['during'], rewound: boolean): void => {
    disk.copy(call);
    cuts.push({ name: call, call: `the end of ${call}`, acknowledged, during: call, rewound });
  };
  const first = await ran('run', project.contract, '--json');
  assert.equal(first.status, 5, first.stderr);
  acknowledged = readRun(first.stdout).entries;
  end('run', false);
  const second = await ran('rewind', '--to', 'base', '--json');
  assert.equal(second.status, 0, second.stderr);
  end('rewind', true);
  return cuts;
}

/** Whether a call changed what is to last: not what it was refused, nor throw-away folders and sandboxes. */
function reachesDisk(call: string): boolean {
  return call.endsWith('= 0') && !/newroot|oldroot|\/checkouts\/|bounded-run-|bounded-probe-/.test(call);
}

/** What a file tool has answered to have written is there. */
function checkWritten(root: string, acknowledged: readonly Entry[]): void {
  const answered = new Set(acknowledged.flatMap(({ event }) => (event.type === 'tool/answered' && event.outcome === 'done' ? [event.call] : [])));
  for (const { event } of acknowledged) {
    if (event.type !== 'tool/called' || event.tool !== 'write' || !answered.has(event.call)) continue;
    const { file_path: file, content } = event.input as { readonly file_path: string; readonly content: string };
    assert.equal(filesIn(root).get(file), content, `${file}, which was written`);
  }
}

async function check({ project, bounded }: Scenario, cut: Cut, before: ReadonlyMap<string, string>, goesOn: boolean): Promise<void> {
  const state = () => repositoryState(path.join(path.dirname(project.root), 'state'));
  const entries = await survivingEntries(state(), cut.acknowledged);
  checkCheckpoints(state(), entries);
  // What a command writes is as durable as the command makes it; the checkpoint after it has the bytes.
  checkContents(project.root, new Map([...allowedContents(before)].map(([file, texts]) => [file, file === 'src/stats/table.js' ? [...texts, ''] : texts])));
  if (cut.rewound) for (const [file, text] of before) assert.equal(filesIn(project.root).get(file), text, `${file} was rewound`);
  if (cut.during === 'run') checkWritten(project.root, cut.acknowledged);
  if (!goesOn) return;
  // What the power took from a command's file looks like a change of the user, and no rewind takes that.
  const emptied = filesIn(project.root).get('src/stats/table.js') === '';
  const begun = entries.some(({ event }) => event.type === 'base/taken');
  const resumed = begun ? await bounded('resume', '--json') : await bounded('run', project.contract, '--json');
  assert.equal(resumed.status, 5, `${begun ? 'resume' : 'a new run'} ended with ${resumed.status}: ${resumed.stderr}`);
  const back = await bounded('rewind', '--to', 'base', '--json');
  assert.ok(back.status === 0 || (emptied && back.status === 1), `rewind: ${back.stdout}${back.stderr}`);
  const gone = goneInCommand(entries, resumed.entries);
  for (const [file, text] of before) if (!gone.has(file)) assert.equal(filesIn(project.root).get(file), text, `${file} after the rewind`);
}

/** What a command had deleted when it was cut off counts as the user's, where it did not write beside the work tree: nobody knows when a file went. */
function goneInCommand(entries: readonly Entry[], resumed: readonly Entry[]): ReadonlySet<string> {
  const last = entries.findLast(({ event }) => event.type === 'tool/called' || event.type === 'changes/written');
  if (last?.event.type !== 'tool/called' || last.event.tool !== 'bash') return new Set();
  return new Set(resumed.flatMap(({ event }) => (event.type === 'changes/observed' ? event.files.filter((one) => one.after === undefined).map((one) => one.path) : [])));
}
