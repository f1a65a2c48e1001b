import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { missingScenes } from '../../src/cli/demoPromise.ts';
import type { Entry } from '../../src/core/session/events.ts';
import { fold } from '../../src/core/session/evolve.ts';
import { events } from './support/cli.ts';
import type { Ran } from './support/cli.ts';
import type { Breakage, DemoRun } from './support/demoCopy.ts';
import { runDemo } from './support/demoCopy.ts';

const scripted = 'examples/scripted-model/scripts/activations/files';

/** One fault each: in what the example is, in its oracle, and in Bounded itself. */
const faults = {
  'generation of the example is wrong': { file: 'examples/activations/src/model/attention.js', from: 'Math.sqrt(size)', to: 'size' },
  'the finished extraction is wrong': { file: `${scripted}/production-shape/transformer.js`, from: 'observe?.(layer, x);\n', to: 'observe?.(layer, rmsNorm(x, weights.attentionNorm, this.dtype));\n' },
  'the oracle sees no error': { file: `${scripted}/oracle/compare.mjs`, from: 'max_abs_error: same ? worst.abs : hopeless, max_rel_error: same ? worst.rel : hopeless', to: 'max_abs_error: 0, max_rel_error: 0' },
  'the oracle is always red': { file: `${scripted}/oracle/compare.mjs`, from: 'max_abs_error: same ? worst.abs : hopeless', to: 'max_abs_error: hopeless' },
  'the guard takes everything for agreed': {
    file: 'src/core/guard/standing.ts', from: 'export function standingsIn(',
    to: 'export const standingsIn = () => () => ({ standing: "in-scope" as const, rule: "anything" });\nexport function standingsBefore(',
  },
} satisfies Readonly<Record<string, Breakage>>;
type Fault = keyof typeof faults;

/** Starts all runs, two at a time. */
function startAll(): { readonly whole: Promise<DemoRun>; readonly broken: ReadonlyMap<string, Promise<DemoRun>> } {
  const lanes: [Promise<unknown>, Promise<unknown>] = [Promise.resolve(), Promise.resolve()];
  let next = 0;
  const enqueue = (breakage?: Breakage): Promise<DemoRun> => {
    const lane = (next++ % 2) as 0 | 1;
    const run = lanes[lane].then(() => runDemo(breakage));
    lanes[lane] = run.catch(() => undefined);
    run.catch(() => undefined);
    return run;
  };
  const whole = enqueue();
  return { whole, broken: new Map(Object.entries(faults).map(([name, breakage]) => [name, enqueue(breakage)])) };
}

