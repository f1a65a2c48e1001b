import * as fc from 'fast-check';
import { cleanContent, resultsTurn, userTurn, type CallResult } from '../../../src/core/transcript/append.ts';
import type { AssistantBlock, Message, ModelRequest, ToolUse } from '../../../src/core/transcript/message.ts';

/** What happens in one round of a conversation: what the model says and what its calls answer. */
export interface Round {
  readonly texts: readonly string[];
  readonly thinking: boolean;
  readonly results: readonly { readonly text: string; readonly error: boolean }[];
  readonly note?: string;
}

/** Also what tools really give: nothing, blanks, halves of characters, keys that look like prototypes. */
const anyText = fc.oneof(fc.string(), fc.constantFrom('', ' \n', '\uD83D', 'caf\u00E9 \u{1F600}', '[]'));

export const anyRound: fc.Arbitrary<Round> = fc.record({
  texts: fc.array(anyText, { maxLength: 3 }),
  thinking: fc.boolean(),
  results: fc.array(fc.record({ text: anyText, error: fc.boolean() }), { maxLength: 30 }),
  note: anyText,
});

export const anyRounds = fc.array(anyRound, { maxLength: 8 });

/** The messages as they grow: after each round, the transcript that would be sent. A round without calls is followed by a plain user turn. */
export function growth(rounds: readonly Round[]): readonly (readonly Message[])[] {
  const stages: (readonly Message[])[] = [[userTurn('The contract.', 'The plan.')]];
  rounds.forEach((round, at) => {
    const content = cleanContent([...signed(round), ...round.texts.map((text) => ({ type: 'text', text }) as const), ...callsOf(round, at)]);
    if (!content.some((block) => block.type === 'text' || block.type === 'tool_use')) return;
    stages.push([...(stages.at(-1) ?? []), { role: 'assistant', content }, answerTo(round, at)]);
  });
  return stages;
}

function signed(round: Round): readonly AssistantBlock[] {
  return round.thinking ? [{ type: 'thinking', thinking: '', signature: 'c2lnbmVk' }] : [];
}

function callsOf(round: Round, at: number): readonly ToolUse[] {
  return round.results.map((_, index) => ({ type: 'tool_use', id: `toolu_${at}_${index}`, name: 'bash', input: { command: 'true' } }));
}

function answerTo(round: Round, at: number): Message {
  const calls = callsOf(round, at);
  if (calls.length === 0) return userTurn('Go on.');
  const results = round.results.map((result, index): CallResult => ({ call: calls[index]?.id ?? '', ...result }));
  return resultsTurn(calls, results.reverse(), round.note);
}

export function requestOf(messages: readonly Message[], more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'claude-opus-5-5', system: 'You work inside a box.', maxTokens: 32_000, effort: 'high', usedIds: new Set(), messages,
    tools: [
      { name: 'read', description: 'Reads a file.', input_schema: { type: 'object', properties: { file_path: { type: 'string' } }, required: ['file_path'] } },
      { name: 'bash', description: 'Runs a command.', input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] } },
    ],
    ...more,
  };
}

/** The JSON of a body without its cache marks. */
export function unmarked(body: unknown): string {
  return JSON.stringify(body).replace(/,"cache_control":\{"type":"ephemeral","ttl":"(?:5m|1h)"\}/g, '');
}
