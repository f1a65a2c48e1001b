import path from 'node:path';
import type { Contract } from '../../core/contract/contract.ts';
import type { SandboxState } from '../../core/session/session.ts';
import type { Journal, Ports, User } from '../../agent/ports.ts';
import { createArtifacts } from '../journal/artifacts.ts';
import { createClock } from '../journal/clock.ts';
import { createRedact } from '../journal/redaction.ts';
import type { SessionFolder } from '../journal/sessions.ts';
import type { RepositoryState } from '../journal/stateDir.ts';
import { createOracle } from '../oracle/oracle.ts';
import { createShell } from '../process/shell.ts';
import { openWorkspace, WorkspaceRefusal } from '../workspace/openWorkspace.ts';
import { StartRefusal } from './refusal.ts';
import type { KeepingWorkspace } from '../workspace/openWorkspace.ts';

export interface Endpoint {
  readonly apiKey: string;
  /** Without `/v1`. */
  readonly baseUrl: string;
}

/** Folders of installed packages that a checkout borrows where the contract has no set-up. */
export const dependencies: readonly string[] = ['node_modules'];

/** Values that must stand in no journal, artifact or tool result. */
export function secretsOf(endpoint: Endpoint | undefined): readonly string[] {
  return [endpoint?.apiKey, process.env['ANTHROPIC_API_KEY'], process.env['ANTHROPIC_AUTH_TOKEN']].filter((value) => value !== undefined && value !== '') as string[];
}

/** The workspace of a contract, over its checkpoint store. Rejects with a StartRefusal for a folder that cannot be one. */
export async function workspaceOf(root: string, contractFile: string, contract: Contract, state: RepositoryState): Promise<KeepingWorkspace> {
  try {
    return await openWorkspace({ root, store: state.store, scratch: contract.scope.scratch, secret: contract.scope.secret, contractFile });
  } catch (error) {
    throw error instanceof WorkspaceRefusal ? new StartRefusal('cannot-start', error.message) : error;
  }
}

/** Every port of a session on this machine. The model's adapter, with its SDK, is loaded here and not before. */
export async function portsOf(input: {
  readonly root: string; readonly state: RepositoryState; readonly folder: SessionFolder;
  readonly journal: Journal; readonly endpoint: Endpoint; readonly user: User; readonly workspace: KeepingWorkspace; readonly sandbox: SandboxState;
}): Promise<Ports> {
  const redact = createRedact(secretsOf(input.endpoint));
  const artifacts = createArtifacts(input.folder.artifacts, { redact });
  const { createModel } = await import('../model/createModel.ts');
  const shell = createShell({ root: input.root, artifacts, redact, alive: path.join(input.folder.dir, 'command-running') });
  const oracle = createOracle({ workspace: input.root, store: input.state.store, tmpRoot: path.join(input.state.dir, 'checkouts'), artifacts, redact, sandbox: input.sandbox, dependencies });
  const { workspace } = input;
  return { model: createModel(input.endpoint), workspace, oracle, shell, journal: input.journal, artifacts, clock: createClock(), user: input.user, keeper: workspace };
}
