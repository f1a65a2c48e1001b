import * as vscode from 'vscode';
import type { Acted } from '../agent/acted.ts';
import type { Outcome } from '../agent/loop.ts';
import type { Entry } from '../core/session/events.ts';
import type { ListedHunk } from '../core/session/listedHunk.ts';
import type { Session } from '../core/session/session.ts';
import type { Intention, View } from '../core/session/view.ts';
import type { Endpoint } from '../node/session/ports.ts';
import { EditorUser } from './editorUser.ts';
import type { Door, HeldSession } from './engine.ts';
import { HunkList } from './hunks/hunkList.ts';
import { log, messageOf } from './log.ts';
import { ownSetting } from './ownSetting.ts';
import type { Place } from './place.ts';
import { Pulse } from './pulse.ts';

export type Engine = typeof import('./engine.ts');

/** What the editor shows at this moment. */
export interface Shown {
  readonly session: Session;
  readonly view: View;
  readonly place: Place;
}

/** Why the loop came to rest. */
export type Rest = Outcome | { readonly kind: 'failed'; readonly message: string };

/** What a session is opened with, beside the function that opens it. */
export interface Opening {
  readonly place: Place;
  readonly endpoint: Endpoint | undefined;
  /** A person has accepted that commands run with their full rights. */
  readonly unsandboxed: boolean;
  /** For looking at a session and taking work back: needs no key, and nothing runs. */
  readonly quiet?: true;
}

interface Holding {
  readonly held: HeldSession;
  readonly place: Place;
  readonly user: EditorUser;
  readonly hunks: HunkList;
  readonly quiet: boolean;
}

/** The one session of this window: opens it, runs it, hands intentions to it, and says when there is something new to show. */
export class SessionHost {
  readonly #product: string;
  readonly #prepare: () => Promise<void>;
  readonly #changed = new vscode.EventEmitter<Shown | undefined>();
  readonly #entries = new vscode.EventEmitter<{ readonly session: Session; readonly entry: Entry }>();
  readonly #rested = new vscode.EventEmitter<Rest>();
  #engine: Promise<Engine> | undefined;
  #loaded: Engine | undefined;
  #holding: Holding | undefined;
  #running: Promise<Outcome> | undefined;
  #opening = false;
  #leaving: Promise<void> | undefined;
  #stuck = false;
  #closings = 0;
  #progress = '';
  readonly #pulse = new Pulse(() => this.#changed.fire(this.shown));

  /** At most every 50 ms, and whenever a session appears or goes. */
  readonly onChange = this.#changed.event;
  readonly onEntry = this.#entries.event;
  readonly onRest = this.#rested.event;

  /** `prepare` is awaited once a session is open and before it runs, so that nobody misses its first entry. */
  constructor(product: string, prepare: () => Promise<void>) {
    this.#product = product;
    this.#prepare = prepare;
  }

  /** Everything heavy, loaded on first use. */
  async engine(): Promise<Engine> {
    this.#engine ??= import('./engine.ts');
    this.#loaded = await this.#engine;
    return this.#loaded;
  }

