import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Check, Contract } from '../../../src/core/contract/contract.ts';
import { readContract } from '../../../src/core/contract/reader.ts';
import { cellsOf, commandFor } from '../../../src/core/oracle/cells.ts';
import { judgeCell } from '../../../src/core/oracle/judge.ts';
import type { CellResult, OracleRun } from '../../../src/core/oracle/result.ts';
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
  const nonce = 'nonce of the test';
  const { exit, stdout } = await run(root, 'sh', ['-c', commandFor(check, cell)], { BOUNDED_NONCE: nonce });
  return judgeCell(check, cell, { exit, signal: null, timedOut: false, stdout, nonce, ms: 0 });
}
