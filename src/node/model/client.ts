import Anthropic from '@anthropic-ai/sdk';

/** Where the model answers, and with what key. */
export interface EndpointOptions {
  readonly apiKey: string;
  /** Without `/v1`. */
  readonly baseUrl: string;
}

/** A client for one request. Retries, time limits and logging are ours: the SDK's do not end up in the journal. */
export function createClient(endpoint: EndpointOptions, timeoutMs: number, fetchOne: typeof fetch): Anthropic {
  return new Anthropic({
    apiKey: endpoint.apiKey.trim(), baseURL: endpoint.baseUrl, fetch: fetchOne, timeout: timeoutMs, maxRetries: 0, logLevel: 'off', openTelemetry: false,
  });
}

/** Why this key cannot be sent, or undefined. A key that a header cannot carry would be quoted in an error of the platform. */
export function keyProblem(apiKey: string): string | undefined {
  if (apiKey.trim() === '') return 'there is no API key';
  return /^[\x21-\x7e]+$/.test(apiKey.trim()) ? undefined : 'the API key has characters that no key has';
}
