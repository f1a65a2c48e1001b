import { generate } from '../model/generate.js';
import { RequestQueue } from './queue.js';

/**
 * Answers requests `{ id, prompt, steps }` in batches of at most `limit`. Returns the new tokens by request id; how
 * requests were grouped never changes them.
 */
export function serve(model, requests, { sample, limit }) {
  const queue = new RequestQueue(limit);
  for (const request of requests) queue.add(request);
  const answers = new Map();
  while (queue.size > 0) {
    const batch = queue.next();
    const tokens = generate(model, batch.map((request) => request.prompt), { steps: batch[0].steps, sample });
    batch.forEach((request, row) => answers.set(request.id, tokens[row]));
  }
  return answers;
}
