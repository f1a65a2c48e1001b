import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { OracleRun } from '../../core/oracle/result.ts';
import type { Path } from '../../core/session/changes.ts';
import type { Signal } from '../../agent/ports.ts';
import { createArtifacts } from '../journal/artifacts.ts';
import { createRedact } from '../journal/redaction.ts';
import { useStore } from '../journal/storeUsers.ts';
import { createOracle } from '../oracle/oracle.ts';
import type { LoadedContract } from './place.ts';
import { readyState, stateOf } from './state.ts';
import { dependencies, oracleRoots, secretsOf, withWorkspace } from './ports.ts';
import { checkSandbox, sandboxOf } from './preflight.ts';
import { rootsOf } from './roots.ts';

/** Runs the oracle without a session. */
export interface Verifier {
  /** The content that is measured. */
  readonly tree: string;
  /** Paths of which an older content is measured than is there. */
  readonly outdated: readonly Path[];
  run(purpose: 'verify' | 'confirm', progress: (text: string) => void, signal: Signal): Promise<OracleRun>;
  close(): Promise<void>;
}

/** Captures the work tree as it is. Rejects with a StartRefusal where it cannot be measured. */
export async function openVerifier(loaded: LoadedContract, unsandboxed: boolean): Promise<Verifier> {
  const roots = await rootsOf(loaded.root, loaded.contract);
  const sandbox = await sandboxOf(...roots.map(({ folder }) => folder));
  checkSandbox(loaded.contract, sandbox, unsandboxed);
  for (const { folder, state } of roots) await readyState(folder, state);
  const uses = await Promise.all(roots.map(({ state }) => useStore(state.dir, { door: 'the oracle alone' })));
  const temporary = await mkdtemp(path.join((await stateOf(loaded.root)).dir, 'verify-'));
  const redact = createRedact(secretsOf(undefined));
  const artifacts = createArtifacts(temporary, { redact });
  const oracle = createOracle({ ...oracleRoots(roots), artifacts, redact, sandbox, dependencies });
  const { contract } = loaded;
  const { tree, outdated = [] } = await withWorkspace(roots, loaded.file, contract, (workspace) => workspace.capture());
  return {
    tree, outdated,
    async run(purpose, progress, signal) {
      const request = { id: purpose, purpose, tree, baseTree: tree, oracle: contract.oracle, scope: contract.scope, commands: contract.commands, checks: contract.oracle.checks };
      const run = await oracle.run(request, (cell, done, of) => progress(`${done} of ${of}: ${cell.check} ${cell.class}`), signal);
      if (run === null) throw new Error('the oracle answered that a patch did not apply, but there was none');
      return run;
    },
    async close() {
      for (const use of uses) await use.end();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}
