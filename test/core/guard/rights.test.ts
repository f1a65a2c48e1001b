import assert from 'node:assert/strict';
import { type PhaseName, phaseNames } from '../../../src/core/contract/contract.ts';
import { mayUse, phaseRights } from '../../../src/core/guard/rights.ts';
import { toolNames } from '../../../src/core/guard/toolInputs.ts';
import type { Role } from '../../../src/core/session/session.ts';

const looking = ['read', 'glob', 'grep', 'read_artifact', 'diagnostics'];
const always = [...looking, 'bash', 'explore', 'propose_amendment', 'report_blocker', 'record_decision'];
const working = [...always, 'write', 'edit', 'run_oracle', 'complete_phase'];

const main: Readonly<Record<PhaseName, readonly string[]>> = {
  'explore': [...always, 'submit_plan'], 'baseline': [], 'oracle-only': working, 'minimal-hook': working, 'production-shape': working, 'review': [],
};
const others: Readonly<Record<Exclude<Role, 'main'>, readonly string[]>> = { helper: looking, decoys: [...looking, 'submit_decoys'], reviewer: [...looking, 'bash', 'report_findings'] };

describe('the tools of a phase', () => {
  for (const phase of phaseNames) {
    it(`${phase}: the main conversation has ${main[phase].length} of ${toolNames.length}, and no other`, () => {
      assert.deepEqual(toolNames.filter((tool) => mayUse(tool, phase, 'main')).sort(), [...main[phase]].sort());
    });
    for (const [role, tools] of Object.entries(others)) {
      it(`${phase}: the ${role} has ${tools.join(', ')}, and no other`, () => assert.deepEqual(toolNames.filter((tool) => mayUse(tool, phase, role as Role)).sort(), [...tools].sort()));
    }
  }

  it('change files only where a phase may change something, and only in the main conversation', () => {
    for (const phase of phaseNames) for (const role of ['main', 'helper', 'decoys', 'reviewer'] as const) for (const tool of ['write', 'edit'] as const) {
      assert.equal(mayUse(tool, phase, role), role === 'main' && phaseRights[phase] !== 'nothing', `${tool} in ${phase} by ${role}`);
    }
  });
});
