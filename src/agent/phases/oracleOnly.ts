import { catchesDecoy, redForTheRightReason, regressionChecks } from '../../core/oracle/before.ts';
import { baselineRun } from '../../core/session/line.ts';
import type { OracleRun } from '../../core/oracle/result.ts';
import type { ConditionResult, Decoy, DecoyPatch } from '../../core/session/session.ts';
import { openConversation } from '../conversation.ts';
import { measure, measurePatched } from '../measure.ts';
import { decoysTurn, decoysWanted } from '../prompts/decoys.ts';
import type { Run } from '../run.ts';
import { contractUnchanged, flagsSettled, withinBudget } from './conditions.ts';
import type { Exit } from './exit.ts';

/** oracle-only ends when the oracle is red for the right reason and catches the decoys. */
export const oracleOnlyExit: Exit = async (run, capture, call) => {
  const basics = [await contractUnchanged(run), flagsSettled(run), await withinBudget(run, capture)];
  const { conditions: red, result } = await redConditions(run);
  if ([...basics, ...red].some((condition) => !condition.holds)) return [...basics, ...red];
  await adoptListedDecoys(run);
  if (decoysWanted(run) > 0 && !asked(run, call)) {
    await openConversation(run, 'decoys', await decoysTurn(run), call);
    return 'deferred';
  }
  return [...basics, ...red, ...(await decoyConditions(run, result))];
};

async function redConditions(run: Run): Promise<{ readonly conditions: readonly ConditionResult[]; readonly result: OracleRun }> {
  const { contract, line } = run.recorder.session;
  const result = await measure(run, 'red', contract.oracle.checks);
  return { conditions: redForTheRightReason(contract.oracle.checks, baselineRun(line), result), result };
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
  const decoys: DecoyPatch[] = [];
  for (const path of new Set(contract.oracle.decoys)) {
    const file = await run.ports.workspace.read(path);
    decoys.push({ name: path, wrong_how: 'listed in the contract', patch: file.kind === 'text' ? file.text : '' });
  }
  if (decoys.length > 0) await run.recorder.record({ type: 'decoys/submitted', decoys });
}

async function decoyConditions(run: Run, { tree }: OracleRun): Promise<readonly ConditionResult[]> {
  const { decoys } = run.recorder.session.line;
  const reds = decoys.length === 0 ? [] : await redRuns(run, tree);
  const effects = new Map<string, Decoy>();
  for (const decoy of decoys) await runDecoy(run, tree, decoy, reds, effects);
  const { contract, line } = run.recorder.session;
  const wanted = typeof contract.oracle.decoys === 'number' ? contract.oracle.decoys : new Set(contract.oracle.decoys).size;
  const counted = line.decoys.filter((decoy) => decoy.result === 'caught' || decoy.result === 'survived');
  const enough = {
    id: 'decoys', holds: counted.length >= wanted, wanted: `${wanted} wrong implementations tried on the oracle`,
    measured: `${counted.length} tried; ${line.decoys.filter((decoy) => decoy.result === 'void').map((decoy) => `${nameOf(decoy)} did not count: ${decoy.detail}`).join('; ') || 'all of them counted'}`,
  };
  const each = counted.map((decoy) => ({
    id: nameOf(decoy), holds: decoy.result === 'caught', wanted: 'caught by the oracle', measured: `${decoy.result}: ${decoy.detail ?? ''}`, waivable: decoy.id,
  }));
  return [enough, ...each];
}

function nameOf({ id, name }: Decoy): string {
  return `${id} (${name})`;
}

/** The runs of a tree without a decoy, two at least: what differs between them says nothing about a decoy. */
async function redRuns(run: Run, tree: string): Promise<readonly OracleRun[]> {
  const known = () => run.recorder.session.line.runs.slice(run.recorder.session.line.runsFrom).filter((one) => one.purpose === 'red' && one.tree === tree);
  if (known().length < 2) await measure(run, 'red', run.recorder.session.contract.oracle.checks);
  return known();
}

/** `effects` are the decoys that ran before, by what they left behind. */
async function runDecoy(run: Run, tree: string, decoy: Decoy, reds: readonly OracleRun[], effects: Map<string, Decoy>): Promise<void> {
  const { contract: { oracle: { checks } }, line } = run.recorder.session;
  run.progress(`decoy ${decoy.name}`);
  const result = await measurePatched(run, checks, tree, decoy.patch);
  const same = result?.effect === undefined ? undefined : effects.get(result.effect);
  const outcome = result === null
    ? { result: 'void' as const, detail: 'the patch does not apply, or touches more than scope.change' }
    : same === undefined ? catchesDecoy(checks, regressionChecks(checks, baselineRun(line)), result, reds) : { result: 'void' as const, detail: `has the same effect as ${nameOf(same)}` };
  if (result?.effect !== undefined && same === undefined) effects.set(result.effect, decoy);
  await run.recorder.record({ type: 'decoy/ran', decoy: decoy.name, ...outcome });
}
