import { catchesDecoy, redForTheRightReason, regressionChecks } from '../../core/oracle/before.ts';
import { baselineRun } from '../../core/session/line.ts';
import type { ConditionResult, Decoy } from '../../core/session/session.ts';
import { openConversation } from '../conversation.ts';
import { measure, measurePatched } from '../measure.ts';
import type { Capture } from '../ports.ts';
import { decoysTurn, decoysWanted } from '../prompts/decoys.ts';
import type { Run } from '../run.ts';
import { contractUnchanged, noOpenFlag, withinBudget } from './conditions.ts';
import type { Exit } from './exit.ts';

/** oracle-only ends when the oracle is red for the right reason and catches the decoys. */
export const oracleOnlyExit: Exit = async (run, capture, call) => {
  const basics = [await contractUnchanged(run), ...noOpenFlag(run), await withinBudget(run, capture)];
  const red = await redConditions(run);
  if ([...basics, ...red].some((condition) => !condition.holds)) return [...basics, ...red];
  await adoptListedDecoys(run);
  if (decoysWanted(run) > 0 && !asked(run, call)) {
    await openConversation(run, 'decoys', await decoysTurn(run), call);
    return 'deferred';
  }
  return [...basics, ...red, ...(await decoyConditions(run, capture))];
};

async function redConditions(run: Run): Promise<readonly ConditionResult[]> {
  const { contract, line } = run.recorder.session;
  const result = await measure(run, 'red', contract.oracle.checks);
  return redForTheRightReason(contract.oracle.checks, baselineRun(line), result);
}

/** Decoys are asked for once per evaluation: a model that sends none must not be asked for ever. */
function asked(run: Run, call: string | undefined): boolean {
  const { conversations, line } = run.recorder.session;
  const talks = Object.values(conversations).filter((one) => one.role === 'decoys' && one.attempt === line.attempt);
  return call === undefined ? talks.length > 0 : talks.some((one) => one.parentCall === call);
}

/** Patch files that the contract names are decoys like any other. */
async function adoptListedDecoys(run: Run): Promise<void> {
  const { contract, line } = run.recorder.session;
  if (typeof contract.oracle.decoys === 'number' || line.decoys.length > 0) return;
  const decoys: Decoy[] = [];
  for (const path of contract.oracle.decoys) {
    const file = await run.ports.workspace.read(path);
    decoys.push({ name: path, wrong_how: 'listed in the contract', patch: file.kind === 'text' ? file.text : '' });
  }
  if (decoys.length > 0) await run.recorder.record({ type: 'decoys/submitted', decoys });
}

async function decoyConditions(run: Run, capture: Capture): Promise<readonly ConditionResult[]> {
  for (const decoy of run.recorder.session.line.decoys) await runDecoy(run, capture, decoy);
  const { contract, line } = run.recorder.session;
  const wanted = typeof contract.oracle.decoys === 'number' ? contract.oracle.decoys : contract.oracle.decoys.length;
  const counted = line.decoys.filter((decoy) => decoy.result === 'caught' || decoy.result === 'survived');
  const enough = {
    id: 'decoys', holds: counted.length >= wanted, wanted: `${wanted} wrong implementations tried on the oracle`,
    measured: `${counted.length} tried; ${line.decoys.filter((decoy) => decoy.result === 'void').map((decoy) => `${decoy.name} did not count: ${decoy.detail}`).join('; ') || 'all of them counted'}`,
  };
  const each = counted.map((decoy) => ({
    id: `decoy:${decoy.name}`, holds: decoy.result === 'caught', wanted: 'caught by the oracle', measured: `${decoy.result}: ${decoy.detail ?? ''}`, waivable: `decoy:${decoy.name}`,
  }));
  return [enough, ...each];
}

async function runDecoy(run: Run, capture: Capture, decoy: Decoy): Promise<void> {
  const { contract, line } = run.recorder.session;
  run.progress(`decoy ${decoy.name}`);
  const result = await measurePatched(run, contract.oracle.checks, capture.tree, decoy.patch);
  const outcome = result === null
    ? { result: 'void' as const, detail: 'the patch does not apply, or touches more than scope.change' }
    : catchesDecoy(contract.oracle.checks, regressionChecks(contract.oracle.checks, baselineRun(line)), result);
  await run.recorder.record({ type: 'decoy/ran', decoy: decoy.name, ...outcome });
}
