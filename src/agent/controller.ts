import type { Intention } from '../core/session/view.ts';
import type { Hunk } from '../core/session/changes.ts';
import type { Entry } from '../core/session/events.ts';
import type { LeftPath, MovedPath } from '../core/session/facts.ts';
import type { Gate, GateAnswer, Session } from '../core/session/session.ts';
import { inverse, planBeside } from './beside.ts';
import { answerInterrupted } from './call.ts';
import { finish } from './finish.ts';
import { finishRewind } from './finishRewind.ts';
import { allowFlag, answerProblem, applyAnswer } from './gates.ts';
import type { AnsweredBy } from './gates.ts';
import { runSession } from './loop.ts';
import type { Outcome } from './loop.ts';
import type { KeepAnswer, Ports, Signal } from './ports.ts';
import { ReadLedger } from './readLedger.ts';
import type { Recorder } from './recorder.ts';
import { writeReports } from './reports.ts';
import { previewRewind, rewindFile, rewindHunk, rewindToBoundary, rewindWrites, sessionHunks } from './rewind.ts';
import type { Run } from './run.ts';
import { undoRewind } from './undoRewind.ts';
import type { Fingerprint } from '../core/transcript/fingerprint.ts';

/** What came of an intention; `message` is for people. */
export interface Acted {
  readonly ok: boolean;
  readonly message: string;
}

/** A switch that a door can throw; the platform's AbortController has this shape. */
export interface Switch {
  readonly signal: Signal;
  abort(): void;
}

/**
 * One session as a door holds it: runs the loop, and carries out what a person intends, in order and never in the middle of
 * a tool call. Every change a person can make goes through `act`, from whichever button, flag or command it comes.
 */
export class Controller {
  readonly #ports: Ports;
  readonly #recorder: Recorder;
  readonly #newSwitch: () => Switch;
  readonly #progress: (text: string) => void;
  readonly #memory = { reads: new ReadLedger(), fingerprints: new Map<string, Fingerprint>() };
  #switch: Switch;
  #running: Promise<Outcome> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting: { readonly gate: Gate; readonly answer: (answer: { answer: GateAnswer; by: AnsweredBy } | undefined) => void } | undefined;

  constructor(ports: Ports, recorder: Recorder, newSwitch: () => Switch, progress: (text: string) => void) {
    this.#ports = { ...ports, user: { ...bound(ports.user), answer: (gate, session, signal) => this.#answer(gate, session, signal) } };
    this.#recorder = recorder;
    this.#newSwitch = newSwitch;
    this.#switch = newSwitch();
    this.#progress = progress;
    this.#door = ports.user.answer.bind(ports.user);
  }

  readonly #door: Ports['user']['answer'];

  get session(): Session {
    return this.#recorder.session;
  }

  /** Active time in milliseconds. */
  get active(): number {
    return this.#recorder.active;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  onEntry(listener: (session: Session, entry: Entry) => void): () => void {
    return this.#recorder.onEntry(listener);
  }

