import type { ToolName } from '../../core/guard/toolInputs.ts';
import { bash } from './bash.ts';
import { submitDecoys } from './decoys.ts';
import { edit } from './edit.ts';
import { explore } from './explore.ts';
import { reportFindings } from './findings.ts';
import { diagnostics, proposeAmendment, readArtifact, recordDecision, reportBlocker } from './notes.ts';
import { completePhase, runOracle } from './oracle.ts';
import { submitPlan } from './plan.ts';
import { read } from './read.ts';
import { glob, grep } from './search.ts';
import type { Tool } from './tool.ts';
import { write } from './write.ts';

/** Every tool by the name that the model calls it. */
export const tools: { readonly [N in ToolName]: Tool<N> } = {
  read, write, edit, glob, grep, bash, explore, diagnostics,
  submit_plan: submitPlan, run_oracle: runOracle, complete_phase: completePhase, propose_amendment: proposeAmendment,
  report_blocker: reportBlocker, record_decision: recordDecision, read_artifact: readArtifact, submit_decoys: submitDecoys, report_findings: reportFindings,
};
