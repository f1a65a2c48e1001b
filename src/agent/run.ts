import type { Fingerprint } from '../core/transcript/fingerprint.ts';
import type { Ports, Signal } from './ports.ts';
import type { ReadLedger } from './readLedger.ts';
import type { Recorder } from './recorder.ts';

/** What every part of the loop works with. */
export interface Run {
  readonly ports: Ports;
  readonly recorder: Recorder;
  readonly reads: ReadLedger;
  /** Of the last request of each conversation, to name what broke the cache. */
  readonly fingerprints: Map<string, Fingerprint>;
  /** Aborts when the user stops or pauses; the work at hand ends within two seconds. */
  readonly signal: Signal;
  /** What happens at this moment, for people; never journalled. */
  readonly progress: (text: string) => void;
}

/** Runs `work` while nothing else changes the work tree or the session. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

/** The work was interrupted by the signal; nothing is half recorded. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** The work cannot go on now and loses nothing: the service is away, the disk is full. `resume` continues. */
export class Paused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Paused';
  }
}

export function throwIfAborted(run: Run): void {
  if (run.signal.aborted) throw new Interrupted();
}
