import { systemPrompt } from './prompts/system.ts';
import { toolSpecs } from '../core/guard/toolInputs.ts';
import { callIds } from '../core/session/callIds.ts';
import type { Conversation } from '../core/session/session.ts';
import { writtenLine } from '../core/session/view/writtenLine.ts';
import { assembleRequest } from '../core/transcript/assemble.ts';
import { cacheBreak, fingerprintOf } from '../core/transcript/fingerprint.ts';
import type { Fingerprint } from '../core/transcript/fingerprint.ts';
import type { ModelReply, ModelRequest, Usage } from '../core/transcript/message.ts';
import { assumedCost, costOf, utf8Bytes } from '../core/transcript/prices.ts';
import { retryPolicy } from '../core/transcript/retry.ts';
import type { Run } from './run.ts';
import { Paused, throwIfAborted } from './run.ts';
import { reserve } from './spending.ts';

type Answered = Extract<ModelReply, { ok: true }>;
type Failed = Extract<ModelReply, { ok: false }>;

/** One request to the model and its answer. The worst case is reserved first; each try is recorded. */
export async function takeTurn(run: Run, conversation: Conversation): Promise<void> {
  const began = run.ports.clock.monotonic();
  for (let attempt = 1; ; attempt++) {
    const request = await prepare(run, conversation.id, attempt);
    if (request === undefined) return;
    const reply = await run.ports.model.send(request, writtenLine(run.progress), run.signal);
    throwIfAborted(run);
    if (reply.ok) return answered(run, conversation.id, request, reply);
    await failed(run, conversation.id, request, reply, attempt, run.ports.clock.monotonic() - began);
  }
}

/** The request, recorded with what it may cost; undefined when a budget forbids it. */
async function prepare(run: Run, id: string, attempt: number): Promise<ModelRequest | undefined> {
  const { session } = run.recorder;
  const conversation = conversationOf(run, id);
  const draft: ModelRequest = { model: conversation.model, system: systemPrompt, tools: toolSpecs, messages: conversation.messages, maxTokens: 1, effort: session.contract.model.effort, usedIds: callIds(session) };
  const body = assembleRequest(draft);
  const reserved = reserve(run, conversation.model, utf8Bytes(JSON.stringify(body)), conversation.truncated);
  if (!reserved.ok) {
    await run.recorder.record({ type: 'budget/reached', budget: reserved.budget, detail: reserved.detail });
    return undefined;
  }
  const fingerprint = fingerprintOf(body, run.ports.clock.sha256, run.fingerprints.get(id));
  await noteCacheBreak(run, id, fingerprint);
  await run.recorder.record({ type: 'turn/requested', conversation: id, turn: session.spent.turns + 1, attempt, reservedUsd: reserved.usd, fingerprint: run.ports.clock.sha256(JSON.stringify(fingerprint)) });
  return { ...draft, maxTokens: reserved.maxTokens };
}

async function noteCacheBreak(run: Run, id: string, fingerprint: Fingerprint): Promise<void> {
  const before = run.fingerprints.get(id);
  run.fingerprints.set(id, fingerprint);
  const source = before === undefined ? undefined : cacheBreak(before, fingerprint);
  if (source !== undefined) await run.recorder.record({ type: 'cache/broken', turn: run.recorder.session.spent.turns + 1, source });
}

async function answered(run: Run, id: string, request: ModelRequest, reply: Answered): Promise<void> {
  const { session } = run.recorder;
  if (undated(reply.model) !== undated(request.model)) return refuseModel(run, id, request, reply);
  await run.recorder.record({
    type: 'turn/answered', conversation: id, turn: session.spent.turns + 1, content: reply.content, badCalls: reply.badCalls.map((call) => call.id), stop: reply.stop,
    ...(reply.stopDetail === undefined ? {} : { stopDetail: reply.stopDetail }), usage: reply.usage, ...costs(request.model, reply.usage), model: reply.model,
    ...(reply.requestId === undefined ? {} : { requestId: reply.requestId }), ms: reply.ms,
  });
  if (reply.stop === 'refusal') throw new Paused(`the model refused to go on${reply.stopDetail === undefined ? '' : ` (${reply.stopDetail})`}`);
}

/** What an answer costs; without a known price, what it counts as. */
function costs(model: string, usage: Usage): { readonly costUsd: number | null; readonly assumedUsd?: number } {
  const costUsd = costOf(model, usage);
  return costUsd === null ? { costUsd, assumedUsd: assumedCost(usage) } : { costUsd };
}

/** The name of a model without its release date: `claude-x-1` and `claude-x-1-20260901` are one model. */
function undated(model: string): string {
  return model.replace(/-(?:\d{8}|latest)$/, '');
}

/** A session knows its model: an answer by another one is no part of it, though it is paid for. */
async function refuseModel(run: Run, id: string, request: ModelRequest, reply: Answered): Promise<void> {
  const message = `the endpoint answered as ${reply.model}, not as ${request.model}`;
  await run.recorder.record({ type: 'turn/failed', conversation: id, turn: run.recorder.session.spent.turns + 1, fault: { class: 'bad-response', message }, costUsd: costOf(reply.model, reply.usage), ms: reply.ms });
  throw new Paused(message);
}

/** Records a failed try, then waits for the next one, or pauses the session. */
async function failed(run: Run, id: string, request: ModelRequest, reply: Failed, attempt: number, elapsedMs: number): Promise<void> {
  const decision = retryPolicy(reply.fault, attempt, elapsedMs, run.ports.clock.random());
  const costUsd = reply.usage === undefined ? 0 : costOf(request.model, reply.usage);
  const retry = decision.action === 'retry' ? { retryInMs: decision.waitMs } : {};
  await run.recorder.record({ type: 'turn/failed', conversation: id, turn: run.recorder.session.spent.turns + 1, fault: reply.fault, ...retry, costUsd, ms: reply.ms });
  if (decision.action === 'strip-signatures') {
    await run.recorder.record({ type: 'signatures/stripped', conversation: id });
    run.fingerprints.delete(id);
    return;
  }
  if (decision.action !== 'retry') throw new Paused(`${decision.why}: ${reply.fault.message}`);
  run.progress(`the model's service answered ${reply.fault.class}; next try in ${Math.ceil(decision.waitMs / 1000)} s`);
  await run.ports.clock.sleep(decision.waitMs, run.signal);
  throwIfAborted(run);
}

function conversationOf(run: Run, id: string): Conversation {
  const conversation = run.recorder.session.conversations[id];
  if (conversation === undefined) throw new Error(`there is no conversation ${id}`);
  return conversation;
}
