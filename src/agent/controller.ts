import { openConflicts } from '../core/session/undo.ts';
import type { Intention } from '../core/session/view.ts';
import type { Path } from '../core/session/changes.ts';
import { diskFault } from '../core/session/diskFault.ts';
import type { Entry } from '../core/session/events.ts';
import type { LeftPath, MovedPath } from '../core/session/facts.ts';
import type { HunkName, ListedHunk } from '../core/session/listedHunk.ts';
import type { Gate, GateAnswer, Session } from '../core/session/session.ts';
import { inverse, planBeside } from './beside.ts';
import { answerInterrupted } from './call.ts';
import { finish } from './finish.ts';
import { finishRewind } from './finishRewind.ts';
import { allowFlag, answerProblem, applyAnswer } from './gates.ts';
import type { AnsweredBy } from './gates.ts';
import { listHunks } from './hunks.ts';
import { runSession } from './loop.ts';
import type { Outcome } from './loop.ts';
import type { KeepAnswer, Ports, Rehearsal, Signal } from './ports.ts';
import { ReadLedger } from './readLedger.ts';
import type { Recorder } from './recorder.ts';
import { writeReports } from './reports.ts';
import { conflictOf, resolveConflict } from './resolve.ts';
import { previewFor } from './preview.ts';
import type { RewindPreview } from './preview.ts';
import { rewindFile, rewindProblem, rewindToBoundary, rewindWrites } from './rewind.ts';
import { rewindHunk, rewindListed } from './rewindHunks.ts';
import { Paused, type Run } from './run.ts';
import { redoRewind, undoRewind } from './undoRewind.ts';
import { count } from '../core/session/view/figures.ts';
import type { Fingerprint } from '../core/transcript/fingerprint.ts';

