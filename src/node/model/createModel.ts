import type Anthropic from '@anthropic-ai/sdk';
import type { Model, Signal } from '../../agent/ports.ts';
import { assembleRequest, type RequestBody } from '../../core/transcript/assemble.ts';
import type { Fault, ModelReply, ModelRequest } from '../../core/transcript/message.ts';
import { estimateTokens, utf8Bytes } from '../../core/transcript/prices.ts';
import { Accumulator, BadAnswer } from './accumulator.ts';
import { createClient, keyProblem, type EndpointOptions } from './client.ts';
import { faultOf, faultOfGivingUp } from './fault.ts';
import { watchRequest, type Limits, type Watch } from './watch.ts';

export type ModelOptions = EndpointOptions & Partial<Limits>;

const usualLimits: Limits = { idleMs: 90_000, totalMs: 30 * 60_000 };

/**
 * The model behind a server that speaks the Messages API. `send` makes one request and never retries; whatever goes wrong with it is a reply with a
 * fault. It throws only where the request itself breaks our own rules (see `assembleRequest`).
 */
export function createModel(options: ModelOptions): Model {
  const limits: Limits = { idleMs: options.idleMs ?? usualLimits.idleMs, totalMs: options.totalMs ?? usualLimits.totalMs };
  return { send: (request, progress, stop) => send(options, limits, request, progress, stop) };
}

/** One request under way. */
interface Exchange {
  readonly endpoint: EndpointOptions;
  readonly limits: Limits;
  readonly body: RequestBody;
  readonly answer: Accumulator;
  readonly watch: Watch;
  requestId?: string;
  /** The server took the request, so it may charge for it. */
  accepted: boolean;
}

async function send(endpoint: EndpointOptions, limits: Limits, request: ModelRequest, progress: (text: string) => void, stop: Signal): Promise<ModelReply> {
  const body = assembleRequest(request);
  const problem = keyProblem(endpoint.apiKey);
  if (problem !== undefined) return { ok: false, fault: { class: 'auth', message: problem }, ms: 0 };
  const started = performance.now();
  const watch = watchRequest(limits, stop);
  const exchange: Exchange = { endpoint, limits, body, answer: new Accumulator(request.usedIds, progress), watch, accepted: false };
  try {
    return await receive(exchange, started);
  } catch (error) {
    return failed(exchange, error, started);
  } finally {
    watch.end();
  }
}

async function receive(exchange: Exchange, started: number): Promise<ModelReply> {
  const { answer, body, endpoint, limits, watch } = exchange;
  const client = createClient(endpoint, limits.totalMs, watch.fetch);
  const { data, response } = await client.messages.create(asParams(body), { signal: watch.signal }).withResponse();
  const requestId = response.headers.get('request-id');
  if (requestId !== null) exchange.requestId = requestId;
  checkContentType(response);
  exchange.accepted = true;
  for await (const event of data) answer.take(event);
  // The SDK ends the iteration of an aborted request without a word; the answer is not whole then.
  const { model, ...whole } = answer.finish();
  return { ok: true, ...whole, usage: usageOf(exchange), model: model ?? body.model, ...idOf(exchange), ms: performance.now() - started };
}

function failed(exchange: Exchange, error: unknown, started: number): ModelReply {
  const reason = exchange.watch.givenUp();
  const fault: Fault = reason === undefined ? faultOf(error, exchange.endpoint.apiKey.trim()) : faultOfGivingUp(reason, exchange.limits);
  const usage = exchange.accepted ? { usage: usageOf(exchange) } : {};
  return { ok: false, fault: { ...idOf(exchange), ...fault }, ...usage, ms: performance.now() - started };
}

function usageOf({ answer, body }: Exchange): ReturnType<Accumulator['usage']> {
  return answer.usage({ input: estimateTokens(utf8Bytes(JSON.stringify(body))), output: body.max_tokens });
}

function idOf({ requestId }: Exchange): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}

/** A login page of a network or a proxy answers with status 200 too. A server that does not name its content is believed. */
function checkContentType(response: Response): void {
  const type = response.headers.get('content-type');
  if (type === null || type.startsWith('text/event-stream')) return;
  throw new BadAnswer(`the server answered with ${type} instead of a stream of events; a proxy or a login page may be in between`);
}

/** The SDK's types want mutable arrays and a narrower schema; it only serialises what it is given. */
function asParams(body: RequestBody): Anthropic.MessageCreateParamsStreaming {
  return body as unknown as Anthropic.MessageCreateParamsStreaming;
}
