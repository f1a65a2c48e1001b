import * as vscode from 'vscode';
import type { Acted } from '../agent/controller.ts';
import type { Session } from '../core/session/session.ts';
import type { Intention, View } from '../core/session/view.ts';
import type { Entry } from '../core/session/events.ts';
import type { Door, HeldSession } from './engine.ts';
import { EditorUser } from './editorUser.ts';
import { endpointOf } from './endpoint.ts';
import { log } from './log.ts';

type Engine = typeof import('./engine.ts');

/** What the editor shows at this moment. */
export interface Shown {
  readonly session: Session;
  readonly view: View;
  readonly root: vscode.Uri;
}

const redrawMs = 50;

/** The one session of this window: starts it, resumes it, hands intentions to it, and says when there is something new to show. */
export class SessionHost implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #changed = new vscode.EventEmitter<Shown | undefined>();
  readonly #entries = new vscode.EventEmitter<{ readonly session: Session; readonly entry: Entry }>();
  #engine: Engine | undefined;
  #held: HeldSession | undefined;
  #user: EditorUser | undefined;
  #progress = '';
  #timer: NodeJS.Timeout | undefined;
  #starting = false;

  /** At most every 50 ms, and whenever a session appears or goes. */
  readonly onChange = this.#changed.event;
  readonly onEntry = this.#entries.event;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  async engine(): Promise<Engine> {
    this.#engine ??= await import('./engine.ts');
    return this.#engine;
  }

  get shown(): Shown | undefined {
    if (this.#held === undefined || this.#engine === undefined) return undefined;
    const { controller } = this.#held;
    const { session } = controller;
    const view = this.#engine.viewOf(session, { active: controller.active, running: controller.running, progress: this.#progress });
    return { session, view, root: vscode.Uri.file(session.workspace) };
  }

  get held(): HeldSession | undefined {
    return this.#held;
  }

  /** Starts a session on a contract; shows why it cannot. */
  async start(contract: vscode.Uri): Promise<void> {
    await this.#hold(async (engine) => {
      const folder = vscode.workspace.getWorkspaceFolder(contract);
      const loaded = await engine.loadContract(contract.fsPath, folder?.uri.fsPath);
      const root = vscode.Uri.file(loaded.root);
      return engine.startSession(loaded, await this.#door(engine, root, loaded.contract.commands.sandbox));
    });
  }

  /** Continues a session where its trace ends. */
  async resume(root: vscode.Uri, id: string | undefined): Promise<void> {
    await this.#hold(async (engine) => engine.resumeSession(root.fsPath, id, await this.#door(engine, root, 'preferred')));
  }

  /** Lets the loop go on, as far as it comes. */
  run(): void {
    const held = this.#held;
    if (held === undefined) return;
    held.controller.run().then(
      (outcome) => {
        log().info(`the session stopped: ${outcome.kind}`);
        this.#redraw();
      },
      (error: unknown) => {
        log().error(error instanceof Error ? error : String(error));
        void vscode.window.showErrorMessage(`Bounded stopped by an error: ${error instanceof Error ? error.message : String(error)}. The trace is whole up to the last fact; Continue takes it up again.`);
        this.#redraw();
      },
    );
    this.#redraw();
  }

  async act(intention: Intention): Promise<Acted> {
    const held = this.#held;
    if (held === undefined) return { ok: false, message: 'there is no session' };
    const acted = await held.controller.act(intention);
    if (intention.type === 'continue' && acted.ok) this.run();
    else if ((intention.type === 'approve' || intention.type === 'send-back') && acted.ok && !held.controller.running) this.run();
    this.#redraw();
    return acted;
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#held?.close();
    this.#user?.dispose();
    this.#changed.dispose();
    this.#entries.dispose();
  }

  async #hold(open: (engine: Engine) => Promise<HeldSession>): Promise<void> {
    if (this.#starting) return;
    this.#starting = true;
    try {
      const engine = await this.engine();
      if (this.#held !== undefined && !(await this.#letGo(this.#held))) return;
      const held = await vscode.window.withProgress({ location: { viewId: 'bounded.session' } }, () => open(engine));
      this.#held = held;
      held.controller.onEntry((session, entry) => {
        this.#entries.fire({ session, entry });
        this.#redraw();
      });
      this.run();
    } catch (error) {
      await explain(error);
    } finally {
      this.#starting = false;
    }
  }

  async #letGo(held: HeldSession): Promise<boolean> {
    if (held.controller.running) {
      const answer = await vscode.window.showWarningMessage('A session runs in this window. Pause it and start another one?', { modal: true }, 'Pause it');
      if (answer === undefined) return false;
    }
    this.#held = undefined;
    await held.close();
    this.#changed.fire(undefined);
    return true;
  }

  async #door(engine: Engine, root: vscode.Uri, wanted: 'preferred' | 'required' | 'off'): Promise<Door> {
    this.#user?.dispose();
    this.#user = new EditorUser(root);
    return {
      name: 'the editor', endpoint: await endpointOf(this.#context), user: this.#user, unsandboxed: await acceptsNoSandbox(engine, wanted),
      product: `bounded ${String(this.#context.extension.packageJSON.version)}`, progress: (text) => {
        this.#progress = text;
        this.#redraw();
      },
    };
  }

  #redraw(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire(this.shown);
    }, redrawMs);
  }
}

/** Where no sandbox works, a person says once per session that commands may run with their full rights. */
async function acceptsNoSandbox(engine: Engine, wanted: 'preferred' | 'required' | 'off'): Promise<boolean> {
  if (wanted !== 'preferred') return false;
  const sandbox = await engine.probeSandbox();
  if (sandbox.kind !== 'none') return false;
  const text = `No sandbox works here (${sandbox.detail}): a command or check that runs code of the workspace has your full rights.`;
  return (await vscode.window.showWarningMessage(text, { modal: true }, 'Run without a sandbox')) !== undefined;
}

async function explain(error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const problems = error instanceof Error && 'problems' in error && Array.isArray(error.problems) ? error.problems as readonly { line: number; column: number; message: string }[] : [];
  log().warn(message);
  const [first] = problems;
  await vscode.window.showErrorMessage(first === undefined ? `Bounded: ${message}` : `Bounded: ${message}: line ${first.line}, ${first.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`);
}
