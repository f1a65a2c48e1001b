import assert from 'node:assert/strict';
import { PrefixCache } from '../../examples/scripted-model/api/cache.ts';
import type { MessagesRequest } from '../../examples/scripted-model/api/request.ts';

type Ttl = '5m' | '1h';
const text = (name: string, bytes: number, ttl?: Ttl) => ({ type: 'text', text: name.repeat(bytes).slice(0, bytes), ...(ttl === undefined ? {} : { cache_control: { type: 'ephemeral', ttl } }) });
const request = (content: readonly ReturnType<typeof text>[], model = 'm'): MessagesRequest => ({ model, max_tokens: 1, stream: true, system: [], tools: [], messages: [{ role: 'user', content }] });
const minute = 60_000;

describe('the scripted server: accounting of the cache', () => {
  it('writes at a mark, reads the same prefix, and counts the rest as input', () => {
    const cache = new PrefixCache();
    const first = cache.take(request([text('a', 4000, '5m'), text('b', 400)]), 0);
    assert.equal(first.cache_read_input_tokens, 0);
    assert.ok(first.cache_creation_input_tokens > 1000 && first.cache_creation_input_tokens < 1100);
    assert.ok(first.input_tokens > 100 && first.input_tokens < 130);
    const second = cache.take(request([text('a', 4000), text('b', 400), text('c', 400, '5m')]), minute);
    assert.equal(second.cache_read_input_tokens, first.cache_creation_input_tokens);
    assert.equal(second.input_tokens, 0);
  });

  it('reads nothing behind other bytes, for another model, or after its time', () => {
    const cache = new PrefixCache();
    const one = [text('a', 4000, '5m')];
    cache.take(request(one), 0);
    assert.equal(cache.take(request([text('b', 4000, '5m')]), 0).cache_read_input_tokens, 0);
    assert.equal(cache.take(request(one, 'other'), 0).cache_read_input_tokens, 0);
    assert.ok(cache.take(request(one), 4 * minute).cache_read_input_tokens > 0);
    assert.ok(cache.take(request(one), 8 * minute).cache_read_input_tokens > 0, 'reading keeps it alive');
    assert.equal(cache.take(request(one), 14 * minute).cache_read_input_tokens, 0);
  });

  it('looks back over 20 blocks and not further', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => text(`${index}-`, 40));
    const withLast = (count: number) => request([text('a', 4000), ...many(count), text('z', 40, '5m')]);
    const near = new PrefixCache();
    near.take(request([text('a', 4000, '5m')]), 0);
    assert.ok(near.take(withLast(18), 0).cache_read_input_tokens > 0);
    const far = new PrefixCache();
    far.take(request([text('a', 4000, '5m')]), 0);
    assert.equal(far.take(withLast(19), 0).cache_read_input_tokens, 0);
  });

  it('tells what was written for an hour from what was written for minutes, and keeps small prefixes out', () => {
    const cache = new PrefixCache();
    const usage = cache.take(request([text('a', 4000, '1h'), text('b', 2000, '5m')]), 0);
    assert.ok(usage.cache_creation.ephemeral_1h_input_tokens > 1000 && usage.cache_creation.ephemeral_5m_input_tokens > 500);
    assert.equal(usage.cache_creation.ephemeral_1h_input_tokens + usage.cache_creation.ephemeral_5m_input_tokens, usage.cache_creation_input_tokens);
    assert.equal(cache.take(request([text('q', 400, '5m')]), 0).cache_creation_input_tokens, 0);
  });
});
