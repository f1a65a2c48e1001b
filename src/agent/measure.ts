import type { Check } from '../core/contract/contract.ts';
import type { OracleRun, RunPurpose } from '../core/oracle/result.ts';
import type { TreeId } from '../core/session/changes.ts';
import type { Session } from '../core/session/session.ts';
import { cellName } from '../core/oracle/describe.ts';
import { baseTree } from './diffUse.ts';
import { look } from './look.ts';
import type { OracleRequest } from './ports.ts';
import type { Run } from './run.ts';
import { throwIfAborted } from './run.ts';

/** The checks that must be green at the end of the running phase: all of them from the last phase that changes files on. */
export function dueChecks(session: Session): readonly Check[] {
  const { phases, oracle } = session.contract;
  const last = phases.includes('production-shape') ? 'production-shape' : 'minimal-hook';
  return session.line.phase === 'minimal-hook' && last !== 'minimal-hook' ? oracle.checks.filter((check) => check.by === 'minimal-hook') : oracle.checks;
}

/** Runs checks on the work tree as it is now and records the result. */
export async function measure(run: Run, purpose: RunPurpose, checks: readonly Check[]): Promise<OracleRun> {
  const { tree } = await look(run);
  const result = await measureTree(run, purpose, checks, tree);
  await run.recorder.record({ type: 'oracle/ran', run: result });
  return result;
}

/** Runs checks on a tree, with an optional patch on top of it; `null` where the patch does not apply. Records nothing. */
export async function measurePatched(run: Run, checks: readonly Check[], tree: TreeId, patch: string): Promise<OracleRun | null> {
  const result = await run.ports.oracle.run({ ...request(run, 'decoy', checks, tree), patch }, progressOf(run, 'decoy'), run.signal);
  throwIfAborted(run);
  return result;
}

/** What every run of the oracle in this session has in common. */
export function request(run: Run, purpose: RunPurpose, checks: readonly Check[], tree: TreeId): OracleRequest {
  const { session } = run.recorder;
  const { contract, line } = session;
  return {
    id: `r${session.measured + 1}`, purpose, tree, baseTree: baseTree(session), oracle: contract.oracle, scope: contract.scope, commands: contract.commands,
    checks, ...(line.frozen === undefined ? {} : { frozen: line.frozen }),
  };
}

async function measureTree(run: Run, purpose: RunPurpose, checks: readonly Check[], tree: TreeId): Promise<OracleRun> {
  const result = await run.ports.oracle.run(request(run, purpose, checks, tree), progressOf(run, purpose), run.signal);
  throwIfAborted(run);
  if (result === null) throw new Error('the oracle answered that a patch did not apply, but there was none');
  return result;
}

function progressOf(run: Run, purpose: RunPurpose) {
  return (cell: Parameters<Parameters<Run['ports']['oracle']['run']>[1]>[0], done: number, of: number) =>
    run.progress(`oracle (${purpose}) ${done} of ${of}: ${cellName(cell)} ${cell.class}`);
}
