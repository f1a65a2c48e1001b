import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { call, cut, failing, httpError, page, reset, text, thinking, tool, turn } from '../support/messagesServer/replies.ts';
import type { Reply, Turn } from '../support/messagesServer/replies.ts';
import type { RecordedRequest } from '../support/messagesServer/startMessagesServer.ts';
import { events } from './support/cli.ts';
import type { Ran } from './support/cli.ts';
import type { Moves } from './support/moves.ts';
import { honest, plan, play, textOf } from './support/moves.ts';
import { scenario } from './support/scenario.ts';

const planned = call('submit_plan', plan);
const explore = (...moves: readonly Reply[]): Moves => ({ explore: [[...moves, planned]] });
const answers = (ran: Ran) => events(ran, 'tool/answered');

/** The honest run, with these replies in place of the first answers. */
function first(...replies: readonly Reply[]): (request: RecordedRequest) => Reply {
  const script = play(honest);
  const left = [...replies];
  return (request) => left.shift() ?? script(request);
}

describe('faults of the model', function () {
  this.timeout(120_000);

  it('unknown tools, malformed input and wrong inputs are answered as errors, and the work goes on', async () => {
    const moves = explore(
      turn([tool('str_replace_editor', { path: 'x' }), tool('read', { path: 'package.json' }), tool('read', {}, { json: '{"file_path": "pack' }), tool('read', { file_path: 'package.json' })]),
      turn([tool('read', {}, { json: '' }), tool('bash', { command: 'true' })]),
    );
    await scenario(moves, undefined, async ({ run, server }) => {
      const ran = await run();
      assert.equal(ran.status, 5, ran.stderr);
      assert.deepEqual(answers(ran).map((event) => event.reason ?? event.outcome), ['schema', 'schema', 'schema', 'done', 'schema', 'done', 'done']);
      const results = JSON.stringify(server.requests[1]?.body.messages?.at(-1)?.content);
      assert.equal(results.split('"is_error":true').length - 1, 3);
      assert.match(textOf(server.requests[2]?.body ?? {}, -1), /\(bash completed with no output\)/);
      assert.deepEqual(server.refusals, []);
    });
  });

  it('three turns of nothing but refusals wait for a person; failing commands do not', async () => {
    const denied = call('write', { file_path: 'src/other/neighbour.js', content: 'x' });
    await scenario(explore(denied, denied, denied, denied), undefined, async ({ run, server, project }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.gate?.kind, 'no-progress');
      assert.deepEqual(ran.result?.gate?.blocking, ['refusals']);
      assert.equal(server.requests.length, 3);
      assert.equal(project.git('status', '--porcelain', 'src'), '');
    });
    const red = call('bash', { command: 'node --test test/none; exit 1' });
    await scenario(explore(red, red, red, red), undefined, async ({ run }) => {
      const ran = await run();
      assert.equal(ran.result?.gate?.kind, 'phase', 'a red test is work, not a refusal');
    });
  });

  it('an empty answer is never part of the transcript, and a model that gives nothing else pauses the session', async () => {
    await scenario(first(turn([]), turn([text('  ')])), undefined, async ({ run, server }) => {
      assert.equal((await run()).result?.gate?.kind, 'phase');
      assert.equal(server.requests.every(({ body }) => (body.messages ?? []).every((message) => message.content.length > 0)), true);
      assert.equal(server.requests[0]?.raw, server.requests[1]?.raw);
    });
    let silent = true;
    const script = play(honest);
    await scenario((request) => (silent ? turn([]) : script(request)), undefined, async ({ run, bounded, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 75, ran.stderr);
      assert.match(ran.result?.detail ?? '', /hold nothing that can be used/);
      assert.equal(server.requests.length, 3);
      assert.equal(server.requests[0]?.raw, server.requests[1]?.raw);
      assert.equal(textOf(server.requests[2]?.body ?? {}, -1), 'Please continue.');
      assert.deepEqual(server.refusals, []);
      silent = false;
      assert.equal((await bounded('resume', '--json')).result?.gate?.kind, 'phase', 'it goes on where it was');
    });
  });

  it('a model that says something and calls no tool is reminded once, measured by Bounded, and then a person is asked', async () => {
    await scenario(() => turn([text('Everything is done.')]), undefined, async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.gate?.kind, 'no-progress');
      assert.equal(server.requests.length, 2);
      assert.match(textOf(server.requests[1]?.body ?? {}, -1), /without a tool call/);
      assert.equal(events(ran, 'exit/evaluated').length, 1);
    });
  });

  it('an answer that the token limit cut is dropped: nothing of it runs', async () => {
    const half = turn([text('I write.'), tool('bash', { command: 'touch src/stats/cut.js' })], { stop: 'max_tokens' });
    const moves: Moves = { 'minimal-hook': [[...(honest['minimal-hook']?.[0] ?? [])]] };
    let cuts = 0;
    const script = play({ ...honest, ...moves });
    await scenario((request) => (textOf(request.body, 0).startsWith('# Phase: minimal-hook') && cuts++ === 0 ? half : script(request)), undefined, async ({ run, project, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(existsSync(path.join(project.root, 'src/stats/cut.js')), false);
      assert.equal(events(ran, 'tool/called').some((event) => JSON.stringify(event.input).includes('cut.js')), false);
      const index = server.requests.findIndex((request) => textOf(request.body, 0).startsWith('# Phase: minimal-hook'));
      assert.ok(Number(server.requests[index + 1]?.body.max_tokens) > Number(server.requests[index]?.body.max_tokens), 'the next try has more room');
    });
    await scenario(() => half, undefined, async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.deepEqual(ran.result?.gate?.blocking, ['truncated-answers']);
      assert.equal(ran.status, 5, ran.stderr);
    });
  });

  it('calls in an answer that did not stop for them do not run', async () => {
    const odd = turn([text('Done.'), tool('submit_plan', plan)], { stop: 'end_turn' });
    await scenario(() => odd, undefined, async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 75, ran.stderr);
      assert.equal(events(ran, 'tool/called').length, 0);
      assert.equal(events(ran, 'plan/submitted').length, 0);
    });
  });

  it('an answer of another model pauses, and is not used after a resume either', async () => {
    const other = turn([tool('submit_plan', { ...plan, summary: 'by another model' })], { model: 'claude-other-1' });
    await scenario(first(other), undefined, async ({ run, bounded, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 75, ran.stderr);
      assert.match(ran.result?.detail ?? '', /claude-other-1/);
      assert.equal(events(ran, 'tool/called').length, 0);
      const resumed = await bounded('resume', '--json');
      assert.equal(resumed.result?.gate?.kind, 'phase');
      assert.deepEqual(events(resumed, 'plan/submitted').map((event) => event.plan.summary), [plan.summary]);
      assert.equal(server.requests.some(({ raw }) => raw.includes('by another model')), false);
    });
  });

  it('a dated name of the same model is the same model', async () => {
    await scenario((request) => ({ ...(play(honest)(request) as Turn), model: `${String(request.body.model)}-20260801` }), undefined, async ({ run }) => {
      assert.equal((await run()).result?.gate?.kind, 'phase');
    });
  });

  it('a refusal of the model pauses with its reason, and nothing of it runs', async () => {
    const refusal = turn([text('I cannot'), tool('bash', { command: 'touch src/stats/refused.js' })], { stop: 'refusal', stopDetails: { type: 'refusal', category: 'cyber' } });
    await scenario(first(refusal), undefined, async ({ run, bounded }) => {
      const ran = await run();
      assert.equal(ran.status, 75, ran.stderr);
      assert.match(ran.result?.detail ?? '', /refused to go on/);
      assert.equal(events(ran, 'tool/called').length, 0);
      assert.equal((await bounded('resume', '--json')).result?.gate?.kind, 'phase');
    });
  });
});

