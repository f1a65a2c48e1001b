import { evolve } from '../core/session/evolve.ts';
import type { Entry, SessionEvent } from '../core/session/events.ts';
import type { Session } from '../core/session/session.ts';
import type { Clock, Journal } from './ports.ts';

type Listener = (session: Session, entry: Entry) => void;

/** The only writer of the journal and of the session: an event counts when it is on the disk. */
export class Recorder {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();
  #session: Session | undefined;
  #first: SessionEvent | undefined;
  #active: number;
  #runningSince: number | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  /** `first` is recorded before the first other event, and not at all where there is none. */
  constructor(journal: Journal, clock: Clock, session?: Session, first?: SessionEvent) {
    this.#first = first;
    this.#journal = journal;
    this.#clock = clock;
    this.#session = session;
    this.#active = session?.active ?? 0;
  }

  get session(): Session {
    if (this.#session === undefined) throw new Error('the session has not started');
    return this.#session;
  }

  /** Active time of the session in milliseconds: counts only while work goes on, not at gates and not while paused. */
  get active(): number {
    return this.#active + (this.#runningSince === undefined ? 0 : this.#clock.monotonic() - this.#runningSince);
  }

  startClock(): void {
    this.#runningSince ??= this.#clock.monotonic();
  }

  stopClock(): void {
    this.#active = this.active;
    this.#runningSince = undefined;
  }

  /** Appends in the order of the calls; rejects when the journal could not be written, and the session stays as it was. */
  async record(event: SessionEvent): Promise<Session> {
    const turn = this.#tail.then(() => this.#appendFirst()).then(() => this.#append(event));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  onEntry(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #appendFirst(): Promise<void> {
    if (this.#first !== undefined) await this.#append(this.#first);
    this.#first = undefined;
  }

  async #append(event: SessionEvent): Promise<Session> {
    const entry = await this.#journal.append(this.#clock.now(), Math.round(this.active), event);
    this.#session = evolve(this.#session, entry);
    for (const listener of this.#listeners) listener(this.#session, entry);
    return this.#session;
  }
}
