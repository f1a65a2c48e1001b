import { phaseRights } from '../../core/guard/rights.ts';
import type { ShellResult } from '../ports.ts';
import type { Run } from '../run.ts';
import { finalOracleMs } from '../spending.ts';
import { limited } from './limit.ts';
import type { Tool } from './tool.ts';

const defaultTimeoutMs = 120_000;

export const bash: Tool<'bash'> = {
  name: 'bash',
  title: (input) => input.command.split('\n')[0] ?? '',
  async propose(input, { run }) {
    const { contract, contractFile, sandbox, line } = run.recorder.session;
    const writes = line.phase !== undefined && phaseRights[line.phase] !== 'nothing';
    return {
      proposal: { kind: 'execute', command: input.command },
      async carryOut() {
        const result = await run.ports.shell.run({
          command: input.command, timeoutMs: timeoutOf(run, input.timeout_ms ?? defaultTimeoutMs), workTree: writes ? 'writable' : 'read-only',
          readOnly: [`/${contractFile}`, ...(line.phase === 'oracle-only' ? [] : contract.scope.oracle)], secret: contract.scope.secret, network: contract.commands.network,
          sandbox: contract.commands.sandbox === 'off' ? { kind: 'none', detail: 'switched off by the contract' } : sandbox,
        }, run.progress, run.signal);
        const { text, artifact } = await limited(`${result.output}${ending(result)}`, run.ports.artifacts);
        const kept = result.artifact ?? artifact;
        const ok = result.spawnError === undefined && result.exit === 0;
        return { outcome: ok ? 'done' : 'failed', text, summary: ok ? `${(result.ms / 1000).toFixed(1)} s` : ending(result).trim(), ...(kept === undefined ? {} : { artifact: kept }) };
      },
    };
  },
};

/** Milliseconds that a command may take: what it asks for, within the active time that is left for work. */
function timeoutOf({ recorder: { session, active } }: Run, wanted: number): number {
  return Math.max(1000, Math.min(wanted, session.contract.budget.timeMs - active - finalOracleMs(session)));
}

function ending(result: ShellResult): string {
  if (result.spawnError !== undefined) return `could not be started: ${result.spawnError}`;
  if (result.timedOut) return `\n(ended by its time limit after ${Math.round(result.ms / 1000)} s)`;
  if (result.signal !== null) return `\n(ended by ${result.signal})`;
  return result.exit === 0 ? '' : `\n(exit status ${result.exit})`;
}
