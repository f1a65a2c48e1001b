import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { isClaim } from '../../src/core/guard/claims.ts';
import { isAllowedPlainly } from '../../src/core/guard/commands.ts';
import { isGreen } from '../../src/core/oracle/describe.ts';
import { costOf } from '../../src/core/transcript/prices.ts';
import { Bench } from './support/hands.ts';
import { exampleContract } from './support/oracle.ts';
import type { Scripted } from './support/scripted.ts';
import { startScripted } from './support/scripted.ts';
import type { Result, Talked } from './support/talk.ts';
import { talk } from './support/talk.ts';
import { copyOfExample, exampleFolder, run, scriptFiles } from './support/workspace.ts';

const contract = exampleContract();
const over = (text: string): Result => ({ text, over: true });
const tools = (talked: Talked): readonly string[] => talked.calls.map((call) => call.tool);

/** The conversations of the example run, one after the other on one copy of the example, with a grid of short prompts. */
describe('the scripted run of the example', function () {
  this.timeout(120_000);

  let server: Scripted;
  let bench: Bench;
  let remove: () => Promise<void>;
  const spent: Talked[] = [];

  before(async () => {
    server = await startScripted();
    const copy = await copyOfExample();
    remove = copy.remove;
    bench = new Bench(copy.root, contract, [8]);
  });

  after(async () => {
    await server.close();
    await remove();
  });

  async function speak(opening: string, special: (name: string, input: Readonly<Record<string, unknown>>) => Promise<Result | undefined>): Promise<Talked> {
    const talked = await talk(server.url, opening, bench.hands((call) => special(call.name, call.input)));
    spent.push(talked);
    return talked;
  }

  const byOracle = async (name: string): Promise<Result | undefined> => {
    if (name !== 'complete_phase') return undefined;
    const result = await bench.oracle();
    return isGreen(result) ? over('The phase is over.') : { text: 'The phase is not over. These conditions do not hold:\n- activations-match: wanted its limits', error: true };
  };

  it('explore: reads, asks a helper who answers from the files, decides, and submits a plan', async () => {
    const talked = await speak('# Phase: explore\nRead only.\n', async (name, input) => {
      if (name === 'submit_plan') return over('The plan is submitted.');
      if (name !== 'explore') return undefined;
      const helper = await talk(server.url, `# Helper\n${String(input['question'])}\n`, bench.hands(async () => undefined), 'claude-haiku-5-5');
      assert.deepEqual(tools(helper), ['read', 'read', 'grep', 'grep']);
      return { text: helper.said.at(-1) ?? '' };
    });
    assert.equal(tools(talked).at(-1), 'submit_plan');
    const answer = talked.calls.find((call) => call.tool === 'explore')?.result.text ?? '';
    assert.match(answer, /test\/model\/generate\.test\.js:\d+: test\('float16 generation/);
    assert.match(answer, /src\/model\/generate\.js:\d+:/);
  });

  it('oracle-only: writes the oracle, sees it red because nothing is there, and says so with the figures', async () => {
    const talked = await speak('# Phase: oracle-only\n', async (name) => (name === 'complete_phase' ? over('over') : undefined));
    assert.deepEqual(tools(talked).slice(-4), ['write', 'write', 'run_oracle', 'complete_phase']);
    assert.match(talked.said.at(-1) ?? '', /Run r1 is red in 4 of 5 cells.*14 of 14 tests passed/);
  });

  it('decoys: three patches that apply to the tree of that moment', async () => {
    let decoys: readonly { readonly patch: string }[] = [];
    await speak('# Decoys\n', async (name, input) => {
      if (name !== 'submit_decoys') return undefined;
      decoys = input['decoys'] as typeof decoys;
      return over('Submitted.');
    });
    assert.equal(decoys.length, 3);
    for (const { patch } of decoys) {
      const file = path.join(bench.root, 'decoy.patch');
      writeFileSync(file, patch);
      assert.equal((await run(bench.root, 'git', ['apply', '--check', file])).exit, 0);
      await run(bench.root, 'rm', [file]);
    }
  });

  it('minimal-hook: post-norm first, a false claim, a stray in the scheduler, then the right tensor', async () => {
    const queue = 'src/scheduler/queue.js';
    const original = bench.text(queue);
    const talked = await speak('# Phase: minimal-hook\n', async (name) => {
      if (name === 'complete_phase' && bench.text(queue) !== original) {
        writeFileSync(path.join(bench.root, queue), original);
        return { text: `The phase is not over. These conditions do not hold:\n- no-open-flag: measured ${queue}\n\nRewound by the user: ${queue}`, error: true };
      }
      return byOracle(name);
    });
    assert.deepEqual(tools(talked).filter((name) => ['run_oracle', 'complete_phase', 'bash'].includes(name)), ['bash', 'run_oracle', 'bash', 'complete_phase', 'run_oracle', 'complete_phase']);
    const claims = talked.said.flatMap((text) => text.split(/(?<=\.)\s/)).filter(isClaim);
    assert.equal(claims.length, 2);
    assert.equal(claims[0], 'All cells are green now.');
    assert.match(claims[1] ?? '', /14 of 14 tests passed, 0 failed/);
    const worst = /max_abs_error ([\d.]+) \(<= 1e-6\)/.exec(talked.calls.find((call) => call.tool === 'run_oracle')?.result.text ?? '')?.[1];
    assert.ok(worst !== undefined && talked.said.some((text) => text.includes('red in 4 of 5 cells') && text.includes(' wanted ')));
    assert.match(talked.said.at(-1) ?? '', /largest max_abs_error is \S+e-7 in float32 and 0\.001\d* in float16/);
    assert.equal(bench.text(queue), original);
  });

  it('production-shape: the hook moves, tests and documentation are there, and only what the plan names differs', async () => {
    await speak('# Phase: production-shape\n', byOracle);
    assert.deepEqual(await changedFiles(bench.root), ['docs/activations.md', 'oracle/compare.mjs', 'oracle/reference.mjs', 'src/model/activations.js', 'src/model/generate.js', 'src/model/transformer.js', 'test/activations/activations.test.js']);
    assert.equal(bench.runs.at(-1)?.cells.find((cell) => cell.tests !== undefined)?.tests?.passed, 27);
  });

  it('review: one finding at a line of the diff, shown by a command; fixed; then none', async () => {
    const first = await review();
    const finding = first[0];
    assert.equal(first.length, 1);
    assert.match(bench.text('test/activations/activations.test.js').split('\n')[Number(finding?.['line']) - 1] ?? '', /^const cases/);
    const command = String(finding?.['command']);
    assert.notEqual((await run(bench.root, 'sh', ['-c', command])).exit, 0);
    await speak(`# Phase: production-shape\n# Finding to fix\n- F-1 ${String(finding?.['claim'])}\n`, byOracle);
    assert.equal((await run(bench.root, 'sh', ['-c', command])).exit, 0);
    assert.equal(bench.runs.at(-1)?.cells.find((cell) => cell.tests !== undefined)?.tests?.passed, 30);
    assert.deepEqual(await review(), []);
  });

  it('stays far within the budget of the contract', () => {
    const cost = spent.flatMap((talked) => talked.usages).reduce((sum, usage) => sum + (costOf('claude-opus-5-5', usage) ?? NaN), 0);
    assert.ok(cost > 0.05 && cost < contract.budget.costUsd / 2, String(cost));
    const [read, whole] = ['cacheRead' as const, undefined].map((name) => spent.flatMap((talked) => talked.usages).reduce((sum, usage) => sum + (name === undefined ? usage.input + usage.cacheRead + usage.cacheWrite : usage[name]), 0));
    assert.ok((read ?? 0) / (whole ?? 1) > 0.7, `${read} of ${whole} tokens came from the cache`);
  });

  async function review(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    let found: readonly Readonly<Record<string, unknown>>[] = [];
    const diff = `--- /dev/null\n+++ test/activations/activations.test.js\n@@ -0,0 +1,99 @@\n${bench.text('test/activations/activations.test.js').trimEnd().split('\n').map((line) => `+${line}`).join('\n')}\n`;
    await speak(`# Review\n## Diff against the base\n${diff}`, async (name, input) => {
      if (name !== 'report_findings') return undefined;
      found = input['findings'] as typeof found;
      return over('Reported.');
    });
    return found;
  }
});

describe('the scripted run of the example, where it goes another way', function () {
  this.timeout(120_000);

  let server: Scripted;
  let bench: Bench;
  let remove: () => Promise<void>;

  before(async () => { server = await startScripted(); });
  after(() => server.close());

  beforeEach(async () => {
    const copy = await copyOfExample();
    remove = copy.remove;
    await cp(path.join(scriptFiles, 'oracle'), path.join(copy.root, 'oracle'), { recursive: true });
    bench = new Bench(copy.root, contract, [8]);
  });
  afterEach(() => remove());

  it('a second attempt reads the files of the first one before it replaces them', async () => {
    mkdirSync(path.join(bench.root, 'docs'));
    writeFileSync(path.join(bench.root, 'src', 'model', 'activations.js'), 'old\n');
    writeFileSync(path.join(bench.root, 'docs', 'activations.md'), 'old\n');
    const talked = await talk(server.url, '# Phase: production-shape\n', bench.hands(async (call) => (call.name === 'complete_phase' ? over('over') : undefined)));
    assert.equal(talked.calls.filter((call) => call.result.error === true).length, 1);
    assert.ok(bench.runs.every(isGreen));
    assert.notEqual(bench.text('docs/activations.md'), 'old\n');
  });

  it('without a sandbox the stray comes from a command that the contract names, and the way back is the user\'s', async () => {
    const queue = 'src/scheduler/queue.js';
    const original = bench.text(queue);
    let asked = 0;
    const talked = await talk(server.url, '# Phase: minimal-hook\n', bench.hands(async ({ name, input }) => {
      if (name === 'bash' && !isAllowedPlainly(String(input['command']), contract.commands)) return { text: 'refused (command): no', error: true };
      if (name !== 'complete_phase') return undefined;
      asked += 1;
      return bench.text(queue) === original ? over('over') : { text: `The phase is not over.\n- no-open-flag: measured ${queue}`, error: true };
    }));
    assert.notEqual(bench.text(queue), original);
    assert.equal(asked, 2);
    assert.match(talked.said.at(-1) ?? '', /The decision about it is the user's/);
    assert.deepEqual(bench.runs.map(isGreen), [false, true]);
  });
});

async function changedFiles(root: string): Promise<readonly string[]> {
  const { output } = await run(root, 'git', ['diff', '--no-index', '--name-status', exampleFolder, root]);
  const names = output.trim().split('\n').map((line) => line.split('\t').at(-1) ?? '');
  return names.map((name) => path.relative(name.startsWith(exampleFolder) ? exampleFolder : root, name)).sort();
}
