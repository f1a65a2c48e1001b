import { APIError } from '@anthropic-ai/sdk';
import type { Fault, FaultClass } from '../../core/transcript/message.ts';
import { BadAnswer, IncompleteAnswer } from './accumulator.ts';
import { fieldsOf } from './fields.ts';
import type { GivenUp, Limits } from './watch.ts';

/** The fault behind whatever a request threw. `secret` (the API key) appears in no text of it. */
export function faultOf(error: unknown, secret: string): Fault {
  const message = plainText(messageOf(error), secret);
  if (error instanceof BadAnswer || error instanceof SyntaxError) return { class: 'bad-response', message };
  if (error instanceof IncompleteAnswer) return { class: 'incomplete', message };
  if (!(error instanceof APIError)) return { class: 'network', message };
  const status = error.status as number | undefined;
  const retryAfterMs = retryAfterOf(error.headers);
  return {
    class: status === undefined ? classOfStreamError(error) : classOfStatus(status, error),
    message,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(error.requestID ? { requestId: error.requestID } : {}),
  };
}

/** The fault of a request that we ended ourselves. */
export function faultOfGivingUp(reason: GivenUp, limits: Limits): Fault {
  if (reason === 'aborted') return { class: 'aborted', message: 'the request was stopped' };
  const message = reason === 'idle' ? `nothing was heard from the server for ${limits.idleMs} ms` : `the answer was not whole after ${limits.totalMs} ms`;
  return { class: 'idle', message };
}

function classOfStatus(status: number, error: APIError): FaultClass {
  if (status === 400 || status === 422) return classOfBadRequest(error);
  if (status === 429) return isSpendLimit(error) ? 'billing' : 'rate-limit';
  if (status === 529) return 'overloaded';
  if (status >= 500 || status === 408) return 'server';
  return ({ 401: 'auth', 402: 'billing', 403: 'auth', 404: 'not-found', 409: 'conflict', 413: 'too-large' } as const)[status] ?? 'invalid-request';
}

/** A 400 has one type for everything; only its text tells what it is about. */
function classOfBadRequest(error: APIError): FaultClass {
  if (isSpendLimit(error)) return 'billing';
  const text = error.message;
  if (/invalid \W?signature\W? in|bound to a different conversation|thinking.* blocks .*cannot be modified/i.test(text)) return 'signature';
  if (/prompt is too long|exceeds? (the )?context|context (limit|window)/i.test(text)) return 'too-large';
  return 'invalid-request';
}

function isSpendLimit(error: APIError): boolean {
  const code = `${error.errorCode ?? ''} ${error.type ?? ''}`;
  return /spend_limit|billing/.test(code) || /API usage limits|spend limit|credit balance is too low/i.test(error.message);
}

/** An error without a status: the connection failed (no type), or the server sent an error in the middle of its answer. */
function classOfStreamError(error: APIError): FaultClass {
  switch (error.type) {
    case null: return 'network';
    case 'overloaded_error': return 'overloaded';
    case 'authentication_error': case 'permission_error': return 'auth';
    case 'billing_error': return 'billing';
    case 'not_found_error': return 'not-found';
    case 'invalid_request_error': return classOfBadRequest(error);
    default: return 'server';
  }
}

/** Milliseconds that the server asks to wait, from either header; a date counts from now. */
function retryAfterOf(headers: Headers | undefined): number | undefined {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds);
  const header = headers?.get('retry-after') ?? '';
  const seconds = Number(header.trim() === '' ? Number.NaN : header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** The server's own words where there are any, else those of the error and of what caused it. */
function messageOf(error: unknown): string {
  if (error instanceof APIError && error.apiMessage !== null) return error.apiMessage;
  const words: string[] = [];
  for (let one = error; one instanceof Error && words.length < 4; one = one.cause) {
    const code = fieldsOf(one)['code'];
    words.push([one.message, typeof code === 'string' && !one.message.includes(code) ? code : ''].filter((word) => word !== '').join(' '));
  }
  return words.length === 0 ? String(error) : words.filter((word) => word !== '').join(': ');
}

const longestMessage = 500;

/** One line without markup, without the secret and of bounded length: proxies answer with whole pages. */
export function plainText(text: string, secret: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1];
  const words = title ?? text.replace(/<[^>]*>/g, ' ');
  const safe = secret === '' ? words : words.replaceAll(secret, '[key]');
  return safe.replace(/\s+/g, ' ').trim().slice(0, longestMessage);
}
