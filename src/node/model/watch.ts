import type { Signal } from '../../agent/ports.ts';

/** Runs `action` after `ms` milliseconds unless the answered function is called first. */
export type Timer = (ms: number, action: () => void) => () => void;

export interface Limits {
  /** Longest silence of the connection, pings included as sound. */
  readonly idleMs: number;
  /** Longest time for the whole request. */
  readonly totalMs: number;
}

/** Why a request was given up by us. */
export type GivenUp = 'aborted' | 'idle' | 'total';

export interface Watch {
  /** Aborts the request. */
  readonly signal: AbortSignal;
  /** `fetch` whose response body is watched byte by byte; the SDK hides pings from its iterator, so only here they can be seen. */
  readonly fetch: typeof fetch;
  readonly givenUp: () => GivenUp | undefined;
  readonly end: () => void;
}

const realTimer: Timer = (ms, action) => {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
};

/**
 * Watches one request from now on: the user's stop, silence, and the total time. The SDK's own time limit ends with the response headers and leaves a
 * stalled body to hang.
 */
export function watchRequest(limits: Limits, stop: Signal, timer: Timer = realTimer): Watch {
  const controller = new AbortController();
  let reason: GivenUp | undefined;
  const giveUp = (why: GivenUp): void => {
    reason ??= why;
    controller.abort();
  };
  const onStop = (): void => giveUp('aborted');
  let quiet = timer(limits.idleMs, () => giveUp('idle'));
  const heard = (): void => {
    quiet();
    quiet = timer(limits.idleMs, () => giveUp('idle'));
  };
  const total = timer(limits.totalMs, () => giveUp('total'));
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    signal: controller.signal,
    fetch: async (url, init) => listen(await fetch(url, init), heard),
    givenUp: () => reason,
    end: () => {
      quiet();
      total();
      stop.removeEventListener('abort', onStop);
      // Lets go of a connection whose answer was not read to its end.
      controller.abort();
    },
  };
}

/** The same response, calling `heard` for its headers and for each chunk of its body. */
function listen(response: Response, heard: () => void): Response {
  heard();
  if (response.body === null) return response;
  const ear = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      heard();
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(ear), response);
}
