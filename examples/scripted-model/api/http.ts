import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../engine/answer.ts';
import type { Script } from '../engine/script.ts';
import { PrefixCache } from './cache.ts';
import type { StreamEvent } from './events.ts';
import { eventsOf } from './events.ts';
import { ApiError, invalid } from './request.ts';
import { checkRequest } from './rules.ts';
import { sign, verify } from './signing.ts';

const mostBytes = 32 * 1024 * 1024;

/** Who answers: sent with every response, so that nobody takes the script for a model. */
const servedBy = 'scripted model (examples)';

/** Answers the Messages API from a script. `pace`: milliseconds between two pieces of an answer. */
export function listenerFor(script: Script, pace: number): RequestListener {
  const cache = new PrefixCache();
  return (request, response) => {
    response.setHeader('x-served-by', servedBy);
    response.setHeader('request-id', `req_${randomBytes(12).toString('hex')}`);
    route(script, cache, pace, request, response).catch((error: unknown) => fail(response, error));
  };
}

async function route(script: Script, cache: PrefixCache, pace: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
  const asked = `${request.method} ${path}`;
  if (request.headers['anthropic-version'] === undefined) throw invalid('anthropic-version: header is required');
  if (asked === 'GET /v1/models') return json(response, 200, modelPage(script.models));
  const one = /^GET \/v1\/models\/([^/]+)$/.exec(asked)?.[1];
  if (one !== undefined && script.models.includes(one)) return json(response, 200, modelInfo(one));
  if (asked !== 'POST /v1/messages') throw new ApiError(404, 'not_found_error', one === undefined ? 'Not Found' : `model: ${one}`);
  const checked = checkRequest(parse(await bodyOf(request)), script.models);
  verify(checked);
  const content = sign(checked, answer(script, checked));
  await stream(response, eventsOf(checked.model, content, cache.take(checked, Date.now())), pace);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new ApiError(413, 'request_too_large', 'Request exceeds the maximum size');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid('The request body is not valid JSON.');
  }
}

/** Writes the events, and stops where the client has gone. */
async function stream(response: ServerResponse, events: Iterable<StreamEvent>, pace: number): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  try {
    for (const event of events) {
      if (gone.signal.aborted) return;
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      if (pace > 0 && event.type === 'content_block_delta') await sleep(pace, undefined, { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const { status, type, message } = error instanceof ApiError ? error : { status: 500, type: 'api_error', message: error instanceof Error ? error.message : String(error) };
  json(response, status, { type: 'error', error: { type, message }, request_id: response.getHeader('request-id') });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function modelPage(models: readonly string[]): object {
  return { data: models.map(modelInfo), has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null };
}

function modelInfo(id: string): object {
  return { type: 'model', id, display_name: `${id} (scripted)`, created_at: '2026-01-01T00:00:00Z' };
}
