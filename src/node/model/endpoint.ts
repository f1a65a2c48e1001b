import { APIError } from '@anthropic-ai/sdk';
import { createClient, keyProblem, type EndpointOptions } from './client.ts';
import { fieldsOf, textOf } from './fields.ts';

/** A preflight must not hold up the start of a session for long. */
const timeoutMs = 10_000;

/**
 * The name that the server gives itself in the header `x-served-by`, such as that of a scripted server; undefined where it gives none or does not
 * answer. Never throws.
 */
export async function servedBy(endpoint: EndpointOptions): Promise<string | undefined> {
  const { headers } = await askForModels(endpoint);
  return headers?.get('x-served-by')?.slice(0, 100) || undefined;
}

/** The ids of the models that the key may use; undefined where the server does not have such a list or does not answer. Never throws. */
export async function models(endpoint: EndpointOptions): Promise<readonly string[] | undefined> {
  const { body } = await askForModels(endpoint);
  const list = fieldsOf(body)['data'];
  if (!Array.isArray(list)) return undefined;
  return list.map((entry) => textOf(fieldsOf(entry)['id'])).filter((id) => id !== undefined);
}

async function askForModels(endpoint: EndpointOptions): Promise<{ readonly headers?: Headers; readonly body?: unknown }> {
  if (keyProblem(endpoint.apiKey) !== undefined) return {};
  try {
    const response = await createClient(endpoint, timeoutMs, fetch).get('/v1/models?limit=1000', { signal: AbortSignal.timeout(timeoutMs) }).asResponse();
    return { headers: response.headers, body: await response.json().catch(() => undefined) };
  } catch (error) {
    // A server without the list still says who it is.
    return error instanceof APIError && error.headers !== undefined ? { headers: error.headers } : {};
  }
}
