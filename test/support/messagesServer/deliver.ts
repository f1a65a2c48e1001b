import { setTimeout as wait } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import type { SseEvent } from './events.ts';
import type { Delivery } from './replies.ts';

/** Writes the events of an answer as a stream, with what `delivery` does to it. */
export async function deliver(response: ServerResponse, events: readonly SseEvent[], delivery: Delivery, headers: Readonly<Record<string, string>>): Promise<void> {
  const { cut } = delivery;
  const type = delivery.contentType === undefined ? 'text/event-stream; charset=utf-8' : delivery.contentType;
  response.writeHead(200, { ...headers, ...(type === null ? {} : { 'content-type': type }) });
  response.flushHeaders();
  const sent = events.slice(0, cut?.after);
  for (const chunk of chunksOf(sent.map((one) => frame(one, delivery.lineEnd ?? '\n')).join(''), delivery.chunkBytes)) await write(response, chunk);
  switch (cut?.how) {
    case 'reset': return reset(response);
    case 'pings': return pingUntilGone(response);
    case 'stall': return;
    default: response.end();
  }
}

function frame({ event, data, raw }: SseEvent, end: string): string {
  return `event: ${event}${end}data: ${raw ?? JSON.stringify(data)}${end}${end}`;
}

function chunksOf(whole: string, size: number | undefined): readonly Buffer[] {
  const bytes = Buffer.from(whole);
  if (size === undefined) return [bytes];
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

/** Resolves when the bytes have left, so that small chunks are not put together again. */
async function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  if (chunk.length === 0 || response.destroyed) return;
  await new Promise<void>((resolve) => { response.write(chunk, () => setImmediate(resolve)); });
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

async function pingUntilGone(response: ServerResponse): Promise<void> {
  while (!response.destroyed && response.socket?.destroyed === false) {
    response.write('event: ping\ndata: {"type":"ping"}\n\n');
    await wait(2);
  }
}