describe('bounded demo', function () {
  this.timeout(600_000);
  let runs: ReturnType<typeof startAll>;
  let whole: DemoRun;

  before(async () => {
    runs = startAll();
    whole = await runs.whole;
  });
  after(async () => {
    for (const run of [runs.whole, ...runs.broken.values()]) (await run.catch(() => undefined))?.remove();
  });
  const broken = (fault: Fault): Promise<DemoRun> => runs.broken.get(fault) ?? Promise.reject(new Error(fault));

  const order = (ran: Ran, ...tests: readonly ((event: Entry['event']) => boolean)[]): void => {
    let at = -1;
    tests.forEach((test, index) => {
      at = ran.entries.findIndex(({ event }, position) => position > at && test(event));
      assert.ok(at >= 0, `scene ${index + 1} is missing, or out of order`);
    });
  };

  it('shows the whole story in order, and passes', () => {
    assert.equal(whole.status, 0, whole.stderr);
    assert.equal(whole.result?.verdict, 'pass');
    const wrote = (event: Entry['event'], file: string) => event.type === 'changes/written' && event.writes.some((write) => write.path === file);
    const ran = (event: Entry['event'], purpose: string, green: boolean) => event.type === 'oracle/ran' && event.run.purpose === purpose && event.run.cells.every((cell) => cell.class === 'pass') === green;
    order(
      whole,
      (event) => event.type === 'plan/submitted',
      (event) => event.type === 'contract/locked',
      (event) => wrote(event, 'oracle/compare.mjs'),
      (event) => ran(event, 'red', false) && event.type === 'oracle/ran' && event.run.cells.every((cell) => cell.class === 'pass' || cell.notImplemented === true),
      (event) => event.type === 'decoy/ran' && event.decoy === 'post-norm' && event.result === 'caught',
      (event) => event.type === 'oracle/frozen',
      (event) => ran(event, 'progress', false) && event.type === 'oracle/ran' && event.run.cells.some((cell) => cell.metrics.some((metric) => metric.value !== null && !metric.met)),
      (event) => wrote(event, 'src/scheduler/queue.js'),
      (event) => event.type === 'flags/raised' && event.flags.some((flag) => flag.path === 'src/scheduler/queue.js' && flag.standing === 'out-of-scope'),
      (event) => event.type === 'rewind/done' && event.rewind.by === 'person' && event.rewind.restored.includes('src/scheduler/queue.js'),
      (event) => ran(event, 'boundary', true),
      (event) => ran(event, 'confirm', true),
      (event) => event.type === 'boundary/crossed' && event.phase === 'minimal-hook',
      (event) => event.type === 'finding/settled' && event.outcome === 'confirmed',
      (event) => event.type === 'finding/settled' && event.outcome === 'fixed',
      (event) => event.type === 'verdict/reached' && event.verdict === 'pass',
    );
    assert.deepEqual(events(whole, 'decoy/ran').map((event) => event.result), ['caught', 'caught', 'caught']);
    const session = fold(whole.entries);
    assert.ok(session?.claims.some((claim) => claim.support === 'contradicted' && claim.text.includes('All cells are green')));
  });

  it('leaves neighbours, git and the pages for people as they should be', () => {
    const git = (...words: string[]) => execFileSync('git', words, { cwd: whole.workspace, encoding: 'utf8' });
    assert.deepEqual(git('status', '--porcelain').split('\n').filter((line) => line !== '' && !/ (src\/model\/|test\/activations\/|docs\/|oracle\/|\.bounded\/activations\/)/.test(line)), []);
    assert.equal(git('rev-list', '--all', '--count').trim(), '1');
    const page = (name: string) => readFileSync(path.join(whole.workspace, '.bounded/activations', name), 'utf8');
    assert.match(page('EVIDENCE.md'), /\*\*pass\*\*/);
    assert.match(page('EVIDENCE.md'), /src\/scheduler\/queue\.js/);
    assert.match(page('REVIEW.md'), /batch of 2/);
    assert.ok(existsSync(path.join(whole.workspace, 'docs/activations.md')));
  });

  for (const [name, expected] of Object.entries({
    'generation of the example is wrong': 5, 'the finished extraction is wrong': 5, 'the oracle sees no error': 5, 'the oracle is always red': 5,
    'the guard takes everything for agreed': 70,
  } satisfies Record<Fault, number>) as [Fault, number][]) {
    it(`does not pass when ${name}`, async () => {
      const ran = await broken(name);
      assert.equal(ran.status, expected, `${ran.stderr}\n${JSON.stringify(ran.result)?.slice(0, 1500)}`);
      if (expected === 5) assert.notEqual(ran.result?.verdict, 'pass');
      else assert.match(ran.stderr, /Outside of the scope, and changed: .*src\/scheduler\/queue\.js/);
    });
  }

  it('a weak oracle is stopped by the decoys, before any work', async () => {
    const ran = await broken('the oracle sees no error');
    assert.deepEqual(events(ran, 'decoy/ran').map((event) => event.result).slice(0, 3), ['survived', 'survived', 'survived']);
    assert.equal(events(ran, 'phase/started').some((event) => event.phase === 'minimal-hook'), false);
  });

  it('each scene that a trace lacks is named', () => {
    const without = (change: (event: Entry['event']) => Entry['event'] | undefined): readonly string[] => {
      const entries = whole.entries.flatMap((entry) => {
        const event = change(entry.event);
        return event === undefined ? [] : [{ ...entry, event }];
      });
      const session = fold(entries);
      assert.ok(session !== undefined);
      return missingScenes(session);
    };
    assert.deepEqual(without((event) => event), []);
    assert.match(without((event) => (event.type === 'decoy/ran' && event.decoy === 'constant' ? { ...event, result: 'survived' } : event)).join(), /decoys/);
    assert.match(without((event) => (event.type === 'flags/settled' ? { ...event, settled: event.settled.map((one) => ({ ...one, how: 'left' as const })) } : event)).join(), /outside of the scope/);
    assert.match(without((event) => (event.type === 'finding/settled' && event.outcome === 'fixed' ? { ...event, outcome: 'accepted' } : event)).join(), /finding/);
    assert.match(without((event) => (event.type === 'oracle/ran' && event.run.purpose === 'progress' ? undefined : event)).join(), /wrong implementation/);
    assert.match(without((event) => (event.type === 'turn/answered' ? { ...event, content: event.content.filter((block) => block.type !== 'text' || !block.text.includes('All cells are green')) } : event)).join(), /false claim/);
  });
});
