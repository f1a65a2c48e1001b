import { readContract } from '../core/contract/reader.ts';
import type { Run } from './run.ts';
import { rootsAreFixed, sameRoots } from './fixedRoots.ts';

/**
 * What a person approves at the end of explore is the contract as it lies on the disk: they may have edited it while they
 * read the plan. Answers false, and reopens the phase with the reason, where the file is no valid contract.
 */
export async function adoptContract(run: Run, tree: string): Promise<boolean> {
  const { session } = run.recorder;
  const file = await run.ports.workspace.read(session.contractFile);
  const text = file.kind === 'text' ? file.text : '';
  const contractHash = run.ports.clock.sha256(text);
  if (contractHash === session.contractHash) return true;
  const { contract, problems } = readContract(text);
  const moved = contract !== undefined && !sameRoots(contract, session.contract);
  if (contract === undefined || moved) {
    const [first] = problems;
    const measured = moved ? rootsAreFixed : first === undefined ? 'the file cannot be read' : `line ${first.line}: ${first.message}`;
    await run.recorder.record({ type: 'exit/evaluated', phase: 'explore', conditions: [{ id: 'contract-valid', holds: false, wanted: 'a valid contract to lock', measured }], tree });
    return false;
  }
  await run.recorder.record({ type: 'contract/adopted', contract: { ...contract, model: session.contract.model }, contractText: text, contractHash });
  return true;
}
