import { readFile, realpath } from 'node:fs/promises';
import { readContract } from '../../core/contract/reader.ts';
import type { ContractReading } from '../../core/contract/reader.ts';
import type { Problem } from '../../core/contract/contract.ts';
import { folderOf } from '../../node/session/place.ts';
import { rootProblemsAt } from '../../node/session/roots.ts';
import { folder } from '../../node/session/state.ts';
import { parse } from '../arguments.ts';
import { exits } from '../exit.ts';
import { createOutput } from '../output.ts';

/** `bounded check CONTRACT`: reads a contract and prints every problem. The folders that it names lie beside the workspace folder, that of `--workspace` as for `run`. */
export async function check(args: readonly string[]): Promise<number> {
  const { values, positionals: [file = ''] } = parse(args, { json: { type: 'boolean' }, workspace: { type: 'string' } }, { least: 1, most: 1, names: 'CONTRACT' });
  const output = createOutput(values.json === true);
  const { contract, problems } = await readFile(file, 'utf8').then((text) => read(file, text, values.workspace), (error: Error) => ({ contract: undefined, problems: [unreadable(error)] }));
  output.print({ file, valid: contract !== undefined, problems }, problems.length === 0 ? `${file}: no problems` : problems.map((problem) => describeProblem(file, problem)).join('\n'));
  return contract === undefined ? exits.fail : exits.pass;
}

/** What the text says, and what the disk has against the folders that it names. */
async function read(file: string, text: string, workspace: string | undefined): Promise<ContractReading> {
  const { contract, problems } = readContract(text);
  const faults = contract === undefined ? [] : await rootProblemsAt(await folder(workspace ?? folderOf(await realpath(file))), contract, text);
  return faults.length > 0 || contract === undefined ? { problems: [...problems, ...faults] } : { contract, problems };
}

function unreadable(error: Error): Problem {
  return { severity: 'error', message: `the contract cannot be read: ${error.message}`, path: '', line: 1, column: 1, endLine: 1, endColumn: 1 };
}

/** One problem as editors and terminals understand it: `file:line:column`. */
export function describeProblem(file: string, problem: Problem): string {
  const expected = problem.expected === undefined ? '' : ` (expected ${problem.expected})`;
  return `${file}:${problem.line}:${problem.column}: ${problem.severity}: ${problem.message}${expected}`;
}
