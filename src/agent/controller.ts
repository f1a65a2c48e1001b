import type { Path } from '../core/session/changes.ts';
import { diskFault } from '../core/session/diskFault.ts';
import type { Entry } from '../core/session/events.ts';
import type { ListedHunk } from '../core/session/listedHunk.ts';
import { callWithoutAnswer } from '../core/session/next.ts';
import type { Gate, GateAnswer, Session } from '../core/session/session.ts';
import { someOf } from '../core/session/someOf.ts';
import { openConflicts } from '../core/session/conflicts.ts';
import type { Intention } from '../core/session/view.ts';
import type { Fingerprint } from '../core/transcript/fingerprint.ts';
import type { Acted } from './acted.ts';
import { answerInterrupted } from './call.ts';
import { finish } from './finish.ts';
import { finishRewind } from './rewind/finishRewind.ts';
import { allowFlags, answerProblem, applyAnswer } from './gates.ts';
import type { AnsweredBy } from './gates.ts';
import { listHunks } from './hunks.ts';
import { keepWork } from './keepActs.ts';
import { runSession } from './loop.ts';
import type { Outcome } from './loop.ts';
import type { Ports, Rehearsal, Signal } from './ports.ts';
import { previewFor } from './rewind/preview.ts';
import type { RewindPreview } from './rewind/preview.ts';
import { ReadLedger } from './readLedger.ts';
import type { Recorder } from './recorder.ts';
import { conflictOf } from './resolve.ts';
import { writesOfPath } from './rewind/rewind.ts';
import { notChanged, redo, restoreFlag, takeBackFlagged, takeBackHunks, takeBackPath, takeBackTo, takeResolution, undo } from './rewind/rewindActs.ts';
import { rewindProblem } from './rewind/sinceBoundary.ts';
import { Paused, type Run } from './run.ts';

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
  #closed = false;
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

  /** Ends the work at hand, and lets what a person has begun come to its end: a rewind is not left half done. Nothing runs here afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.interrupt();
    for (let last: unknown; last !== this.#queue; await last) last = this.#queue;
  }

  /** Carries out what a person intends; never throws for what a person can get wrong, nor for a disk that takes nothing. */
  async act(intention: Intention): Promise<Acted> {
    try {
      return await this.#withConflicts(intention);
    } catch (error) {
      if (error instanceof Paused) return { ok: false, message: error.message };
      const fault = diskFault(error);
      if (fault === undefined) throw error;
      return { ok: false, message: `${fault}; what was begun is taken to its end then` };
    }
  }

  async #withConflicts(intention: Intention): Promise<Acted> {
    const before = this.session.rewinds.length;
    const acted = await this.#carryOut(intention);
    const conflicts = this.#conflictsSince(before);
    return conflicts === undefined ? acted : { ...acted, conflicts };
  }

  /** What the rewind that was made as number `before` left for a person to decide. */
  #conflictsSince(before: number): Acted['conflicts'] {
    const { rewinds } = this.session;
    const made = rewinds[before];
    const paths = made === undefined ? [] : openConflicts(rewinds, made).map((one) => one.path);
    return made === undefined || paths.length === 0 ? undefined : { rewind: made.id, paths };
  }

  #carryOut(intention: Intention): Promise<Acted> | Acted {
    switch (intention.type) {
      case 'approve': return this.#decide(intention.gate, { kind: 'approve', ids: intention.ids ?? [] });
      case 'send-back': return this.#decide(intention.gate, { kind: 'send-back', note: intention.note ?? '' });
      case 'rewind-boundary': return this.#aside((run) => takeBackTo(run, intention.to));
      case 'rewind-file': return this.#exclusive(() => takeBackFlagged(this.#run(), intention.flag));
      case 'rewind-hunk': return this.#exclusive(() => takeBackFlagged(this.#run(), intention.flag, intention.hunk));
      case 'rewind-path': return this.#exclusive(() => takeBackPath(this.#run(), intention.path));
      case 'rewind-hunks': return this.#exclusive(() => takeBackHunks(this.#run(), intention.hunks));
      case 'redo-rewind': return this.#aside((run) => redo(run, intention.rewind));
      case 'resolve-conflict': return this.#exclusive(() => takeResolution(this.#run(), intention));
      case 'mark-hunks': return this.#markHunks(intention);
      case 'undo-rewind': return this.#aside((run) => undo(run, intention.rewind));
      case 'restore-flag': return this.#aside((run) => restoreFlag(run, intention.flag));
      case 'allow-flag': return this.#exclusive(() => this.#allowFlag(intention.flag));
      case 'note': return this.#exclusive(() => this.#note(intention.text ?? ''));
      case 'pause': return this.#pause();
      case 'continue': return { ok: !this.running, message: this.running ? 'the session runs' : 'continued' };
      case 'stop': return this.#stop();
      case 'keep': return this.#aside((run) => keepWork(run, intention));
    }
  }

  /** Why an intention cannot be carried out, where that is known before anybody is asked: there is no way back to that boundary, or nothing of that path. */
  refusalOf(intention: Intention): string | undefined {
    if (intention.type === 'rewind-boundary') return rewindProblem(this.session, intention.to);
    // What an interrupted call wrote is not known yet.
    return intention.type === 'rewind-path' && callWithoutAnswer(this.session) === undefined && writesOfPath(this.session, intention.path).length === 0 ? notChanged(intention.path) : undefined;
  }

  /** What an intention would change and what it would leave, before it is carried out. Changes nothing. */
  preview(intention: Intention): Promise<RewindPreview> {
    return previewFor(this.#ports.workspace, this.session, intention);
  }

  /** The next place where the merge of a path that a rewind left in conflict stops, or a sentence where there is nothing to decide. Changes nothing. */
  conflict(rewind: string, path: Path, answers: readonly string[]): Promise<Rehearsal | string> {
    return conflictOf(this.#run(), { rewind, path, answers });
  }

  /** Every hunk of the session's change against the base, as the work tree is now. */
  async hunks(): Promise<readonly ListedHunk[]> {
    return listHunks(this.#ports.workspace, this.session, (await this.#ports.workspace.capture()).tree);
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

  /**
   * Stops the loop, does the work, and lets the loop go on where the session then stands. Where a person has to decide about lines first, it pauses: the
   * model would work on those lines meanwhile.
   */
  async #aside(work: (run: Run) => Promise<Acted>): Promise<Acted> {
    const [wasRunning, before] = [this.running, this.session.rewinds.length];
    await this.interrupt();
    this.#switch = this.#newSwitch();
    const acted = await this.#exclusive(() => work(this.#run()));
    if (this.session.end !== undefined) return acted;
    const conflicts = this.#conflictsSince(before);
    if (conflicts === undefined && wasRunning && !this.#closed) void this.run();
    if (conflicts !== undefined) await this.#recorder.record({ type: 'session/paused', reason: `you and the session both changed the same lines of ${someOf(conflicts.paths)}; decide about them first` });
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
    if (gate === undefined || gate.id !== id) return { ok: false, message: notOpen };
    const problem = answerProblem(gate, answer);
    if (problem !== undefined) return { ok: false, message: problem };
    const failed = await this.#exclusive(() => this.#apply(gate, answer));
    return failed !== undefined ? { ok: false, message: failed } : { ok: true, message: answer.kind === 'approve' ? 'approved' : 'sent back' };
  }

  /**
   * The answer is on the disk before the loop hears of it: whatever interrupts the loop then, nobody was told of an answer that is lost. The loop may come
   * to the gate only after this; then it finds the gate answered.
   */
  async #apply(gate: Gate, answer: GateAnswer): Promise<string | undefined> {
    if (this.session.gate?.id !== gate.id) return notOpen;
    const problem = await applyAnswer(this.#run(), gate, answer, 'person');
    if (this.#waiting?.gate.id === gate.id) this.#waiting.answer({ answer, by: 'person' });
    return problem;
  }

  /** Writes nothing but the mark itself, so that nobody has to wait for a command that runs. What is not as it was looked at gets no mark. */
  async #markHunks({ hunks, reviewed }: Extract<Intention, { type: 'mark-hunks' }>): Promise<Acted> {
    const there = await this.hunks();
    const gone = hunks.find((one) => !there.some(({ path, hunk }) => path === one.path && hunk === one.hunk));
    if (gone !== undefined) return { ok: false, message: `${gone.path} has no such hunk now: it was changed or rewound since; look at it again` };
    await this.#recorder.record({ type: 'hunks/marked', reviewed, hunks });
    return { ok: true, message: `${hunks.length === 1 ? '1 hunk' : `${hunks.length} hunks`} ${reviewed ? 'marked as reviewed' : 'not marked as reviewed any more'}` };
  }

  async #allowFlag(id: string): Promise<Acted> {
    const run = this.#run();
    const flag = this.session.line.flags.find((one) => one.id === id && one.outcome === undefined);
    if (flag === undefined) return { ok: false, message: 'this flag is not open any more' };
    const [problem] = await allowFlags(run, [flag]);
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

}

const notOpen = 'this gate is not open any more';

function bound(user: Ports['user']): Ports['user'] {
  return { answer: user.answer.bind(user), unsaved: user.unsaved.bind(user), takeSaved: user.takeSaved.bind(user), diagnostics: user.diagnostics.bind(user) };
}
