import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { isContract } from '../contracts.ts';
import type { LoadedContract } from '../engine.ts';
import { explain } from '../explain.ts';
import { placeOf } from '../place.ts';
import { estimateCost } from './costEstimate.ts';
import { endpointFor } from './endpointFor.ts';
import { mayLetGo } from './letGo.ts';
import { startDetail } from './startQuestion.ts';

/** Starts a session on a contract after a person has seen what it may cost. Says why where it cannot. */
export async function startOnContract(app: App, given?: unknown): Promise<void> {
  const contract = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  if (contract === undefined || !isContract(contract)) return void vscode.window.showInformationMessage('Bounded: open a contract (*.bounded.yaml) first.');
  if (!vscode.workspace.isTrusted) return void (await vscode.commands.executeCommand('workbench.trust.manage'));
  try {
    await saved(contract);
    const loaded = await (await app.host.engine()).loadContract(contract.fsPath, vscode.workspace.getWorkspaceFolder(contract)?.uri.fsPath);
    await begin(app, loaded);
  } catch (error) {
    await explain(error, contract);
  }
}

const switchedOff = 'The contract switches the sandbox off: a command or check that runs code of the workspace has your full rights.';

/** What is started is what the person sees. */
async function saved(contract: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === contract.toString());
  if (document?.isDirty === true && !(await document.save())) throw new Error('the contract has unsaved changes that could not be saved');
}

async function begin(app: App, loaded: LoadedContract): Promise<void> {
  const engine = await app.host.engine();
  const place = placeOf(loaded.root, loaded.contract);
  const endpoint = await endpointFor(app, place);
  if (endpoint === undefined) return;
  const sandbox = await engine.sandboxOf(...place.roots.map(({ real }) => real));
  const wanted = loaded.contract.commands.sandbox;
  const free = wanted === 'off' || (wanted === 'preferred' && sandbox.kind === 'none');
  const warning = wanted === 'off' ? switchedOff : free ? engine.unsandboxedWarning(sandbox) : undefined;
  const detail = startDetail(loaded.contract, estimateCost(loaded.contract, engine.costOf), { url: endpoint.baseUrl, warning });
  const button = free ? 'Start Without a Sandbox' : 'Start';
  if ((await vscode.window.showInformationMessage(`Start a session on ${loaded.file}?`, { modal: true, detail }, button)) !== button) return;
  if (!(await mayLetGo(app.host))) return;
  await vscode.commands.executeCommand('bounded.session.focus');
  await app.host.open({ place, endpoint, unsandboxed: free }, (_engine, door) => engine.startSession(loaded, door));
}
