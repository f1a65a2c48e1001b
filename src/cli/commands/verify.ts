import { describeRun, isGreen } from '../../core/oracle/describe.ts';
import { verdictOf } from '../../core/oracle/verdict.ts';
import type { OracleRun } from '../../core/oracle/result.ts';
import { shortId } from '../../core/session/joinedIds.ts';
import { openVerifier } from '../../node/session/verify.ts';
import { loadContract } from '../../node/session/place.ts';
import { parse } from '../arguments.ts';
import { exitOfVerdict, exits } from '../exit.ts';
import { checkOf, createOutput } from '../output.ts';

/** `bounded verify CONTRACT`: the oracle alone, on the work tree's content in a clean checkout; a green result is confirmed. */
export async function verify(args: readonly string[]): Promise<number> {
  const { values, positionals: [file = ''] } = parse(args, { json: { type: 'boolean' }, workspace: { type: 'string' }, unsandboxed: { type: 'boolean' } }, { least: 1, most: 1, names: 'CONTRACT' });
  const output = createOutput(values.json === true);
  const loaded = await loadContract(file, values.workspace);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const verifier = await openVerifier(loaded, values.unsandboxed === true);
  try {
    const runs: OracleRun[] = [];
    for (const purpose of ['verify', 'confirm'] as const) {
      const run = await verifier.run(purpose, output.progress, stop.signal);
      if (stop.signal.aborted) return exits.interrupted;
      output.say(describeRun(run).trimEnd());
      runs.push(run);
      if (!isGreen(run)) break;
    }
    const { verdict, because } = verdictOf({ checks: loaded.contract.oracle.checks, runs, tree: verifier.tree, outdated: verifier.outdated, contractTampered: false, frozenTampered: [], environmentChanged: [] });
    output.print({ type: 'result', verdict, because, tree: verifier.tree, checks: runs.at(-1)?.cells.map(checkOf) ?? [] }, `${verdict} · tree ${shortId(verifier.tree)}\n${because.map((reason) => `  ${reason}`).join('\n')}`);
    return exitOfVerdict(verdict);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await verifier.close();
  }
}