/** What came of an intention; `message` is for people. */
export interface Acted {
  readonly ok: boolean;
  readonly message: string;
  /** What a rewind left because the user changed the same lines: they decide. */
  readonly conflicts?: { readonly rewind: string; readonly paths: readonly Path[] };
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
    const { rewinds } = this.session;
    const made = rewinds[before];
    const paths = made === undefined ? [] : openConflicts(rewinds, made).map((one) => one.path);
    return made === undefined || paths.length === 0 ? acted : { ...acted, conflicts: { rewind: made.id, paths } };
  }

  #carryOut(intention: Intention): Promise<Acted> | Acted {
    switch (intention.type) {
      case 'approve': return this.#decide(intention.gate, { kind: 'approve', ids: intention.ids ?? [] });
      case 'send-back': return this.#decide(intention.gate, { kind: 'send-back', note: intention.note ?? '' });
      case 'rewind-boundary': return this.#aside((run) => this.#rewindBoundary(run, intention.to));
      case 'rewind-file': return this.#exclusive(() => this.#rewindFlag(intention.flag));
      case 'rewind-hunk': return this.#exclusive(() => this.#rewindFlag(intention.flag, intention.hunk));
      case 'rewind-path': return this.#exclusive(() => this.#rewindPath(intention.path));
      case 'rewind-hunks': return this.#exclusive(() => this.#rewindHunks(intention.hunks));
      case 'redo-rewind': return this.#aside((run) => this.#redo(run, intention.rewind));
      case 'resolve-conflict': return this.#exclusive(() => this.#resolve(this.#run(), intention));
      case 'mark-hunks': return this.#markHunks(intention);
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

  /** Why an intention cannot be carried out, where that is known before anybody is asked: there is no way back to that boundary. */
  refusalOf(intention: Intention): string | undefined {
    return intention.type === 'rewind-boundary' ? rewindProblem(this.session, intention.to) : undefined;
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
    const problem = rewindProblem(this.session, to);
    if (problem !== undefined) return { ok: false, message: problem };
    const rewind = await rewindToBoundary(run, to);
    await writeReports(run);
    return { ok: rewind.left.length === 0, message: `${describe(rewind.restored.length + rewind.merged.length, rewind.left, rewind.moved)}${rewind.notHeld === undefined ? '' : `; not in any checkpoint, and still there: ${rewind.notHeld.join(', ')}`}` };
  }

  async #rewindFlag(id: string, hunkId?: string): Promise<Acted> {
    const run = this.#run();
    const flag = this.session.line.flags.find((one) => one.id === id && one.outcome === undefined);
    if (flag === undefined) return { ok: false, message: 'this flag is not open any more' };
    const hunk = flag.hunks.find((one) => one.id === hunkId);
    const done = hunk === undefined ? await rewindFile(run, flag) : await rewindHunk(run, flag.write, hunk);
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

  async #rewindHunks(hunks: readonly HunkName[]): Promise<Acted> {
    if (hunks.length === 0) return { ok: false, message: 'no hunk was named' };
    const done = await rewindListed(this.#run(), hunks);
    if (typeof done === 'string') return { ok: false, message: done };
    const what = `${hunks.length === 1 ? 'a hunk' : `${hunks.length} hunks`} of ${done.to}`;
    return done.left.length === 0 ? { ok: true, message: `${what} rewound${inWords(done.moved)}` } : { ok: false, message: describe(done.restored.length + done.merged.length, done.left, done.moved) };
  }

  /** Writes nothing but the mark itself, so that nobody has to wait for a command that runs. What is not as it was looked at gets no mark. */
  async #markHunks({ hunks, reviewed }: Extract<Intention, { type: 'mark-hunks' }>): Promise<Acted> {
    const there = await listHunks(this.#ports.workspace, this.session);
    const gone = hunks.find((one) => !there.some(({ path, hunk }) => path === one.path && hunk === one.hunk));
    if (gone !== undefined) return { ok: false, message: `${gone.path} has no such hunk now: it was changed or rewound since; look at it again` };
    await this.#recorder.record({ type: 'hunks/marked', reviewed, hunks });
    return { ok: true, message: `${hunks.length === 1 ? '1 hunk' : `${hunks.length} hunks`} ${reviewed ? 'marked as reviewed' : 'not marked as reviewed any more'}` };
  }

  async #resolve(run: Run, resolution: Extract<Intention, { type: 'resolve-conflict' }>): Promise<Acted> {
    const done = await resolveConflict(run, resolution);
    if (typeof done === 'string') return { ok: false, message: done };
    await writeReports(run);
    return done.left.length === 0 ? { ok: true, message: `${resolution.path} is as you resolved it` } : { ok: false, message: describe(0, done.left) };
  }

  async #undo(run: Run, id: string): Promise<Acted> {
    const rewind = this.session.rewinds.find((one) => one.id === id && !one.undone);
    if (rewind === undefined) return { ok: false, message: 'this rewind was undone already' };
    const outcome = await undoRewind(run, rewind);
    await writeReports(run);
    return { ok: outcome.left.length === 0, message: describe(outcome.restored.length + outcome.merged.length, outcome.left, outcome.moved) };
  }

  async #redo(run: Run, id: string): Promise<Acted> {
    const rewind = this.session.rewinds.find((one) => one.id === id && one.undone);
    if (rewind?.undoing === undefined) return { ok: false, message: 'this rewind was not undone' };
    const outcome = await redoRewind(run, rewind, rewind.undoing);
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
    if (how === 'drop') return this.#drop(run);
    const kept: KeepAnswer = how === 'leave' ? { ok: true, detail: 'the changes stay in the work tree; git was not touched' } : await run.ports.keeper.keep({ how, withoutMine }, this.session);
    if (kept.ok || kept.partly === true) await run.recorder.record({ type: 'work/kept', how: how === 'leave' ? 'left' : how, detail: kept.detail, ...(kept.branches === undefined ? {} : { branches: kept.branches }) });
    return { ok: kept.ok, message: kept.detail };
  }

  /** Removes what was kept last as a branch, in each repository; the work tree stays as it is. */
  async #drop(run: Run): Promise<Acted> {
    const branches = this.session.branches.at(-1);
    if (branches === undefined) return { ok: false, message: 'the session has no branch in the repository: none was kept, or it was dropped already' };
    const dropped = await run.ports.keeper.drop(branches);
    if (dropped.branches !== undefined) await run.recorder.record({ type: 'work/kept', how: 'dropped', detail: dropped.detail, branches: dropped.branches });
    return { ok: dropped.ok, message: dropped.detail };
  }
}

function bound(user: Ports['user']): Ports['user'] {
  return { answer: user.answer.bind(user), unsaved: user.unsaved.bind(user), takeSaved: user.takeSaved.bind(user), diagnostics: user.diagnostics.bind(user) };
}

function describe(done: number, left: readonly LeftPath[], moved?: readonly MovedPath[]): string {
  const rest = left.length === 0 ? '' : `; left alone: ${left.map((one) => `${one.path} (${one.why})`).join(', ')}`;
  return `${count(done, 'file')} restored${rest}${inWords(moved)}`;
}

const nothingLeft = (path: string): string => `nothing was left to do: what the session did to ${path} is not there any more`;

function inWords(moved: readonly MovedPath[] = []): string {
  return moved.map(({ path, to }) => `; what was in the place of ${path} is kept in ${to}`).join('');
}
