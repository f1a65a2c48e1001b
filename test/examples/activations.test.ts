import assert from 'node:assert/strict';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import type { OracleRun } from '../../src/core/oracle/result.ts';
import { exampleContract, measure } from './support/oracle.ts';
import { copyOfExample, exampleFolder, run, scriptFiles } from './support/workspace.ts';

type Change = (root: string) => Promise<void>;

const contract = exampleContract();

/** What the script writes, put into a copy of the example, and what the written oracle says about it. */
async function verdictOn(change: Change, lengths?: readonly number[]): Promise<OracleRun> {
  const { root, remove } = await copyOfExample();
  try {
    await cp(path.join(scriptFiles, 'oracle'), path.join(root, 'oracle'), { recursive: true });
    await change(root);
    return await measure(contract, root, 'r1', lengths);
  } finally {
    await remove();
  }
}

const patch = (name: string): Change => async (root) => {
  const { exit, output } = await run(root, 'git', ['apply', '--unsafe-paths', '--directory', root, path.join(scriptFiles, 'decoys', name)]);
  assert.equal(exit, 0, output);
};

const rightOne: Change = async (root) => {
  for (const file of ['block', 'transformer', 'generate', 'activations']) await cp(path.join(scriptFiles, 'production-shape', `${file}.js`), path.join(root, 'src', 'model', `${file}.js`));
  await mkdir(path.join(root, 'test', 'activations'));
  await cp(path.join(scriptFiles, 'production-shape', 'activations.test.js'), path.join(root, 'test', 'activations', 'activations.test.js'));
};

const grid = (result: OracleRun) => result.cells.filter((cell) => cell.check === 'activations-match');
const values = (result: OracleRun, metric: string) => grid(result).map((cell) => cell.metrics.find((one) => one.name === metric)?.value ?? NaN);
const classes = (cells: OracleRun['cells']) => cells.map((cell) => cell.class);
const eight = (outcome: string) => Array.from({ length: 8 }, () => outcome);
const ofTests = (result: OracleRun) => result.cells.find((cell) => cell.check === 'generation-unchanged');

describe('the example: what the oracle says', function () {
  this.timeout(120_000);

  it('the contract is sound, and the tests of the base are those that it counts on', async () => {
    const base = await run(exampleFolder, 'npm', ['test']);
    assert.equal(base.exit, 0, base.output);
    assert.match(base.output, /^# pass 14$/m);
    assert.match(base.output, /^# skipped 0$/m);
    assert.equal(contract.oracle.checks.find((check) => check.id === 'generation-unchanged')?.tests?.atLeast, 14);
  });

  it('without the feature: red in every cell, because nothing is there', async () => {
    const result = await verdictOn(async () => {});
    assert.deepEqual(classes(grid(result)), eight('fail'));
    assert.ok(grid(result).every((cell) => cell.metrics.every((metric) => metric.value === null)));
    assert.equal(ofTests(result)?.class, 'pass');
  });

  it('the right implementation: green, with errors of rounding that differ by dtype', async () => {
    const result = await verdictOn(rightOne);
    assert.deepEqual(classes(result.cells), [...eight('pass'), 'pass']);
    const errors = values(result, 'max_abs_error');
    for (const float32 of errors.slice(0, 4)) assert.ok(float32 > 1e-8 && float32 < 5e-7, String(float32));
    for (const float16 of errors.slice(4)) assert.ok(float16 > 1e-4 && float16 < 1.5e-3, String(float16));
    assert.equal(ofTests(result)?.tests?.passed, 27);
  });

  for (const name of ['post-norm', 'off-by-one-layer', 'constant']) {
    it(`${name}: red in every cell, far from the limit, and no test sees it`, async () => {
      const result = await verdictOn(patch(`${name}.patch`));
      assert.deepEqual(classes(grid(result)), eight('fail'));
      assert.ok(Math.min(...values(result, 'max_abs_error')) > 0.1);
      assert.equal(ofTests(result)?.class, 'pass');
    });
  }

  it('an extraction that changes the tokens, misses a vector or returns no numbers is red, and its report is complete', async () => {
    const broken: readonly (readonly [string, string])[] = [
      ['{ tokens, activations }', '{ tokens: tokens.map((row) => row.slice(1)), activations }'],
      ['Float32Array.from(stream)', 'Float32Array.from(stream, () => NaN)'],
      ['activations[row].get(layer)?.push', 'row === 0 && activations[row].get(layer)?.push'],
      ['activations[row].get(layer)?.push', 'activations[0].get(layer)?.push'],
    ];
    for (const [from, to] of broken) {
      const result = await verdictOn(async (root) => {
        await rightOne(root);
        const file = path.join(root, 'src', 'model', 'activations.js');
        const text = readFileSync(file, 'utf8');
        assert.ok(text.includes(from));
        writeFileSync(file, text.replace(from, to));
      }, [8]);
      const batch4 = grid(result).filter((cell) => cell.cell['batch'] === 4);
      assert.ok(batch4.every((cell) => cell.class === 'fail' && cell.metrics.every((metric) => metric.value !== null)), to);
    }
  });
});
