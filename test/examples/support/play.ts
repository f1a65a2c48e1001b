import { answer } from '../../../examples/scripted-model/engine/answer.ts';
import type { Script } from '../../../examples/scripted-model/engine/script.ts';
import type { Block, MessagesRequest, RequestMessage } from '../../../examples/scripted-model/api/request.ts';
import type { Words } from '../../../examples/scripted-model/api/signing.ts';
import { toolSpecs } from '../../../src/core/guard/toolInputs.ts';

/** What the model is told: one text per call, or a note where it called nothing. A text in `failed` is an error. */
export type Told = readonly (string | { readonly failed: string })[] | { readonly note: string };

/** Success for every call, whatever their number. */
export const fine: Told = [];

/** The answer to a conversation in which the model was told `told`, one after the other. The server remembers nothing, so this is all. */
export function play(script: Script, opening: string, told: readonly Told[], tools: MessagesRequest['tools'] = toolSpecs.map((tool) => ({ ...tool }))): Words {
  const messages: RequestMessage[] = [{ role: 'user', content: [{ type: 'text', text: opening }] }];
  const ask = (): Words => answer(script, { model: 'm', max_tokens: 1, stream: true, system: [], tools, messages });
  for (const one of told) {
    const words = ask();
    messages.push({ role: 'assistant', content: blocksOf(words, messages.length) }, { role: 'user', content: results(words, one, messages.length) });
  }
  return ask();
}

function blocksOf(words: Words, at: number): readonly Block[] {
  const text = words.say === undefined ? [] : [{ type: 'text', text: words.say }];
  return [...text, ...words.calls.map((call, index) => ({ type: 'tool_use', id: `${at}-${index}`, name: call.tool, input: call.input }))];
}

function results(words: Words, told: Told, at: number): readonly Block[] {
  if ('note' in told) return [{ type: 'text', text: told.note }];
  if (told.length > words.calls.length) throw new Error(`${words.calls.length} calls were made, ${told.length} results given: ${JSON.stringify(words)}`);
  return words.calls.map((_, index) => {
    const one = told[index] ?? 'done';
    return { type: 'tool_result', tool_use_id: `${at}-${index}`, ...(typeof one === 'string' ? { content: one } : { content: one.failed, is_error: true }) };
  });
}
