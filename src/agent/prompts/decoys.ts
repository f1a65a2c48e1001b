import type { Blob, Path } from '../../core/session/changes.ts';
import { look } from '../look.ts';
import type { Run } from '../run.ts';
import { contractPage } from './contractText.ts';
import { planPart } from './planText.ts';

/** The first turn of the conversation that invents wrong implementations; it knows the oracle's files, not the talk that made them. */
export async function decoysTurn(run: Run): Promise<string> {
  const { tree } = await look(run);
  const { session } = run.recorder;
  const { contract, line } = session;
  const wanted = decoysWanted(run);
  const oracle = await oracleSources(run, tree);
  const tried = line.decoys.map((decoy) => `- ${decoy.name}: ${decoy.result ?? 'not run'}${decoy.detail === undefined ? '' : ` (${decoy.detail})`}`).join('\n');
  return [
    '# Decoys',
    `An oracle was written for the task below. Submit ${wanted} wrong implementations of the task, each one complete, plausible, and subtly wrong in another way: the kind of mistake that an engineer makes and a weak oracle misses. Each is a unified diff against the current files, touches only what may change, and applies exactly. Read the files first. Then call submit_decoys once.`, '',
    contractPage(contract), planPart(line.plan), oracle, tried === '' ? '' : `## Tried before\n${tried}\n`,
  ].filter((part) => part !== '').join('\n');
}

/** How many decoys are still needed: those that did not apply do not count. */
export function decoysWanted(run: Run): number {
  const { contract, line } = run.recorder.session;
  const wanted = typeof contract.oracle.decoys === 'number' ? contract.oracle.decoys : 0;
  return Math.max(0, wanted - line.decoys.filter((decoy) => decoy.result !== 'void').length);
}

async function oracleSources(run: Run, tree: string): Promise<string> {
  const parts: string[] = [];
  for (const [path, blob] of await oracleFiles(run, tree)) {
    parts.push(`## ${path}\n\`\`\`\n${(await run.ports.workspace.blobText(blob)).slice(0, 40_000)}\n\`\`\`\n`);
  }
  return parts.join('\n');
}

/** Files of a tree that belong to the oracle, by the contract's globs. */
export async function oracleFiles(run: Run, tree: string): Promise<readonly (readonly [Path, Blob])[]> {
  return [...await run.ports.workspace.matching(tree, run.recorder.session.contract.scope.oracle)];
}
