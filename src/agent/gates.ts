import { applyAmendment } from '../core/contract/amend.ts';
import { globOfPath } from '../core/contract/globSyntax.ts';
import type { Flag, Gate, GateAnswer } from '../core/session/session.ts';
import { rootsAreFixed, sameRoots } from './fixedRoots.ts';
import type { Run } from './run.ts';

export type AnsweredBy = 'person' | 'approve-flag';

/** Why an answer does not open a gate, or undefined. An approval must name everything that is open at the gate. */
export function answerProblem(gate: Gate, answer: GateAnswer): string | undefined {
  if (answer.kind !== 'approve') return undefined;
  const missing = gate.blocking.filter((id) => !(answer.ids ?? []).includes(id));
  return missing.length === 0 ? undefined : `to approve this gate, approve ${missing.join(', ')} by name`;
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
  const problems = await effect(run, owed, owed.answer);
  const problem = problems.length === 0 ? undefined : problems.join('; ');
  if (run.recorder.session.owed !== undefined) await run.recorder.record({ type: 'gate/settled', gate: owed.id, ...(problem === undefined ? {} : { problem }) });
  return problem;
}

async function effect(run: Run, gate: Gate, answer: GateAnswer): Promise<readonly string[]> {
  const decided = gate.kind === 'amendment' ? await decideAmendments(run, gate, answer.kind === 'approve') : [];
  return answer.kind === 'approve' ? [...decided, ...await accept(run, gate)] : decided;
}

async function accept(run: Run, gate: Gate): Promise<readonly string[]> {
  const { line } = run.recorder.session;
  const problems: string[] = [];
  for (const id of gate.blocking) {
    const finding = line.findings.find((one) => one.id === id && one.outcome !== 'accepted');
    if (gate.kind === 'findings' && finding !== undefined) await run.recorder.record({ type: 'finding/settled', finding: id, outcome: 'accepted', detail: 'accepted by a person' });
    const flag = line.flags.find((one) => one.id === id && one.outcome === undefined);
    const problem = flag === undefined ? undefined : await allowFlag(run, flag);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/**
 * A person allows a flagged change. A path outside of the scope comes into it by an amendment; a change of the oracle, over
 * the budget or of a control file of git, which no scope can name, is accepted as it is. Answers why it could not be done.
 */
export async function allowFlag(run: Run, flag: Flag): Promise<string | undefined> {
  const amends = flag.standing === 'out-of-scope' && flag.beside === undefined;
  if (amends) {
    const id = `A-${run.recorder.session.amendments.length + 1}`;
    await run.recorder.record({ type: 'amendment/proposed', amendment: { id, change: `scope:\n  change: [${JSON.stringify(globOfPath(flag.path))}]\n`, why: `allow the flagged change of ${flag.path}` } });
    const problem = await decideAmendment(run, id, true);
    if (problem !== undefined) return problem;
  }
  await run.recorder.record({ type: 'flag/settled', flag: flag.id, how: amends ? 'allowed' : 'left' });
  return undefined;
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
