import type { FrozenFile } from '../core/session/session.ts';
import { lastBoundary } from '../core/session/line.ts';
import { adoptContract } from './adoptContract.ts';
import { commitBoundary } from './boundaryCommit.ts';
import { baseTree, measureChange } from './diffUse.ts';
import { verdictNow } from './finish.ts';
import { look } from './look.ts';
import { oracleFiles } from './prompts/decoys.ts';
import { writeReports } from './reports.ts';
import { measureStores } from './room.ts';
import type { Run } from './run.ts';
import { surfaceDelta } from './surface.ts';

/** Takes the checkpoint of the running phase's end and goes on; does nothing when the work tree changed since it was evaluated. */
export async function cross(run: Run): Promise<void> {
  const capture = await look(run);
  const { tree, notCovered } = capture;
  const { session } = run.recorder;
  const { line } = session;
  if (line.phase === undefined || line.exit === undefined || line.exit.tree !== tree) return;
  if (!session.locked && !(await adoptContract(run, tree))) return;
  await lock(run, tree);
  const boundary = boundaryId(line.phase, line.boundaries.map((one) => one.id));
  const { verdict } = verdictNow(run.recorder.session, capture, await run.ports.workspace.hashOf(session.contractFile));
  const commit = await commitBoundary(run, boundary, tree, verdict);
  const surface = line.phase === 'production-shape' ? await surfaceDelta(run, lastBoundary(line)?.tree ?? tree, tree) : undefined;
  await run.recorder.record({ type: 'boundary/crossed', boundary, phase: line.phase, tree, commit, notCovered,
    change: await measureChange(run, lastBoundary(line)?.tree ?? baseTree(session), tree), ...(surface === undefined ? {} : { surface }) });
  await measureStores(run);
  await writeReports(run);
}

/** The end of explore locks the contract; the oracle's files are frozen as soon as no later phase may change them. */
async function lock(run: Run, tree: string): Promise<void> {
  const { session } = run.recorder;
  const { phase } = session.line;
  if (!session.locked) await run.recorder.record({ type: 'contract/locked', hash: session.contractHash });
  const freezesHere = session.contract.phases.includes('oracle-only') ? phase === 'oracle-only' : phase === 'explore';
  if (!freezesHere) return;
  const files: FrozenFile[] = (await oracleFiles(run, tree)).map(([path, blob]) => ({ path, ...blob }));
  await run.recorder.record({ type: 'oracle/frozen', files });
}

function boundaryId(phase: string, taken: readonly string[]): string {
  let id = phase;
  for (let round = 2; taken.includes(id); round++) id = `${phase}.${round}`;
  return id;
}