describe('faults of the service', function () {
  this.timeout(120_000);

  const whole = turn([thinking('a'), text('I read.'), tool('bash', { command: 'touch src/stats/half.js' })]);
  const broken: Readonly<Record<string, Reply>> = {
    'an overload in the middle of an answer': failing(whole, 6, 'overloaded_error', 'Overloaded'),
    'a reset before the answer': reset(),
    'a reset in the middle of an answer': cut(whole, 7, 'reset'),
    'an answer that ends without its end': cut(whole, 9, 'end'),
    'an overloaded service': httpError(529, 'overloaded_error', 'Overloaded'),
    'a rate limit with a time to wait': httpError(429, 'rate_limit_error', 'slow down', { 'retry-after': '1' }),
    'an error of the server': httpError(500, 'api_error', 'internal'),
  };
  for (const [name, reply] of Object.entries(broken)) {
    it(`${name} is tried again with the same bytes, and nothing of it runs`, async () => {
      await scenario(first(reply), undefined, async ({ run, server, project }) => {
        const ran = await run();
        assert.equal(ran.result?.gate?.kind, 'phase', ran.stderr);
        assert.equal(server.requests[0]?.raw, server.requests[1]?.raw);
        assert.equal(events(ran, 'turn/failed').length, 1);
        assert.equal(existsSync(path.join(project.root, 'src/stats/half.js')), false);
        assert.equal(events(ran, 'tool/called').some((event) => event.tool === 'bash'), false);
      });
    });
  }

  it('the wait that a rate limit names is kept', async () => {
    await scenario(first(httpError(429, 'rate_limit_error', 'slow down', { 'retry-after': '2' })), undefined, async ({ run }) => {
      const [failed] = events(await run(), 'turn/failed');
      assert.ok((failed?.retryInMs ?? 0) >= 2000, `${failed?.retryInMs}`);
    });
  });

  const final: Readonly<Record<string, Reply>> = {
    'a refused key': httpError(401, 'authentication_error', 'invalid x-api-key'),
    'a spending limit': httpError(400, 'invalid_request_error', 'You have reached your specified API usage limits.'),
    'a rate limit without a time': httpError(429, 'rate_limit_error', 'monthly cap'),
    'a model that is gone': httpError(404, 'not_found_error', 'model: claude-opus-5-5'),
    'a page of a proxy': page(413, 'text/html', '<html>Request Entity Too Large</html>'),
    'a refused request': httpError(400, 'invalid_request_error', 'tools.0.name: bad'),
  };
  for (const [name, reply] of Object.entries(final)) {
    it(`${name} pauses at once, and resume goes on with the same request`, async () => {
      await scenario(first(reply), undefined, async ({ run, bounded, server }) => {
        const ran = await run('--approve', 'all');
        assert.equal(ran.status, 75, ran.stderr);
        assert.equal(server.requests.length, 1);
        assert.notEqual(ran.result?.verdict, 'pass');
        assert.equal((await bounded('resume', '--json')).result?.gate?.kind, 'phase');
        assert.equal(server.requests[0]?.raw, server.requests[1]?.raw);
      });
    });
  }
});