  /** Runs until the session ends, waits, pauses or is interrupted. A second call while it runs gives the same promise. */
  run(): Promise<Outcome> {
    this.#running ??= this.#start().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Ends the work at hand; the session can be continued. Resolves when nothing runs any more. */
  async interrupt(): Promise<void> {
    this.#switch.abort();
    await this.#running?.catch(() => undefined);
  }

  /** Carries out what a person intends; never throws for what a person can get wrong. */
  async act(intention: Intention): Promise<Acted> {
    switch (intention.type) {
      case 'approve': return this.#decide(intention.gate, { kind: 'approve', ids: intention.ids ?? [] });
      case 'send-back': return this.#decide(intention.gate, { kind: 'send-back', note: intention.note ?? '' });
      case 'rewind-boundary': return this.#aside((run) => this.#rewindBoundary(run, intention.to));
      case 'rewind-file': return this.#exclusive(() => this.#rewindFlag(intention.flag));
      case 'rewind-hunk': return this.#exclusive(() => this.#rewindFlag(intention.flag, intention.hunk));
      case 'rewind-path': return this.#exclusive(() => (intention.hunk === undefined ? this.#rewindPath(intention.path) : this.#rewindPathHunk(intention.path, intention.hunk)));
      case 'undo-rewind': return this.#aside((run) => this.#undo(run, intention.rewind));
      case 'restore-flag': return this.#aside((run) => this.#restoreFlag(run, intention.flag));
      case 'allow-flag': return this.#exclusive(() => this.#allowFlag(intention.flag));
      case 'note': return this.#exclusive(() => this.#note(intention.text ?? ''));
      case 'pause': return this.#pause();
      case 'continue': return { ok: !this.running, message: this.running ? 'the session runs' : 'continued' };
      case 'stop': return this.#stop();
      case 'keep': return this.#aside((run) => this.#keep(run, intention));
    }
  }

  /** Paths that a rewind to a boundary (or `base`) would bring back. */
  async previewRewind(to: string): Promise<readonly string[]> {
    return previewRewind(this.session, to);
  }

  /** What no checkpoint holds as the work tree is now, as sentences. */
  async notCovered(): Promise<readonly string[]> {
    return (await this.#ports.workspace.capture()).notCovered;
  }

  /** Every hunk of the session's own change against the base, by path. */
  hunks(): Promise<ReadonlyMap<string, readonly Hunk[]>> {
    return sessionHunks(this.#run());
  }

  async #start(): Promise<Outcome> {
    this.#switch = this.#newSwitch();
    return runSession(this.#run(), (work) => this.#inTurn(work));
  }

  #run(): Run {
    return { ports: this.#ports, recorder: this.#recorder, ...this.#memory, signal: this.#switch.signal, progress: this.#progress };
  }

  /** The same for what a person does, on a work tree where no rewind is half done and where it is known whose every change is. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await finishRewind(this.#run());
      await answerInterrupted(this.#run());
      return work();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Stops the loop, does the work, and lets the loop go on where the session then stands. */
  async #aside(work: (run: Run) => Promise<Acted>): Promise<Acted> {
    const wasRunning = this.running;
    await this.interrupt();
    this.#switch = this.#newSwitch();
    const acted = await this.#exclusive(() => work(this.#run()));
    if (wasRunning && this.session.end === undefined) void this.run();
    return acted;
  }

  /** A gate is answered by the door, or by an intention that comes meanwhile. */
  #answer(gate: Gate, session: Session, signal: Signal): ReturnType<Ports['user']['answer']> {
    return new Promise((resolve, reject) => {
      const stop = (): void => resolve(undefined);
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting = { gate, answer: resolve };
      this.#door(gate, session, signal).then(resolve, reject);
    });
  }

  async #decide(id: string, answer: GateAnswer): Promise<Acted> {
    const { gate } = this.session;
    if (gate === undefined || gate.id !== id) return { ok: false, message: 'this gate is not open any more' };
    const problem = answerProblem(gate, answer);
    if (problem !== undefined) return { ok: false, message: problem };
    if (this.#waiting?.gate.id === id && this.running) this.#waiting.answer({ answer, by: 'person' });
    else await this.#exclusive(() => this.#apply(gate, answer));
    return { ok: true, message: answer.kind === 'approve' ? 'approved' : 'sent back' };
  }

  /** The loop may come to the gate while it is being answered here; then it must not wait for an answer that was given already. */
  async #apply(gate: Gate, answer: GateAnswer): Promise<void> {
    if (this.session.gate?.id === gate.id) await applyAnswer(this.#run(), gate, answer, 'person');
    if (this.#waiting?.gate.id === gate.id) this.#waiting.answer({ answer, by: 'person' });
  }

  async #rewindBoundary(run: Run, to: string): Promise<Acted> {
    if (to !== 'base' && !this.session.line.boundaries.some((one) => one.id === to)) return { ok: false, message: `there is no boundary ${to} on this attempt` };
    const rewind = await rewindToBoundary(run, to);
    await writeReports(run);
    return { ok: rewind.left.length === 0, message: `${describe(rewind.restored.length + rewind.merged.length, rewind.left, rewind.moved)}${rewind.notHeld === undefined ? '' : `; not in any checkpoint, and still there: ${rewind.notHeld.join(', ')}`}` };
  }

  async #rewindFlag(id: string, hunkId?: string): Promise<Acted> {
    const run = this.#run();
    const flag = this.session.line.flags.find((one) => one.id === id && one.outcome === undefined);
    if (flag === undefined) return { ok: false, message: 'this flag is not open any more' };
    const hunk = flag.hunks.find((one) => one.id === hunkId);
    const done = hunk === undefined ? await rewindFile(run, flag) : await rewindHunk(run, flag.path, hunk);
    if (typeof done === 'string') return { ok: false, message: done };
    if (done !== undefined && done.left.length > 0) return { ok: false, message: describe(0, done.left) };
    const gone = hunk === undefined || flag.hunks.length === 1 ? this.session.line.flags.filter((one) => one.path === flag.path && one.outcome === undefined && (hunk === undefined || one.id === id)) : [];
    for (const one of gone) await this.#recorder.record({ type: 'flag/settled', flag: one.id, how: done === undefined ? 'restored' : 'rewound' });
    return { ok: true, message: done === undefined ? nothingLeft(flag.path) : `${flag.path} was rewound${inWords(done.moved)}` };
  }

  async #rewindPath(path: string): Promise<Acted> {
    const first = this.session.line.writes.find((write) => write.path === path);
    if (first === undefined) return { ok: false, message: `the session has not changed ${path}` };
    const done = await rewindWrites(this.#run(), [first], 'person');
    if (done === undefined) return { ok: true, message: nothingLeft(path) };
    if (done.left.length > 0) return { ok: false, message: describe(0, done.left) };
    for (const flag of this.session.line.flags.filter((one) => one.path === path && one.outcome === undefined)) await this.#recorder.record({ type: 'flag/settled', flag: flag.id, how: 'rewound' });
    return { ok: true, message: `${path} was rewound${inWords(done.moved)}` };
  }

