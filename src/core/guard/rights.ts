import type { PhaseName } from '../contract/contract.ts';
import type { Role } from '../session/session.ts';
import type { ToolName } from './toolInputs.ts';

/** What may change in a phase: nothing, the oracle's files, or the files in scope. */
export type Right = 'nothing' | 'oracle' | 'change';

export const phaseRights: Readonly<Record<PhaseName, Right>> = {
  'explore': 'nothing', 'baseline': 'nothing', 'oracle-only': 'oracle', 'minimal-hook': 'change', 'production-shape': 'change', 'review': 'nothing',
};

const looking: readonly ToolName[] = ['read', 'glob', 'grep', 'read_artifact', 'diagnostics'];
const everywhere: readonly ToolName[] = [...looking, 'bash', 'explore', 'propose_amendment', 'report_blocker', 'record_decision'];

const mainTools: Readonly<Record<PhaseName, readonly ToolName[]>> = {
  'explore': [...everywhere, 'submit_plan'],
  'baseline': [],
  'oracle-only': [...everywhere, 'write', 'edit', 'run_oracle', 'complete_phase'],
  'minimal-hook': [...everywhere, 'write', 'edit', 'run_oracle', 'complete_phase'],
  'production-shape': [...everywhere, 'write', 'edit', 'run_oracle', 'complete_phase'],
  'review': [],
};

const roleTools: Readonly<Record<Exclude<Role, 'main'>, readonly ToolName[]>> = {
  helper: looking,
  decoys: [...looking, 'submit_decoys'],
  reviewer: [...looking, 'bash', 'report_findings'],
};

/** Whether a conversation of this role may use a tool in this phase; the same list is sent in every phase. */
export function mayUse(tool: ToolName, phase: PhaseName, role: Role): boolean {
  return (role === 'main' ? mainTools[phase] : roleTools[role]).includes(tool);
}
