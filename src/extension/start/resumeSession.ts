import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { placeOf } from '../place.ts';
import type { Place } from '../place.ts';
import { endpointFor } from './endpointFor.ts';
import { mayLetGo } from './letGo.ts';
import type { Found } from './resumable.ts';
import { newestSession, sessionWithId } from './resumable.ts';

/** Goes on where the trace ends: with the session of this window, else with the one that is named, else with the newest one. */
export async function continueSession(app: App): Promise<void> {
  const { held, session, stuck } = app.host;
  if (held !== undefined && session !== undefined && stuck) {
    await app.host.close();
    return resumeSession(app, session.id);
  }
  if (held !== undefined) return void (await app.host.act({ type: 'continue' }));
  const newest = await newestSession(app.host);
  if (newest === undefined) return void vscode.window.showInformationMessage('Bounded: there is no session to continue in this workspace.');
  await resume(app, newest);
}

export async function resumeSession(app: App, id: string): Promise<void> {
  const found = await sessionWithId(app.host, id);
  if (found === undefined) throw new Error(`there is no session ${id} in this workspace any more`);
  await resume(app, found);
}

async function resume(app: App, { root, session }: Found): Promise<void> {
  if (!vscode.workspace.isTrusted) return void (await vscode.commands.executeCommand('workbench.trust.manage'));
  const place = placeOf(session.workspace, session.contract);
  if (session.end !== undefined) return openEnded(app, place, { root, session });
  const endpoint = await endpointFor(app, place);
  if (endpoint === undefined) return;
  const unsandboxed = await acceptsNoSandbox(app, session, place);
  if (unsandboxed === undefined || !(await mayLetGo(app.host))) return;
  await app.host.open({ place, endpoint, unsandboxed }, (engine, door) => engine.resumeSession(root, session.id, door));
}

/** A session that has ended is there to be looked at, kept and taken back: no model, no key. */
async function openEnded(app: App, place: Place, { root, session }: Pick<Found, 'root' | 'session'>): Promise<void> {
  if (!(await mayLetGo(app.host))) return;
  await app.host.open({ place, endpoint: undefined, unsandboxed: false, quiet: true }, (engine, door) => engine.resumeSession(root, session.id, door));
}

/** Where the sandbox of the session is gone, a person says once more that commands may run without. Undefined: they may not. */
async function acceptsNoSandbox(app: App, { contract, sandbox }: Found['session'], place: Place): Promise<boolean | undefined> {
  if (contract.commands.sandbox !== 'preferred' || sandbox.kind === 'none') return sandbox.kind === 'none';
  const engine = await app.host.engine();
  const now = await engine.sandboxOf(...place.roots.map(({ real }) => real));
  if (now.kind !== 'none') return false;
  const chosen = await vscode.window.showWarningMessage('Continue without a sandbox?', { modal: true, detail: engine.unsandboxedWarning(now) }, 'Continue Without a Sandbox');
  return chosen === undefined ? undefined : true;
}
