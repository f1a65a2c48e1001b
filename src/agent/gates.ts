import { applyAmendment } from '../core/contract/amend.ts';
import { globOfPath, hasGlob } from '../core/contract/globSyntax.ts';
import type { Path } from '../core/session/changes.ts';
import { approvedIds } from '../core/session/approved.ts';
import { openFlags } from '../core/session/line.ts';
import type { AnsweredGate, Flag, Gate, GateAnswer } from '../core/session/session.ts';
import { shownPath } from '../core/session/shownPath.ts';
import { someNamed, someOf } from '../core/session/someOf.ts';
import { settle } from './flags.ts';
import { rootsAreFixed, sameRoots } from './fixedRoots.ts';
import type { Run } from './run.ts';

export type AnsweredBy = 'person' | 'approve-flag';

/** Why an answer does not open a gate, or undefined. An approval must name everything that is open at the gate, or the gate as a whole. */
export function answerProblem(gate: Gate, answer: GateAnswer): string | undefined {
  if (answer.kind !== 'approve') return undefined;
  const named = new Set(approvedIds(gate, answer));
  const missing = gate.blocking.filter((id) => !named.has(id));
  return missing.length === 0 ? undefined : `to approve this gate, approve ${someOf(missing)} by name, or ${gate.id} for all that is open at it`;
}

/** Carries out what a person decided; answers what of it could not be done. Only a user action reaches this; no text of a model, a tool or a file does. */
export async function applyAnswer(run: Run, gate: Gate, answer: GateAnswer, by: AnsweredBy): Promise<string | undefined> {
  const problem = answerProblem(gate, answer);
  if (problem !== undefined) throw new Error(problem);
  await run.recorder.record({ type: 'gate/answered', gate: gate.id, answer, by });
  return carryOut(run);
}

/** Does what a person decided, to its end; also where the process died in the middle of it. Answers what of it could not be done. */
export async function carryOut(run: Run): Promise<string | undefined> {
  const { owed } = run.recorder.session;
  if (owed === undefined) return undefined;
  const problems = await effect(run, owed);
  const problem = problems.length === 0 ? undefined : problems.join('; ');
  if (run.recorder.session.owed !== undefined) await run.recorder.record({ type: 'gate/settled', gate: owed.id, ...(problem === undefined ? {} : { problem }) });
  return problem;
}

async function effect(run: Run, gate: AnsweredGate): Promise<readonly string[]> {
  const approved = gate.answer.kind === 'approve';
  const decided = gate.kind === 'amendment' ? await decideAmendments(run, gate, approved) : [];
  return approved ? [...decided, ...await accept(run, gate)] : decided;
}

/** What is named one by one is allowed; what is approved with the gate as a whole is left as it is, and the contract with it. */
async function accept(run: Run, gate: AnsweredGate): Promise<readonly string[]> {
  const { line } = run.recorder.session;
  const [open, named] = [new Set(gate.blocking), new Set(gate.answer.kind === 'approve' ? gate.answer.ids : [])];
  const findings = gate.kind === 'findings' ? line.findings.filter((one) => open.has(one.id) && one.outcome !== 'accepted') : [];
  for (const { id } of findings) await run.recorder.record({ type: 'finding/settled', finding: id, outcome: 'accepted', detail: 'accepted by a person' });
  const flags = openFlags(line).filter((flag) => open.has(flag.id));
  await settle(run, flags.filter((flag) => !named.has(flag.id)).map(({ id }) => ({ flag: id, how: 'left' })));
  return allowFlags(run, flags.filter((flag) => named.has(flag.id)));
}

/** Whether a flagged change can be allowed by bringing its path into the scope; a change of the oracle, over the budget or of a control file of git, which no scope can name, is only accepted as it is. */
export const isAmendable = ({ standing, beside }: Flag): boolean => standing === 'out-of-scope' && beside === undefined;

