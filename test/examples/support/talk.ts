import assert from 'node:assert/strict';
import { systemPrompt } from '../../../src/agent/prompts/system.ts';
import type { ToolName } from '../../../src/core/guard/toolInputs.ts';
import { isToolName, parseToolInput, toolSpecs } from '../../../src/core/guard/toolInputs.ts';
import { resultsTurn, userTurn } from '../../../src/core/transcript/append.ts';
import type { Message, ToolUse, Usage } from '../../../src/core/transcript/message.ts';
import { createModel } from '../../../src/node/model/createModel.ts';

export interface Result {
  readonly text: string;
  readonly error?: boolean;
  /** The conversation ends with this call. */
  readonly over?: boolean;
}

/** Carries out a call whose input fits the tool. */
export type Hands = (call: ToolUse & { readonly name: ToolName }) => Promise<Result>;

export interface Talked {
  readonly messages: readonly Message[];
  /** Every text of the model, in order. */
  readonly said: readonly string[];
  /** Every call with its result. */
  readonly calls: readonly { readonly tool: string; readonly input: Readonly<Record<string, unknown>>; readonly result: Result }[];
  readonly usages: readonly Usage[];
}

const mostTurns = 40;

/** Speaks with the scripted model through the product's own model adapter until a call ends the conversation or the model stops calling. */
export async function talk(url: string, opening: string, hands: Hands, model = 'claude-opus-5-5'): Promise<Talked> {
  const { send } = createModel({ baseUrl: url, apiKey: 'not-a-key' });
  let messages: readonly Message[] = [userTurn(opening)];
  const done: { said: string[]; calls: Talked['calls'][number][]; usages: Usage[] } = { said: [], calls: [], usages: [] };
  for (let turn = 0; turn < mostTurns; turn++) {
    const reply = await send({ model, system: systemPrompt, tools: toolSpecs, messages, maxTokens: 16_000, effort: 'high', usedIds: new Set() }, () => {}, new AbortController().signal);
    assert.ok(reply.ok, JSON.stringify(reply));
    assert.deepEqual(reply.badCalls, []);
    messages = [...messages, { role: 'assistant', content: reply.content }];
    done.usages.push(reply.usage);
    done.said.push(...reply.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])));
    const calls = reply.content.filter((block) => block.type === 'tool_use');
    const results: Result[] = [];
    for (const call of calls) results.push(await handled(call, hands));
    done.calls.push(...calls.map((call, index) => ({ tool: call.name, input: call.input, result: results[index] ?? { text: '' } })));
    if (calls.length === 0 || results.some((result) => result.over)) return { messages, ...done };
    messages = [...messages, resultsTurn(calls, calls.map((call, index) => ({ call: call.id, text: results[index]?.text ?? '', error: results[index]?.error === true })))];
  }
  throw new Error(`the conversation did not end in ${mostTurns} turns; last words: ${done.said.slice(-3).join(' | ')}`);
}

/** Every input of the script must fit the product's own schema. */
async function handled(call: ToolUse, hands: Hands): Promise<Result> {
  const { name } = call;
  assert.ok(isToolName(name), name);
  const parsed = parseToolInput(name, call.input);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return hands({ ...call, name });
}