  async #rewindPathHunk(path: string, id: string): Promise<Acted> {
    const run = this.#run();
    const hunk = (await sessionHunks(run)).get(path)?.find((one) => one.id === id);
    if (hunk === undefined) return { ok: false, message: `${path} has no such hunk now` };
    const done = await rewindHunk(run, path, hunk);
    return typeof done === 'string' ? { ok: false, message: done } : { ok: true, message: `a hunk of ${path} was rewound` };
  }

  async #undo(run: Run, id: string): Promise<Acted> {
    const rewind = this.session.rewinds.find((one) => one.id === id && !one.undone);
    if (rewind === undefined) return { ok: false, message: 'this rewind was undone already' };
    const outcome = await undoRewind(run, rewind);
    await writeReports(run);
    return { ok: outcome.left.length === 0, message: describe(outcome.restored.length + outcome.merged.length, outcome.left, outcome.moved) };
  }

  /** Brings back a stray that was rewound, as the user's own change from here on. */
  async #restoreFlag(run: Run, id: string): Promise<Acted> {
    const flag = this.session.line.flags.find((one) => one.id === id && one.outcome === 'rewound');
    if (flag === undefined) return { ok: false, message: 'this change was not rewound' };
    const outcome = flag.beside === undefined
      ? await run.ports.workspace.restore([{ path: flag.path, target: flag.write.after ?? null, expected: flag.write.before ?? null }])
      : { left: await run.ports.workspace.restoreBeside(inverse(planBeside([flag.beside]))), moved: undefined };
    if (outcome.left.length > 0) return { ok: false, message: describe(0, outcome.left) };
    await run.recorder.record({ type: 'flag/settled', flag: id, how: 'restored' });
    return { ok: true, message: `${flag.path} is back; it counts as your change now${inWords(outcome.moved)}` };
  }

  async #allowFlag(id: string): Promise<Acted> {
    const run = this.#run();
    const flag = this.session.line.flags.find((one) => one.id === id && one.outcome === undefined);
    if (flag === undefined) return { ok: false, message: 'this flag is not open any more' };
    const problem = await allowFlag(run, flag);
    return problem === undefined ? { ok: true, message: `${flag.path} is allowed now` } : { ok: false, message: problem };
  }

  async #note(text: string): Promise<Acted> {
    if (text.trim() === '') return { ok: false, message: 'the note is empty' };
    await this.#recorder.record({ type: 'note/written', text: text.trim() });
    return { ok: true, message: 'the note goes with the next turn' };
  }

  async #pause(): Promise<Acted> {
    if (!this.running) return { ok: false, message: 'the session does not run' };
    await this.interrupt();
    if (this.session.end === undefined) await this.#recorder.record({ type: 'session/paused', reason: 'paused by a person' });
    return { ok: true, message: 'paused' };
  }

  async #stop(): Promise<Acted> {
    if (this.session.end !== undefined) return { ok: false, message: 'the session has ended' };
    await this.interrupt();
    this.#switch = this.#newSwitch();
    const detail = 'stopped by a person';
    // Without a base nothing was done that could be measured.
    await this.#exclusive(async () => (this.session.base === undefined ? void (await this.#recorder.record({ type: 'session/ended', end: 'stopped', detail })) : finish(this.#run(), 'stopped', detail, 'as-is')));
    return { ok: true, message: 'stopped' };
  }

  async #keep(run: Run, { how, withoutMine = false }: Extract<Intention, { type: 'keep' }>): Promise<Acted> {
    if (how === 'undo') {
      const acted = await this.#rewindBoundary(run, 'base');
      await run.recorder.record({ type: 'work/kept', how: 'undone', detail: acted.message });
      await finish(run, 'stopped', 'everything was undone by a person', 'as-is');
      return acted;
    }
    const kept: KeepAnswer = how === 'leave' ? { ok: true, detail: 'the changes stay in the work tree; git was not touched' } : await run.ports.keeper.keep({ how, withoutMine }, this.session);
    if (kept.ok || kept.partly === true) await run.recorder.record({ type: 'work/kept', how: how === 'leave' ? 'left' : how, detail: kept.detail });
    return { ok: kept.ok, message: kept.detail };
  }
}

function bound(user: Ports['user']): Ports['user'] {
  return { answer: user.answer.bind(user), unsaved: user.unsaved.bind(user), takeSaved: user.takeSaved.bind(user), diagnostics: user.diagnostics.bind(user) };
}

function describe(done: number, left: readonly LeftPath[], moved?: readonly MovedPath[]): string {
  const rest = left.length === 0 ? '' : `; left alone: ${left.map((one) => `${one.path} (${one.why})`).join(', ')}`;
  return `${done} files restored${rest}${inWords(moved)}`;
}

const nothingLeft = (path: string): string => `nothing was left to do: what the session did to ${path} is not there any more`;

function inWords(moved: readonly MovedPath[] = []): string {
  return moved.map(({ path, to }) => `; what was in the place of ${path} is kept in ${to}`).join('');
}
