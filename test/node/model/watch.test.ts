import assert from 'node:assert/strict';
import { watchRequest, type Timer, type Watch } from '../../../src/node/model/watch.ts';

/** Time that passes only when the test says so. */
class ManualTime {
  #now = 0;
  readonly #alarms = new Set<{ readonly at: number; readonly action: () => void }>();

  readonly timer: Timer = (ms, action) => {
    const alarm = { at: this.#now + ms, action };
    this.#alarms.add(alarm);
    return () => { this.#alarms.delete(alarm); };
  };

  pass(ms: number): void {
    this.#now += ms;
    for (const alarm of [...this.#alarms]) {
      if (alarm.at <= this.#now && this.#alarms.delete(alarm)) alarm.action();
    }
  }

  get pending(): number {
    return this.#alarms.size;
  }
}

const limits = { idleMs: 90_000, totalMs: 1_800_000 };

/** A body to which the test adds chunks, read through the watch as the SDK would. */
async function throughWatch(watch: Watch): Promise<{ readonly send: (text: string) => Promise<void> }> {
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => { source = controller; } });
  const original = globalThis.fetch;
  globalThis.fetch = () => Promise.resolve(new Response(body));
  const response = await watch.fetch('http://127.0.0.1/').finally(() => { globalThis.fetch = original; });
  const reader = response.body?.getReader();
  return {
    send: async (text) => {
      source?.enqueue(new TextEncoder().encode(text));
      await reader?.read();
    },
  };
}

describe('watchRequest', () => {
  const started = (stop = new AbortController()) => {
    const time = new ManualTime();
    return { time, stop, watch: watchRequest(limits, stop.signal, time.timer) };
  };

  it('gives up after a silence, also one before the headers', () => {
    const { time, watch } = started();
    time.pass(89_999);
    assert.equal(watch.signal.aborted, false);
    time.pass(1);
    assert.deepEqual([watch.signal.aborted, watch.givenUp()], [true, 'idle']);
  });

  it('hears pings, ten minutes long, but not for ever', async () => {
    const { time, watch } = started();
    const body = await throughWatch(watch);
    for (let minute = 0; minute < 10; minute += 1) {
      time.pass(60_000);
      await body.send('event: ping\n\n');
    }
    assert.equal(watch.givenUp(), undefined);
    for (let minute = 0; minute < 20; minute += 1) {
      time.pass(60_000);
      await body.send('event: ping\n\n');
    }
    assert.equal(watch.givenUp(), 'total');
  });

  it('gives up after a silence in the middle of the body', async () => {
    const { time, watch } = started();
    const body = await throughWatch(watch);
    time.pass(60_000);
    await body.send('data: {}\n\n');
    time.pass(89_999);
    assert.equal(watch.givenUp(), undefined);
    time.pass(1);
    assert.equal(watch.givenUp(), 'idle');
  });

  it('passes on the stop of the user, also one from before', () => {
    const { stop, watch } = started();
    stop.abort();
    assert.deepEqual([watch.signal.aborted, watch.givenUp()], [true, 'aborted']);
    const stopped = new AbortController();
    stopped.abort();
    assert.equal(started(stopped).watch.givenUp(), 'aborted');
  });

  it('keeps the first reason', () => {
    const { time, stop, watch } = started();
    time.pass(90_000);
    stop.abort();
    assert.equal(watch.givenUp(), 'idle');
  });

  it('leaves no timer and lets go of the connection at the end', () => {
    const { time, stop, watch } = started();
    watch.end();
    stop.abort();
    assert.deepEqual([time.pending, watch.givenUp(), watch.signal.aborted], [0, undefined, true]);
  });
});
