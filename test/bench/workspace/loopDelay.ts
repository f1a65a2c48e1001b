import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** The finest that the event loop's clock can do, in milliseconds. */
const resolution = 1;

/**
 * Does some work; answers also the longest time in milliseconds during which the event loop of this process did not turn. The clock
 * counts whole turns only, so it ticks before the work and after it.
 */
export async function withLoopDelay<Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly blockedMs: number }> {
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  await sleep(5 * resolution);
  const value = await work();
  await sleep(5 * resolution);
  delays.disable();
  return { value, blockedMs: Math.max(0, delays.max / 1e6 - resolution) };
}
