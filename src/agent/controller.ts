import type { Path } from '../core/session/changes.ts';
import { diskFault } from '../core/session/diskFault.ts';
import type { Entry } from '../core/session/events.ts';
import type { ListedHunk } from '../core/session/listedHunk.ts';
import { callWithoutAnswer } from '../core/session/next.ts';
import type { GateAnswer, Session } from '../core/session/session.ts';
import { someOf } from '../core/session/someOf.ts';
import { openConflicts } from '../core/session/conflicts.ts';
import type { Intention } from '../core/session/view.ts';
import type { Fingerprint } from '../core/transcript/fingerprint.ts';
import type { Acted } from './acted.ts';
import { answerInterrupted } from './call.ts';
import { finish } from './finish.ts';
import { finishRewind } from './rewind/finishRewind.ts';
import { allowFlags, answerProblem, applyAnswer } from './gates.ts';
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
import { notChanged, redo, restoreFlag, takeBackAllFlagged, takeBackFlagged, takeBackHunks, takeBackPath, takeBackTo, takeResolution, undo } from './rewind/rewindActs.ts';
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
  /** That of the loop. What a person does is never interrupted. */
  #switch: Switch | undefined;
  #running: Promise<Outcome> | undefined;
  /** Whether the loop runs or stands still only for what a person does: then it goes on afterwards. */
  #goesOn = false;
  #closed = false;
  #queue: Promise<unknown> = Promise.resolve();
  /** Those that have no answer yet. */
  readonly #acts = new Set<Promise<Acted>>();

  constructor(ports: Ports, recorder: Recorder, newSwitch: () => Switch, progress: (text: string) => void) {
    this.#ports = ports;
    this.#recorder = recorder;
    this.#newSwitch = newSwitch;
    this.#progress = progress;
  }

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

  /** Runs until the session ends, waits, pauses or is interrupted. A second call while it runs gives the same promise; after `close` nothing runs. */
  run(): Promise<Outcome> {
    if (this.#running === undefined && this.#closed) return Promise.resolve({ kind: 'interrupted' });
    this.#running ??= this.#loop();
    return this.#running;
  }

  /** Ends the work at hand, and lets what a person has begun come to its end: a rewind is not left half done. Nothing runs here afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#endWork();
    await Promise.allSettled(this.#acts);
  }

  /** Carries out what a person intends; never throws for what a person can get wrong, nor for a disk that takes nothing. */
  async act(intention: Intention): Promise<Acted> {
    if (this.#closed) return { ok: false, message: 'the session was closed; nothing was done' };
    const acted = this.#attempt(intention);
    this.#acts.add(acted);
    return acted.finally(() => this.#acts.delete(acted));
  }

  async #attempt(intention: Intention): Promise<Acted> {
    try {
      return await this.#carryOut(intention);
    } catch (error) {
      if (error instanceof Paused) return { ok: false, message: error.message };
      const fault = diskFault(error);
      if (fault === undefined) throw error;
      return { ok: false, message: `${fault}; what was begun is taken to its end then` };
    }
  }

  #carryOut(intention: Intention): Promise<Acted> | Acted {
    switch (intention.type) {
      case 'approve': return this.#decide(intention.gate, { kind: 'approve', ids: intention.ids ?? [] });
      case 'send-back': return this.#decide(intention.gate, { kind: 'send-back', note: intention.note ?? '' });
      case 'rewind-boundary': return this.#aside((run) => takeBackTo(run, intention.to));
      case 'rewind-file': return this.#exclusive((run) => takeBackFlagged(run, intention.flag));
      case 'rewind-hunk': return this.#exclusive((run) => takeBackFlagged(run, intention.flag, intention.hunk));
      case 'rewind-flags': return this.#exclusive(takeBackAllFlagged);
      case 'rewind-path': return this.#exclusive((run) => takeBackPath(run, intention.path));
      case 'rewind-hunks': return this.#exclusive((run) => takeBackHunks(run, intention.hunks));
      case 'redo-rewind': return this.#aside((run) => redo(run, intention.rewind));
      case 'resolve-conflict': return this.#exclusive((run) => takeResolution(run, intention));
      case 'mark-hunks': return this.#markHunks(intention);
      case 'undo-rewind': return this.#aside((run) => undo(run, intention.rewind));
      case 'restore-flag': return this.#aside((run) => restoreFlag(run, intention.flag));
      case 'allow-flag': return this.#exclusive((run) => this.#allowFlag(run, intention.flag));
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

  async #loop(): Promise<Outcome> {
    const own = this.#newSwitch();
    [this.#switch, this.#goesOn] = [own, true];
    let interrupted = false;
    try {
      const outcome = await runSession(this.#run(own), (work) => this.#inTurn(work));
      interrupted = outcome.kind === 'interrupted';
      return outcome;
    } finally {
      this.#running = undefined;
      // Where it came to its end by itself, nobody has to let it go on.
      this.#goesOn &&= interrupted;
    }
  }

  #run({ signal } = this.#newSwitch()): Run {
    return { ports: this.#ports, recorder: this.#recorder, ...this.#memory, signal, progress: this.#progress };
  }

  /** Ends the work at hand; the session can be continued. Resolves when the loop does not run any more. */
  async #endWork(): Promise<void> {
    this.#goesOn = false;
    await this.#halt();
  }

  /** Brings the loop to a stand; whether it goes on is another matter. */
  async #halt(): Promise<void> {
    this.#switch?.abort();
    await this.#running?.catch(() => undefined);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** In turn, what a person does: on a work tree where no rewind is half done and where it is known whose every change is. Tells what it left in conflict. */
  #exclusive(work: (run: Run) => Promise<Acted>): Promise<Acted> {
    return this.#inTurn(async () => {
      const run = this.#run();
      await finishRewind(run);
      await answerInterrupted(run);
      const before = this.session.rewinds.length;
      const acted = await work(run);
      const conflicts = this.#conflictsSince(before);
      return conflicts === undefined ? acted : { ...acted, conflicts };
    });
  }

  /** What the rewind that was made as number `before` left for a person to decide. */
  #conflictsSince(before: number): Acted['conflicts'] {
    const { rewinds } = this.session;
    const made = rewinds[before];
    const paths = made === undefined ? [] : openConflicts(rewinds, made).map((one) => one.path);
    return made === undefined || paths.length === 0 ? undefined : { rewind: made.id, paths };
  }

  /**
   * Stops the loop, does the work, and lets the loop go on where the session then stands, unless a person has stopped it meanwhile. Where a person has to
   * decide about lines first, it pauses: the model would work on those lines meanwhile.
   */
  async #aside(work: (run: Run) => Promise<Acted>): Promise<Acted> {
    await this.#halt();
    try {
      const acted = await this.#exclusive(work);
      if (acted.conflicts !== undefined && this.session.end === undefined) await this.#pauseFor(`you and the session both changed the same lines of ${someOf(acted.conflicts.paths)}; decide about them first`);
      return acted;
    } finally {
      // Whoever holds the session asks for its outcome by `run`. After an error the loop finds out by itself whether it can go on, and says so.
      if (this.#goesOn) this.run().catch(() => undefined);
    }
  }

  #decide(id: string, answer: GateAnswer): Promise<Acted> {
    return this.#exclusive(async (run) => {
      const { gate } = this.session;
      if (gate?.id !== id) return { ok: false, message: 'this gate is not open any more' };
      const problem = answerProblem(gate, answer) ?? (await applyAnswer(run, gate, answer, 'person'));
      return problem !== undefined ? { ok: false, message: problem } : { ok: true, message: answer.kind === 'approve' ? 'approved' : 'sent back' };
    });
  }

  /** Writes nothing but the mark itself, so that nobody has to wait for a command that runs. What is not as it was looked at gets no mark. */
  async #markHunks({ hunks, reviewed }: Extract<Intention, { type: 'mark-hunks' }>): Promise<Acted> {
    const there = await this.hunks();
    const gone = hunks.find((one) => !there.some(({ path, hunk }) => path === one.path && hunk === one.hunk));
    if (gone !== undefined) return { ok: false, message: `${gone.path} has no such hunk now: it was changed or rewound since; look at it again` };
    await this.#recorder.record({ type: 'hunks/marked', reviewed, hunks });
    return { ok: true, message: `${hunks.length === 1 ? '1 hunk' : `${hunks.length} hunks`} ${reviewed ? 'marked as reviewed' : 'not marked as reviewed any more'}` };
  }

  async #allowFlag(run: Run, id: string): Promise<Acted> {
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
    if (!this.#goesOn && !this.running) return { ok: false, message: 'the session does not run' };
    await this.#pauseFor('paused by a person');
    return this.session.end === undefined ? { ok: true, message: 'paused' } : { ok: false, message: hasEnded };
  }

  async #pauseFor(reason: string): Promise<void> {
    await this.#endWork();
    await this.#inTurn(async () => {
      const { end, paused } = this.session;
      if (end === undefined && paused !== reason) await this.#recorder.record({ type: 'session/paused', reason });
    });
  }

  async #stop(): Promise<Acted> {
    await this.#endWork();
    const detail = 'stopped by a person';
    return this.#exclusive(async (run) => {
      if (this.session.end !== undefined) return { ok: false, message: hasEnded };
      // Without a base nothing was done that could be measured.
      await (this.session.base === undefined ? this.#recorder.record({ type: 'session/ended', end: 'stopped', detail }) : finish(run, 'stopped', detail, 'as-is'));
      return { ok: true, message: 'stopped' };
    });
  }
}

const hasEnded = 'the session has ended';
