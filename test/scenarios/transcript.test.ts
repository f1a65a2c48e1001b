import assert from 'node:assert/strict';
import { call, redacted, text, thinking, tool, turn } from '../support/messagesServer/replies.ts';
import type { RecordedRequest } from '../support/messagesServer/startMessagesServer.ts';
import { contractText } from './support/project.ts';
import { events } from './support/cli.ts';
import type { Moves } from './support/moves.ts';
import { honest, play, right, wrong } from './support/moves.ts';
import { scenario } from './support/scenario.ts';

/** The bytes of a request without the marks of the cache, which move. */
const bare = (raw: string): string => raw.replace(/,"cache_control":\{[^}]*\}/g, '');
/** The bytes of its messages, without the end of the list. */
const messagesOf = (raw: string): string => bare(raw).slice(bare(raw).indexOf('"messages":[') + '"messages":['.length).replace(/\]\}$/, '');
const firstOf = (request: RecordedRequest): string => JSON.stringify(request.body.messages?.[0]?.content).replace(/,"cache_control":\{[^}]*\}/g, '');

/** Requests by conversation, in order. */
function talks(requests: readonly RecordedRequest[]): readonly (readonly RecordedRequest[])[] {
  const all: RecordedRequest[][] = [];
  const current = new Map<string, RecordedRequest[]>();
  for (const request of requests) {
    const key = firstOf(request);
    const talk = request.body.messages?.length === 1 ? undefined : current.get(key);
    if (talk === undefined) all.push([request]);
    else talk.push(request);
    current.set(key, talk ?? all.at(-1) ?? []);
  }
  return all;
}

/** Every rule of an append-only transcript, over all requests of a session. */
function assertAppendOnly(requests: readonly RecordedRequest[], refusals: readonly string[]): void {
  assert.deepEqual(refusals, []);
  for (const conversation of talks(requests)) {
    conversation.slice(1).forEach((request, index) => {
      const before = messagesOf(conversation[index]?.raw ?? '');
      assert.ok(messagesOf(request.raw).startsWith(before), `request ${request.index} does not begin with the bytes of request ${conversation[index]?.index}`);
    });
  }
  const constant = new Set(requests.map(({ body }) => JSON.stringify([body.tools, body.system]).replace(/,"cache_control":\{[^}]*\}/g, '')));
  assert.equal(constant.size, 1, 'tools and system prompt are the same bytes in every request');
  for (const { raw, index } of requests) assert.ok(raw.split('"cache_control":').length - 1 <= 4, `request ${index} has more than four cache marks`);
}

const deep = (thought: string, ...calls: readonly (readonly [string, object])[]) => turn([thinking(thought), redacted(), text('I go on.'), ...calls.map(([name, input]) => tool(name, input))]);

