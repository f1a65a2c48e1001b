import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Entry } from '../../src/core/session/events.ts';
import { readRun } from './support/cli.ts';
import { allowedContents, durableContract, durableFiles, durableMoves } from './support/durableSession.ts';
import { momentByMoment, noMoments } from './support/moments.ts';
import { scenario } from './support/scenario.ts';
import type { Scenario } from './support/scenario.ts';
import { checkCheckpoints, checkContents, filesIn, repositoryState, survivingEntries } from './support/survivor.ts';

/** What was on the disk at one moment. */
interface Death {
  readonly number: number;
  readonly call: string;
  readonly during: 'run' | 'rewind';
  readonly acknowledged: readonly Entry[];
  readonly copy: string;
}

/** With BOUNDED_MOMENTS=n every n-th moment is tried, those of the programs that a session starts among them; all, with 1, take half an hour. */
const wanted = Number(process.env['BOUNDED_MOMENTS'] ?? 0);
const step = wanted || 120;
/** And after these: a new file has its name and its other one too; so has one that lands; a file that a rewind removes stands aside, and so does one that a command removed. */
const telling = [/^link\(.*\.tmp", ".*\/variance\.js"/, /^link\(".*\/layers\/0\/upper\/src\/stats\/table\.js"/, /^rename\(".*\/table\.js", ".*\.old"/, /^rename\(".*\/old\.js", ".*\.old"/];

describe('a session whose processes all die at once', function () {
  this.timeout(wanted > 0 ? 0 : 180_000);
  const missing = noMoments();

  before(function () {
    if (missing === undefined) return;
    console.warn(`    no moments to die at: ${missing}`);
    this.skip();
  });

  it('goes on from whatever was on the disk: nothing acknowledged is lost, nothing is half-written, and its rewind is exact', async () => {
    await scenario(durableMoves, durableContract, async (all) => {
      const { project } = all;
      const before = filesIn(project.root);
      const keep = mkdtempSync(path.join(os.tmpdir(), 'bounded-deaths-'));
      try {
        const deaths = await record(all, keep);
        const failures: string[] = [];
        for (const death of deaths) await goOn(all, death, before).catch((error: unknown) => failures.push(`moment ${death.number} (${death.during}, after ${death.call}): ${(error as Error).message}`));
        assert.deepEqual(failures, []);
        assert.ok(deaths.length > telling.length, `${deaths.length} moments`);
      } finally {
        rmSync(keep, { recursive: true, force: true });
      }
    }, { more: durableFiles });
  });
});

/** Runs the session and its rewind once and keeps a copy of the disk of every moment. */
async function record({ project, server }: Scenario, keep: string): Promise<readonly Death[]> {
  const deaths: Death[] = [];
  let moments = 0;
  const env = { ...project.env, ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'test-key-0123456789' };
  const ran = (during: Death['during'], ...args: string[]) => momentByMoment([process.execPath, path.resolve('dist/cli.js'), ...args], {
    cwd: project.root, env, children: wanted > 0,
    at: async ({ call }, stdout) => {
      if (!call.endsWith('= 0') || /newroot|oldroot/.test(call)) return;
      moments += 1;
      if (moments % step !== 11 % step && !telling.some((one) => one.test(call))) return;
      const copy = path.join(keep, String(moments));
      execFileSync('cp', ['-a', path.dirname(project.root), copy]);
      deaths.push({ number: moments, call, during, acknowledged: during === 'run' ? readRun(stdout().replace(/[^\n]*$/, '')).entries : [], copy });
    },
  });
  const first = await ran('run', 'run', project.contract, '--json');
  assert.equal(first.status, 5, first.stderr);
  const second = await ran('rewind', 'rewind', '--to', 'base', '--json');
  assert.equal(second.status, 0, second.stderr);
  return deaths;
}

/** A copy has other numbers of files than what it was copied from: what layers noted of those is told anew. */
function renumber(base: string, root: string): void {
  const state = path.join(base, 'state');
  const numbers = (file: string): string => {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  };
  for (const made of readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('layers/made.json')).map((file) => path.join(state, file))) {
    const { over, ...rest } = JSON.parse(readFileSync(made, 'utf8')) as { readonly over: readonly object[] };
    writeFileSync(made, JSON.stringify({ ...rest, over: over.map((ground) => ({ ...ground, identity: numbers(root) })) }));
    const layer = path.join(path.dirname(made), '0');
    const landed = path.join(layer, 'landed');
    if (!existsSync(landed)) continue;
    const { atime, mtime } = statSync(landed);
    const noted = readFileSync(landed, 'latin1').split('\0');
    const told = noted.map((part, index) => {
      const place = [path.join(layer, 'upper', noted[index - 1] ?? ''), path.join(root, noted[index - 1] ?? '')].find((file) => existsSync(file));
      return index % 2 === 0 || part === '' || place === undefined ? part : part.replace(/^\d+:\d+/, numbers(place));
    });
    writeFileSync(landed, told.join('\0'), 'latin1');
    utimesSync(landed, atime, mtime);
  }
}

async function goOn({ project, bounded }: Scenario, death: Death, before: ReadonlyMap<string, string>): Promise<void> {
  const base = path.dirname(project.root);
  rmSync(base, { recursive: true, force: true });
  renameSync(death.copy, base);
  renumber(base, project.root);
  const state = () => repositoryState(path.join(base, 'state'));
  const allowed = allowedContents(before);
  const entries = await survivingEntries(state(), death.acknowledged);
  checkCheckpoints(state(), entries);
  checkContents(project.root, allowed);
  if (entries.some(({ event }) => event.type === 'base/taken')) {
    const resumed = await bounded('resume', '--json');
    assert.equal(resumed.status, 5, `resume ended with ${resumed.status}: ${resumed.stderr}`);
    checkCheckpoints(state(), await survivingEntries(state(), []));
    checkContents(project.root, allowed);
    const back = await bounded('rewind', '--to', 'base', '--json');
    assert.equal(back.status, 0, `rewind: ${back.stderr}`);
  } else {
    const again = await bounded('run', project.contract, '--json');
    assert.equal(again.status, 5, `a new run ended with ${again.status}: ${again.stderr}`);
    return;
  }
  const left = checkContents(project.root, allowed);
  const after = filesIn(project.root);
  const inCommand = entries.at(-1)?.event.type === 'tool/called' && JSON.stringify(entries.at(-1)).includes('table.js');
  for (const [file, text] of before) if (!(inCommand && file === 'src/stats/old.js')) assert.equal(after.get(file), text, `${file} after the rewind`);
  assert.deepEqual([...after.keys()].filter((file) => !before.has(file) && !left.includes(file) && !(inCommand && file === 'src/stats/table.js')), []);
  assert.deepEqual(left, [], 'nothing stays beside its place');
}