/** A person allows flagged changes: paths outside of the scope come into it by one amendment, the rest is accepted as it is. Answers why something could not be done. */
export async function allowFlags(run: Run, flags: readonly Flag[]): Promise<readonly string[]> {
  const amending = flags.filter(isAmendable);
  await settle(run, flags.filter((flag) => !isAmendable(flag)).map(({ id }) => ({ flag: id, how: 'left' })));
  const paths = [...new Set(amending.map(({ path }) => path))];
  // One that no contract can name must not keep the others out.
  const problem = await amendScope(run, paths.filter(hasGlob));
  if (problem === undefined) await settle(run, amending.filter(({ path }) => hasGlob(path)).map(({ id }) => ({ flag: id, how: 'allowed' })));
  const nameless = paths.filter((path) => !hasGlob(path));
  return [...(problem === undefined ? [] : [problem]), ...(nameless.length === 0 ? [] : [unnamable(nameless)])];
}

const unnamable = (paths: readonly Path[]): string => `no glob of a contract can name ${someNamed(paths, shownPath)}: rewind such a change, or leave it as it is by approving the gate as a whole`;

/** Brings exactly these paths into the scope, those that are not in it by just that name; answers why they could not be. */
async function amendScope(run: Run, paths: readonly Path[]): Promise<string | undefined> {
  const { amendments, contract } = run.recorder.session;
  const globs = new Set(contract.scope.change.map(({ glob }) => glob));
  // Where the process died after the amendment was decided, they are there already.
  const missing = paths.filter((path) => !globs.has(globOfPath(path)));
  if (missing.length === 0) return undefined;
  const change = `scope:\n  change: ${JSON.stringify(missing.map(globOfPath))}\n`;
  // Where it died before, the same is proposed already: a second one would leave the first for a person to decide again.
  const open = amendments.find((one) => one.change === change && one.decided === undefined);
  const id = open?.id ?? `A-${amendments.length + 1}`;
  const why = missing.length === 1 ? `allow the flagged change of ${missing[0]}` : `allow the flagged changes of ${someOf(missing)}`;
  if (open === undefined) await run.recorder.record({ type: 'amendment/proposed', amendment: { id, change, why } });
  return decideAmendment(run, id, true);
}

async function decideAmendments(run: Run, gate: Gate, approved: boolean): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const id of gate.blocking) {
    const problem = await decideAmendment(run, id, approved);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** Approves or rejects one amendment. An approved one is written to the contract file and locked anew; answers why it could not be. */
export async function decideAmendment(run: Run, id: string, approved: boolean): Promise<string | undefined> {
  const { session } = run.recorder;
  const amendment = session.amendments.find((one) => one.id === id && one.decided === undefined);
  if (amendment === undefined) return `there is no open amendment ${id}`;
  if (!approved) {
    await run.recorder.record({ type: 'amendment/decided', amendment: id, approved: false });
    return undefined;
  }
  const applied = applyAmendment(session.contractText, amendment.change);
  const now = await run.ports.workspace.hashOf(session.contractFile);
  // Where the process died between writing and recording, the file says already what the amendment makes of it.
  const written = 'text' in applied && now === run.ports.clock.sha256(applied.text);
  if (now !== session.contractHash && !written) return `${session.contractFile} is not the contract in force any more; it was changed by hand. Restore it first.`;
  const problems = 'problems' in applied ? applied.problems.map((problem) => problem.message) : sameRoots(applied.contract, session.contract) ? [] : [rootsAreFixed];
  if ('problems' in applied || problems.length > 0) {
    const invalid = problems.join('; ');
    await run.recorder.record({ type: 'amendment/decided', amendment: id, approved: false, invalid });
    return `the amendment does not give a valid contract: ${invalid}`;
  }
  const contractHash = run.ports.clock.sha256(applied.text);
  await run.ports.workspace.writeContract(session.contractFile, applied.text);
  await run.recorder.record({ type: 'amendment/decided', amendment: id, approved: true, contract: applied.contract, contractText: applied.text, contractHash });
  return undefined;
}