describe('the transcript', function () {
  this.timeout(180_000);

  it('is append-only over phases, refusals, failures, a helper, a send-back, an interruption and a rewind', async () => {
    const trouble = [
      turn([thinking('a'), text('I try things.'), tool('write', { file_path: 'src/other/neighbour.js', content: 'x' }), tool('no_such_tool', {}), tool('bash', { command: 'exit 3' }), tool('bash', { command: 'true' })]),
      deep('b', ['write', { file_path: 'src/stats/variance.js', content: wrong }], ['run_oracle', {}]),
      deep('c', ['complete_phase', { summary: 'All checks pass.' }]),
    ];
    const moves: Moves = {
      'explore': [[deep('x', ['explore', { question: 'What is there?' }]), deep('y', ['write', { file_path: 'a', content: 'b' }]), ...(honest.explore?.[0] ?? []).slice(1)]],
      'helper': [[call('glob', { pattern: '**' }), turn([text('Two files.')])]],
      'minimal-hook': [
        [...trouble, deep('d', ['read', { file_path: 'src/stats/variance.js' }]), deep('e', ['write', { file_path: 'src/stats/variance.js', content: right }]), deep('f', ['complete_phase', { summary: 'Done.' }])],
        [deep('g', ['write', { file_path: 'src/stats/variance.js', content: right }]), deep('h', ['complete_phase', { summary: 'Done.' }])],
        [deep('i', ['write', { file_path: 'src/stats/variance.js', content: right }]), deep('j', ['complete_phase', { summary: 'Done.' }])],
      ],
    };
    await scenario(moves, undefined, async ({ bounded, start, run, project, server }) => {
      await run();
      await bounded('resume', '--send-back', 'Look again.', '--json');
      const stopped = start(['resume', '--approve', 'explore,oracle-only', '--json']);
      stopped.child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('"path":"src/stats/variance.js"')) stopped.child.kill('SIGINT');
      });
      assert.equal((await stopped.done).status, 130);
      assert.equal((await bounded('resume', '--json')).status, 5);
      assert.equal((await bounded('resume', '--rewind', 'oracle-only', '--json')).status, 5);
      const ran = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(ran.status, 0, ran.stderr);
      assertAppendOnly(server.requests, server.refusals);
      assert.ok(talks(server.requests).length >= 8, `${talks(server.requests).length} conversations`);
      assert.equal(events(ran, 'cache/broken').length, 0);
      assert.equal(project.git('status', '--porcelain', 'src/other'), '');
    });
  });

  it('sends signed thoughts back unchanged, also after a resume in the middle of a conversation', async () => {
    const moves: Moves = { 'minimal-hook': [[deep('first', ['read', { file_path: 'src/stats/mean.js' }]), deep('second', ['grep', { pattern: 'mean' }]), deep('third', ['glob', { pattern: '**' }]), ...(honest['minimal-hook']?.[0] ?? [])]] };
    let killed = false;
    await scenario(moves, undefined, async ({ project, start, bounded, server }) => {
      const running = start(['run', project.contract, '--approve', 'all', '--json']);
      running.child.stdout?.on('data', (chunk: Buffer) => {
        if (!killed && chunk.toString().includes('"pattern":"mean"')) {
          killed = true;
          running.child.kill('SIGKILL');
        }
      });
      await running.done;
      const before = server.requests.length;
      const ran = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(ran.status, 0, ran.stderr);
      assertAppendOnly(server.requests, server.refusals);
      const resumed = server.requests[before];
      const signed = (resumed?.body.messages ?? []).flatMap((message) => (Array.isArray(message.content) ? message.content.filter((block) => block.type === 'thinking') : []));
      assert.ok(signed.length >= 2 && signed.every((block) => (block.signature ?? '').length > 20), 'the resumed request carries the thoughts of before');
      assert.equal(events(ran, 'signatures/stripped').length, 0);
    });
  });

  it('finds nine tenths of a long conversation in the cache', async () => {
    const reads = Array.from({ length: 30 }, (_, index) => call(index % 2 === 0 ? 'read' : 'grep', index % 2 === 0 ? { file_path: 'src/stats/mean.js' } : { pattern: `values${index}?` }));
    await scenario({ explore: [[...reads, ...(honest.explore?.[0] ?? [])]] }, undefined, async ({ run, server }) => {
      const ran = await run();
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(server.requests.length, 32);
      const sum = server.requests.slice(1).reduce((all, { usage }) => ({ read: all.read + (usage?.cache_read_input_tokens ?? 0), all: all.all + (usage?.cache_read_input_tokens ?? 0) + (usage?.cache_creation_input_tokens ?? 0) + (usage?.input_tokens ?? 0) }), { read: 0, all: 0 });
      assert.ok(sum.read / sum.all >= 0.9, `${sum.read} of ${sum.all} tokens came from the cache`);
    });
  });

  it('a turn with many results is still found in the cache, with at most four marks', async () => {
    const many = turn(Array.from({ length: 25 }, (_, index) => tool('grep', { pattern: `x${index}` })));
    await scenario({ explore: [[call('read', { file_path: 'src/stats/mean.js' }), many, ...(honest.explore?.[0] ?? [])]] }, undefined, async ({ run, server }) => {
      assert.equal((await run()).status, 5);
      assertAppendOnly(server.requests, server.refusals);
      for (const { usage, index } of server.requests.slice(1)) assert.ok((usage?.cache_read_input_tokens ?? 0) > (usage?.input_tokens ?? 0), `request ${index} read nothing from the cache`);
    });
  });

  it('loses signed thoughts only when the service refuses them, all at once and on the record', async () => {
    const moves: Moves = { 'minimal-hook': [[deep('first', ['read', { file_path: 'src/stats/mean.js' }]), ...(honest['minimal-hook']?.[0] ?? [])]] };
    const script = play({ ...honest, ...moves });
    let refused = 0;
    const stale = { kind: 'http', status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: 'messages.1.content.0: Invalid `signature` in `thinking` block' } }) } as const;
    await scenario((request) => (request.raw.includes('"signature"') ? (refused++, stale) : script(request)), contractText(), async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(refused, 1, 'the retry carries no signed block at all');
      assert.equal(events(ran, 'signatures/stripped').length, 1);
      assert.deepEqual(server.refusals, []);
    });
    await scenario((request) => (request.body.messages?.length === 1 ? script(request) : stale), contractText(), async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 75, ran.stderr);
      assert.ok(server.requests.length <= 3, `${server.requests.length} requests`);
    });
  });
});