  get shown(): Shown | undefined {
    if (this.#holding === undefined || this.#loaded === undefined) return undefined;
    const { held: { controller }, place } = this.#holding;
    const { session } = controller;
    return { session, view: this.#loaded.viewOf(session, { active: controller.active, running: controller.running, progress: this.#progress, hunks: this.hunks }), place };
  }

  get held(): HeldSession | undefined {
    return this.#holding?.held;
  }

  get session(): Session | undefined {
    return this.held?.controller.session;
  }

  get place(): Place | undefined {
    return this.#holding?.place;
  }

  /** What the session's change is made of, as of its last look. */
  get hunks(): readonly ListedHunk[] {
    return this.#holding?.hunks.now ?? [];
  }

  /** A person has saved a document: its hunks may not be what they were. */
  saved(uri: vscode.Uri): void {
    const path = this.place?.pathOf(uri);
    if (path !== undefined) this.#holding?.hunks.saved(path);
  }

  /** Whether the loop works or waits at a gate in this window. */
  get running(): boolean {
    return this.held?.controller.running === true;
  }

  /** The session of this window can go on only when it is opened anew. */
  get stuck(): boolean {
    return this.#stuck || this.#holding?.quiet === true;
  }

  get opening(): boolean {
    return this.#opening;
  }

  /**
   * Opens a session by `open` and runs it; the one that was open before is let go. Rejects with what `open` rejects with, and
   * then there is no session in this window.
   */
  async open({ place, endpoint, unsandboxed, quiet }: Opening, open: (engine: Engine, door: Door) => Promise<HeldSession>): Promise<void> {
    if (this.#opening) throw new Error('a session is being opened in this window already');
    this.#opening = true;
    const closings = this.#closings;
    const user = new EditorUser(place);
    try {
      await this.#letGo();
      const door: Door = { name: 'the editor', endpoint, user, unsandboxed, ...(quiet === true ? { quiet } : {}), product: this.#product, progress: (text) => this.#tell(text), storeLimit: ownSetting('storeLimit') };
      const engine = await this.engine();
      const held = await vscode.window.withProgress({ location: { viewId: 'bounded.session' } }, () => open(engine, door));
      if (closings !== this.#closings) return await held.close();
      this.#take({ held, place, user, quiet: quiet === true, hunks: new HunkList((session, now) => (now ? held.controller.hunks() : engine.listHunks(held.workspace, session)), () => this.#pulse.soon(), (error) => log().error(error instanceof Error ? error : String(error))) });
      await this.#prepare();
      if (quiet !== true) this.run();
    } finally {
      if (this.#holding?.user !== user) user.dispose();
      this.#opening = false;
      this.#changed.fire(this.shown);
    }
  }

  /** Lets the loop go on, as far as it comes. */
  run(): void {
    const running = this.held?.controller.run();
    if (running === undefined || running === this.#running) return;
    this.#running = running;
    this.#pulse.beat();
    running.then((outcome) => this.#rest(outcome), (error: unknown) => {
      log().error(error instanceof Error ? error : String(error));
      this.#rest({ kind: 'failed', message: messageOf(error) });
    });
    this.#pulse.soon();
  }

  /** Carries out an intention and lets the loop go on where it should. `of`: the session that the person means; nothing is done to another one. */
  async act(intention: Intention, of = this.held): Promise<Acted> {
    if (of === undefined) return { ok: false, message: 'there is no session in this window' };
    if (of !== this.held) return { ok: false, message: 'the session that you decided about is not open in this window any more; nothing was done' };
    let wanted = false;
    try {
      const acted = await of.controller.act(intention);
      wanted = acted.ok && goesOn.has(intention.type);
      return acted;
    } finally {
      // The controller itself lets the loop go on after a rewind, also after one that failed.
      if (of === this.held && (wanted || of.controller.running)) this.run();
      this.#pulse.soon();
    }
  }

  /** Ends the work at hand at the last fact and gives the work tree free for another door; the session can be continued. */
  async close(): Promise<void> {
    this.#closings += 1;
    await this.#letGo();
    this.#changed.fire(undefined);
  }

  /** Says that what is kept on the disk has changed: who shows it looks again. */
  lookAgain(): void {
    this.#changed.fire(this.shown);
  }

  #take(holding: Holding): void {
    this.#holding = holding;
    this.#stuck = false;
    this.#progress = '';
    holding.hunks.follow(holding.held.controller.session);
    holding.held.controller.onEntry((session, entry) => {
      holding.hunks.follow(session);
      this.#entries.fire({ session, entry });
      this.#pulse.soon();
    });
  }

  async #letGo(): Promise<void> {
    const holding = this.#holding;
    this.#holding = undefined;
    this.#pulse.rest();
    holding?.user.dispose();
    if (holding !== undefined) this.#leaving = holding.held.close().finally(() => (this.#leaving = undefined));
    // Also where somebody else lets it go: until then its work tree is not free.
    await this.#leaving;
  }

  #rest(rest: Rest): void {
    log().info(`the session came to rest: ${rest.kind}`);
    this.#stuck = rest.kind === 'paused' && rest.unrecorded === true;
    if (!this.running) this.#pulse.rest();
    this.#progress = '';
    this.#rested.fire(rest);
    this.#pulse.soon();
  }

  #tell(text: string): void {
    this.#progress = text;
    this.#pulse.soon();
  }
}

/** Intentions of a person after which a session that has come to rest runs again. */
const goesOn: ReadonlySet<Intention['type']> = new Set(['approve', 'send-back', 'continue']);
