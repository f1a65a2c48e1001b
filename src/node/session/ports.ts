import path from 'node:path';
import type { Contract } from '../../core/contract/contract.ts';
import type { RootName } from '../../core/contract/rootPath.ts';
import type { SandboxState } from '../../core/session/session.ts';
import type { Journal, Ports, User } from '../../agent/ports.ts';
import { createArtifacts } from '../journal/artifacts.ts';
import { createClock } from '../journal/clock.ts';
import { createRedact } from '../journal/redaction.ts';
import type { SessionFolder } from '../journal/sessions.ts';
import type { StoreUse } from '../journal/storeUsers.ts';
import { createOracle, type OracleOptions } from '../oracle/oracle.ts';
import { createShell } from '../process/shell.ts';
import { openInThread, type ThreadedWorkspace } from '../thread/workspaceThread.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import { WorkspaceRefusal } from '../workspace/openWorkspace.ts';
import { StartRefusal } from './refusal.ts';
import { createRooms, type RoomStore } from './room.ts';
import type { SessionRoot } from './roots.ts';

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

/** The work trees of a contract in a thread of their own, until they are closed. Rejects with a StartRefusal for a folder that cannot be one. */
export async function workspaceOf(roots: readonly SessionRoot[], contractFile: string, { scope: { scratch, secret } }: Contract): Promise<ThreadedWorkspace> {
  try {
    return await openInThread({ roots: roots.map(({ name, folder, state }) => ({ name, folder, store: state.store })), contractFile, scratch, secret });
  } catch (error) {
    throw error instanceof WorkspaceRefusal ? new StartRefusal('cannot-start', error.message) : error;
  }
}

/** Has the work trees of a contract for as long as some work takes. */
export async function withWorkspace<Result>(roots: readonly SessionRoot[], contractFile: string, contract: Contract, work: (workspace: SessionWorkspace) => Promise<Result>): Promise<Result> {
  const workspace = await workspaceOf(roots, contractFile, contract);
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

/** The folders beside the main one. */
export function othersOf(roots: readonly SessionRoot[]): readonly SessionRoot[] {
  return roots.filter(({ name }) => name !== '');
}

/** Where an oracle finds what it measures, and where it lays it out: beside the private state of the main root. */
export function oracleRoots(roots: readonly SessionRoot[]): Pick<OracleOptions, 'workspace' | 'store' | 'tmpRoot' | 'others'> {
  const [main] = roots;
  if (main === undefined) throw new Error('a session needs a folder');
  return {
    workspace: main.folder, store: main.state.store, tmpRoot: path.join(main.state.dir, 'checkouts'),
    others: othersOf(roots).map(({ name, folder, state }) => ({ name, workspace: folder, store: state.store })),
  };
}

/** What the ports of a session are made of; `uses` and `limits`, of the checkpoint store of each root. */
interface PortsInput {
  readonly roots: readonly SessionRoot[]; readonly folder: SessionFolder;
  readonly journal: Journal; readonly endpoint: Endpoint; readonly user: User; readonly workspace: SessionWorkspace; readonly sandbox: SandboxState;
  readonly uses: ReadonlyMap<RootName, StoreUse>; readonly limits: ReadonlyMap<RootName, number>; readonly door: string;
}

/** Each root with its checkpoint store. */
function storesOf({ roots, workspace, uses, limits }: Pick<PortsInput, 'roots' | 'workspace' | 'uses' | 'limits'>): readonly RoomStore[] {
  return roots.map((root, place) => {
    const [checkpoints, use, limit] = [workspace.stores[place], uses.get(root.name), limits.get(root.name)];
    if (checkpoints === undefined || use === undefined || limit === undefined) throw new Error(`the checkpoint store of ${root.folder} is not open`);
    return { ...root, checkpoints, use, limit };
  });
}

/** Every port of a session on this machine. The model's adapter, with its SDK, is loaded here and not before. */
export async function portsOf(input: PortsInput): Promise<Ports> {
  const redact = createRedact(secretsOf(input.endpoint));
  const artifacts = createArtifacts(input.folder.artifacts, { redact });
  const { createModel } = await import('../model/createModel.ts');
  const shell = createShell({ root: input.workspace.root, others: new Map(othersOf(input.roots).map(({ name, folder }) => [name, folder])), artifacts, redact, alive: path.join(input.folder.dir, 'command-running'), layers: path.join(input.folder.dir, 'layers') });
  const oracle = createOracle({ ...oracleRoots(input.roots), artifacts, redact, sandbox: input.sandbox, dependencies });
  const { workspace } = input;
  return { model: createModel(input.endpoint), workspace, oracle, shell, journal: input.journal, artifacts, clock: createClock(), user: input.user, keeper: workspace, rooms: createRooms({ stores: storesOf(input), session: input.folder.id, door: input.door, redact }) };
}
