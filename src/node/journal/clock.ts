import { randomBytes } from 'node:crypto';
import type { Clock, Signal } from '../../agent/ports.ts';
import { Pace } from '../workspace/common/pace.ts';
import { sha256 } from './line.ts';

/** What a Node timer can hold; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** The time, chance and hashes of this machine. */
export function createClock(): Clock {
  const pace = new Pace();
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep,
    rest: async () => { if (pace.due) await pace.rest(); },
    random: () => Math.random(),
    id: () => randomBytes(5).toString('hex'),
    sha256,
  };
}

/** A millisecond delay beyond one timer's reach is slept in parts; one that is not positive still yields. */
async function sleep(ms: number, signal: Signal): Promise<void> {
  for (let left = ms; !signal.aborted; left -= longestTimer) {
    await nap(Math.min(left, longestTimer), signal);
    if (left <= longestTimer) return;
  }
}

function nap(ms: number, signal: Signal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
