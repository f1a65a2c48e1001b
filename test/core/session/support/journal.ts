import type { Contract } from '../../../../src/core/contract/contract.ts';
import { readContract } from '../../../../src/core/contract/reader.ts';
import { evolve } from '../../../../src/core/session/evolve.ts';
import type { SessionEvent } from '../../../../src/core/session/events.ts';
import type { Session } from '../../../../src/core/session/session.ts';

/** What evolve reads of an entry. */
export interface Told {
  readonly seq: number;
  readonly at: number;
  readonly active: number;
  readonly event: SessionEvent;
}

export const contractText = `task: Extract activation vectors of chosen layers. Generation stays unchanged.
scope:
  change: [src/model/**, test/**]
  never: [src/scheduler/**]
  oracle: [oracle/**]
diff: { files: 8, lines: 400 }
oracle:
  record: [node --version]
  checks:
    - id: match
      run: node oracle/compare.mjs \${dtype} \${batch} \${length}
      matrix: { dtype: [float32, float16], batch: [1, 4], length: [8, 128] }
      metrics: { max_abs_error: { at-most: 1e-6 } }
      override:
        - when: { dtype: float16 }
          metrics: { max_abs_error: { at-most: 2e-3 } }
    - id: unchanged
      before: pass
      run: npm test
      tests: { at-least: 12, skipped: 0 }
  decoys: 1
budget: { time: 7h, cost: 20 USD, turns: 400, repairs: 2, explore: { turns: 3, time: 20m } }
`;

export function contractOf(text: string = contractText): Contract {
  const { contract, problems } = readContract(text);
  if (contract === undefined) throw new Error(JSON.stringify(problems));
  return contract;
}

/** A journal that grows; every event is a second of active time. */
export class Story {
  readonly entries: Told[] = [];
  #session: Session | undefined;

  constructor(contract: Contract = contractOf(), more: Partial<Extract<SessionEvent, { type: 'session/started' }>> = {}) {
    this.tell({
      type: 'session/started', session: 's1', name: 'activations', contractFile: '.bounded/activations.bounded.yaml', contractText, contractHash: 'c0ffee', contract,
      workspace: '/home/me/work', sandbox: { kind: 'bubblewrap', detail: '0.8.0' }, endpoint: { url: 'https://api.example' }, product: '1.0.0', ...more,
    });
  }

  get session(): Session {
    if (this.#session === undefined) throw new Error('the story has not begun');
    return this.#session;
  }

  tell(...events: readonly SessionEvent[]): this {
    for (const event of events) {
      const seq = this.entries.length + 1;
      const entry = { seq, at: 1_700_000_000_000 + seq * 1000, active: seq * 1000, event };
      this.entries.push(entry);
      this.#session = evolve(this.#session, entry);
    }
    return this;
  }
}
