import type { Contract } from '../../core/contract/contract.ts';
import type { SandboxState } from '../../core/session/session.ts';
import { Commands } from '../process/commands.ts';
import { probeLayers } from '../process/probeLayers.ts';
import { probeSandbox } from '../process/probeSandbox.ts';
import type { Endpoint } from './ports.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import { StartRefusal } from './refusal.ts';

export const defaultBaseUrl = 'https://api.anthropic.com';

/** The endpoint that the environment names. The key is read from the user's environment only, never from the workspace. */
export function endpointFromEnvironment(env: NodeJS.ProcessEnv): Endpoint | undefined {
  const apiKey = env['ANTHROPIC_API_KEY']?.trim();
  if (apiKey === undefined || apiKey === '') return undefined;
  return { apiKey, baseUrl: env['ANTHROPIC_BASE_URL']?.trim().replace(/\/+$/, '') || defaultBaseUrl };
}

/** What sandbox works on this machine; nothing in the workspaces counts as a program of ours. */
export function sandboxOf(...workspaces: readonly string[]): Promise<SandboxState> {
  return probeSandbox(new Commands({ workspaces }));
}

/** The same for a session, with whether its commands can write beside the work trees. `dir`: the private folder of the repository. */
export async function sessionSandbox(workspaces: readonly string[], dir: string): Promise<SandboxState> {
  const commands = new Commands({ workspaces });
  const sandbox = await probeSandbox(commands);
  if (sandbox.kind === 'none') return sandbox;
  const why = await probeLayers(commands, workspaces, dir);
  return why === undefined ? { ...sandbox, beside: true } : { ...sandbox, detail: `${sandbox.detail}; commands write into the work tree itself: ${why}` };
}

/** The sentence that start gate, side view, journal header and evidence use where no sandbox works. */
export function unsandboxedWarning(sandbox: SandboxState): string {
  return `No sandbox works here (${sandbox.detail}): a command or check that runs code of the workspace has your full rights.`;
}

/** Refuses what would put a session on an unsafe footing: a half-done git operation, a sandbox that is missing, a model that is not there. */
export async function checkRepository(workspace: SessionWorkspace): Promise<void> {
  const { operation, unreadable } = await workspace.head();
  if (operation !== undefined) throw new StartRefusal('cannot-start', `a ${operation} is going on in this repository; finish or abort it first`);
  const damage = unreadable ?? (await workspace.damage());
  if (damage !== undefined) throw new StartRefusal('cannot-start', damage);
}

export function checkSandbox(contract: Contract, sandbox: SandboxState, unsandboxed: boolean): void {
  if (sandbox.kind !== 'none' || contract.commands.sandbox === 'off') return;
  if (contract.commands.sandbox === 'required') throw new StartRefusal('cannot-start', `the contract requires a sandbox. ${unsandboxedWarning(sandbox)}`);
  if (!unsandboxed) throw new StartRefusal('cannot-start', `${unsandboxedWarning(sandbox)} Install bubblewrap, or allow it by --unsandboxed.`);
}

/** Refuses an address that no request can ever reach, before anything waits for it to come back. */
export async function checkEndpoint({ baseUrl }: Endpoint): Promise<void> {
  const { addressProblem } = await import('../model/address.ts');
  const problem = await addressProblem(baseUrl);
  if (problem !== undefined) throw new StartRefusal('cannot-start', `no request can be sent to the address of the model: ${problem}. It is set by ANTHROPIC_BASE_URL (in the editor also by the setting bounded.baseUrl)`);
}

/** Asks the endpoint which models it has; an endpoint without such a list is taken at its word later. */
export async function checkModels(contract: Contract, endpoint: Endpoint): Promise<{ readonly servedBy?: string }> {
  const { models, servedBy } = await import('../model/endpoint.ts');
  const [known, name] = await Promise.all([models(endpoint), servedBy(endpoint)]);
  const wanted = [...new Set([contract.model.main, contract.model.fast, contract.model.reviewer])];
  const missing = known === undefined ? [] : wanted.filter((model) => !known.some((one) => one.startsWith(model)));
  if (missing.length > 0) throw new StartRefusal('cannot-start', `${endpoint.baseUrl} does not offer ${missing.join(', ')}; it offers ${known?.join(', ')}`);
  return name === undefined ? {} : { servedBy: name };
}
