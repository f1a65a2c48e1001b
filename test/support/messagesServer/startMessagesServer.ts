import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiBody } from './body.ts';
import { CacheAccount, type InputUsage } from './cacheAccount.ts';
import { chainOf, type Link } from './chain.ts';
import { deliver } from './deliver.ts';
import { eventsOf } from './events.ts';
import { httpError, type HttpReply, type Reply, type Turn } from './replies.ts';
import { brokenRule } from './rules.ts';
import { signatureFault } from './signatures.ts';
import { signedBlocks } from './signedBlocks.ts';

/** The replies in order, one per request that keeps the rules, or a function that answers each. */
export type Script = readonly Reply[] | ((request: RecordedRequest) => Reply | Promise<Reply>);

export interface RecordedRequest {
  readonly index: number;
  readonly headers: IncomingHttpHeaders;
  /** The body's bytes as they came. */
  readonly raw: string;
  readonly body: ApiBody;
  /** What the input of this request was charged; absent if it was refused or failed. */
  usage?: InputUsage;
}

export interface ServerOptions {
  /** Name in the header `x-served-by`. */
  readonly servedBy?: string;
  /** Ids of the served models; others are not found. Without it every model is served. `null`: the server has no list of models. */
  readonly models?: readonly string[] | null;
  /** The only key that is let in. */
  readonly apiKey?: string;
  /** Shortest prefix that is cached, in tokens. */
  readonly minCacheTokens?: number;
}

export interface MessagesServer {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Texts of the refusals for broken rules, in order. */
  readonly refusals: readonly string[];
  close(): Promise<void>;
}

interface State {
  readonly script: Script;
  readonly options: ServerOptions;
  readonly requests: RecordedRequest[];
  readonly refusals: string[];
  readonly cache: CacheAccount;
  played: number;
  calls: number;
  /** No two servers give the same ids to calls: a session may meet several. */
  readonly ids: string;
}

/** Starts a scripted server that speaks the Messages API on a free port of 127.0.0.1. */
export async function startMessagesServer(script: Script, options: ServerOptions = {}): Promise<MessagesServer> {
  const state: State = { script, options, requests: [], refusals: [], cache: new CacheAccount(options.minCacheTokens ?? 512), played: 0, calls: 0, ids: randomUUID().slice(0, 8) };
  const server = createServer((request, response) => {
    handle(state, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else answer(response, httpError(500, 'api_error', `the script failed: ${String(error)}`), {});
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: state.requests,
    refusals: state.refusals,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?')[0];
  const headers = { ...(state.options.servedBy === undefined ? {} : { 'x-served-by': state.options.servedBy }), 'request-id': `req_${state.requests.length}` };
  const key = request.headers.authorization?.replace(/^Bearer /, '') ?? request.headers['x-api-key'];
  if (key === undefined || key !== (state.options.apiKey ?? key)) return answer(response, httpError(401, 'authentication_error', 'invalid x-api-key'), headers);
  if (request.method === 'GET' && path === '/v1/models' && state.options.models !== null) return answer(response, modelList(state.options), headers);
  if (request.method !== 'POST' || path !== '/v1/messages') return answer(response, httpError(404, 'not_found_error', 'Not found'), headers);
  const record = await recordRequest(state, request);
  const links = chainOf(record.body);
  const refusal = refusalOf(state, record, links);
  if (refusal !== undefined) return answer(response, refusal, headers);
  const reply = await nextReply(state, record);
  if (reply.kind === 'http') return answer(response, reply, headers);
  if (reply.kind === 'reset') return void request.socket.resetAndDestroy();
  if (reply.kind === 'turn') await play(state, record, links, reply, response, headers);
}

async function recordRequest(state: State, request: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString('utf8');
  const record: RecordedRequest = { index: state.requests.length, headers: request.headers, raw, body: JSON.parse(raw) as ApiBody };
  state.requests.push(record);
  return record;
}

function refusalOf(state: State, { body, headers }: RecordedRequest, links: readonly Link[]): HttpReply | undefined {
  const { models } = state.options;
  if (models && !models.includes(String(body.model))) return httpError(404, 'not_found_error', `model: ${String(body.model)}`);
  const broken = headers['anthropic-version'] === undefined ? 'anthropic-version: header is required' : brokenRule(body) ?? signatureFault(String(body.model), links);
  if (broken === undefined) return undefined;
  state.refusals.push(broken);
  return httpError(400, 'invalid_request_error', broken);
}

async function nextReply(state: State, record: RecordedRequest): Promise<Reply> {
  if (typeof state.script === 'function') return state.script(record);
  const reply = state.script[state.played];
  state.played += 1;
  return reply ?? httpError(400, 'invalid_request_error', 'the script of this server has no more replies');
}

async function play(
  state: State, record: RecordedRequest, links: readonly Link[], turn: Turn, response: ServerResponse, headers: Readonly<Record<string, string>>,
): Promise<void> {
  record.usage = state.cache.charge(record.body, links);
  const model = String(record.body.model);
  const newId = (): string => `toolu_${state.ids}_${String((state.calls += 1)).padStart(4, '0')}`;
  const blocks = signedBlocks(turn.blocks, { model, prompt: links.at(-1)?.digest ?? '' }, newId);
  const events = eventsOf(turn, blocks, model, `msg_${record.index}`, record.usage);
  await deliver(response, turn.edit?.(events) ?? events, turn.delivery, headers);
}

function modelList(options: ServerOptions): HttpReply {
  const data = (options.models ?? ['claude-opus-5-5', 'claude-haiku-5-5']).map((id) => ({ type: 'model', id, display_name: id }));
  return { kind: 'http', status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data, has_more: false }) };
}

function answer(response: ServerResponse, reply: HttpReply, headers: Readonly<Record<string, string>>): void {
  response.writeHead(reply.status, { ...headers, ...reply.headers });
  response.end(reply.body);
}
