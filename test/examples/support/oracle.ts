import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Check, Contract } from '../../../src/core/contract/contract.ts';
import { readContract } from '../../../src/core/contract/reader.ts';
import { cellsOf, commandFor, conditionsFor } from '../../../src/core/oracle/cells.ts';
import { describeCondition } from '../../../src/core/oracle/conditions.ts';
import type { CellResult, MetricResult, OracleRun } from '../../../src/core/oracle/result.ts';
import { exampleFolder, run } from './workspace.ts';

/** The contract of the example. Throws where it has a problem. */
export function exampleContract(): Contract {
  const { contract, problems } = readContract(readFileSync(path.join(exampleFolder, '.bounded', 'activations.bounded.yaml'), 'utf8'));
  if (contract === undefined || problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('; '));
  return contract;
}

/**
 * Runs the checks of the contract in a folder, for tests of the example and of the script alone: plainly, in place, without any
 * of the precautions of the product. `lengths` cuts the grid.
 */
export async function measure(contract: Contract, root: string, id: string, lengths?: readonly number[]): Promise<OracleRun> {
  const cells: CellResult[] = [];
  for (const check of contract.oracle.checks) {
    for (const cell of cellsOf(check)) {
      if (lengths === undefined || cell['length'] === undefined || lengths.includes(Number(cell['length']))) cells.push(await measureCell(check, cell, root));
    }
  }
  return { id, purpose: 'progress', tree: '', cells, environment: [], tampered: [], sandboxed: false, ms: 0 };
}

async function measureCell(check: Check, cell: CellResult['cell'], root: string): Promise<CellResult> {
  const { exit, output } = await run(root, 'sh', ['-c', commandFor(check, cell)], { BOUNDED_NONCE: 'nonce of the test' });
  const base = { check: check.id, cell, exit, ms: 0 };
  if (check.tests !== undefined) return testCell(base, output);
  const line = output.trim().split('\n').at(-1) ?? '';
  if (exit !== 0 || !line.startsWith('{')) return { ...base, class: 'could-not-run', reason: output.slice(-300), metrics: [] };
  const report = JSON.parse(line) as Record<string, unknown>;
  if (report['nonce'] !== 'nonce of the test') return { ...base, class: 'invalid-report', metrics: [] };
  const metrics = Object.entries(conditionsFor(check, cell)).map(([name, condition]): MetricResult => {
    if (condition.kind !== 'at-most') throw new Error('the example has limits from above only');
    const value = typeof report[name] === 'number' ? report[name] : null;
    return { name, value, wanted: describeCondition(condition), limit: condition.value, met: value !== null && value <= condition.value };
  });
  return { ...base, class: metrics.every((metric) => metric.met) ? 'pass' : 'fail', metrics };
}

function testCell(base: Pick<CellResult, 'check' | 'cell' | 'exit' | 'ms'>, output: string): CellResult {
  const count = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? -1);
  const tests = { total: count('tests'), passed: count('pass'), failed: count('fail'), skipped: count('skipped'), ids: [] };
  const good = base.exit === 0 && tests.passed >= 14 && tests.failed === 0 && tests.skipped === 0;
  return { ...base, class: good ? 'pass' : 'fail', metrics: [], tests };
}
