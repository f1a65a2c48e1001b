import { resultsTurn, userTurn } from '../../../src/core/transcript/append.ts';
import type { Message, ModelReply, ModelRequest, ToolUse } from '../../../src/core/transcript/message.ts';
import { createModel, type ModelOptions } from '../../../src/node/model/createModel.ts';
import { startMessagesServer, type MessagesServer, type Script, type ServerOptions } from '../../support/messagesServer/startMessagesServer.ts';

export const key = 'sk-test-4f1d0c9a77';

export const go = [userTurn('Begin.')];

export function requestWith(messages: readonly Message[], more: Partial<ModelRequest> = {}): ModelRequest {
  return { model: 'claude-opus-5-5', system: 'You work inside a box.', tools: [bash], messages, maxTokens: 4_096, effort: 'medium', usedIds: new Set(), ...more };
}

const bash = { name: 'bash', description: 'Runs a command.', input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] } };

/** Runs `test` against a server with `script`, which is closed whatever happens. */
export async function withServer(script: Script, test: (server: MessagesServer) => Promise<void>, options: ServerOptions = {}): Promise<void> {
  const server = await startMessagesServer(script, options);
  try {
    await test(server);
  } finally {
    await server.close();
  }
}

export interface Sent {
  readonly reply: ModelReply;
  readonly shown: string;
}

/** One request to `server`; limits are long unless given, so that no test depends on the speed of the machine. */
export async function sendTo(server: MessagesServer, request: ModelRequest = requestWith(go), more: Partial<ModelOptions> = {}, signal = new AbortController().signal): Promise<Sent> {
  let shown = '';
  const model = createModel({ apiKey: key, baseUrl: server.url, idleMs: 60_000, totalMs: 60_000, ...more });
  const reply = await model.send(request, (text) => { shown += text; }, signal);
  return { reply, shown };
}

/** The messages after `reply`: what it said, and results for its calls or an encouragement. Throws if the request failed. */
export function appended(messages: readonly Message[], reply: ModelReply, resultOf: (call: ToolUse) => string): readonly Message[] {
  if (!reply.ok) throw new Error(`the request failed: ${reply.fault.class}: ${reply.fault.message}`);
  const calls = reply.content.filter((block) => block.type === 'tool_use');
  const results = calls.map((call) => ({ call: call.id, text: resultOf(call), error: false }));
  return [...messages, { role: 'assistant', content: reply.content }, calls.length === 0 ? userTurn('Go on.') : resultsTurn(calls, results)];
}
