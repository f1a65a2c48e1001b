import type { ApiBlock } from './body.ts';
import { after } from './chain.ts';
import type { ReplyBlock } from './replies.ts';
import { sign } from './signatures.ts';

/** Where an answer is given: which model gives it, and the digest of the prompt that it answers. */
interface Place {
  readonly model: string;
  readonly prompt: string;
}

/** The blocks of an answer as a client has to store them: calls have ids, and each signature is bound to all that comes before it. */
export function signedBlocks(blocks: readonly ReplyBlock[], place: Place, newId: () => string): readonly ApiBlock[] {
  let before = place.prompt;
  return blocks.map((block) => {
    const signed = storedBlock(block, place.model, before, newId);
    before = after(before, signed);
    return signed;
  });
}

function storedBlock(block: ReplyBlock, model: string, before: string, newId: () => string): ApiBlock {
  switch (block.kind) {
    case 'text': return { type: 'text', text: block.text };
    case 'thinking': return { type: 'thinking', thinking: block.text, signature: sign(model, before, block.text) };
    case 'redacted': return { type: 'redacted_thinking', data: sign(model, before, 'redacted') };
    case 'call': return { type: 'tool_use', id: block.id ?? newId(), name: block.name, input: block.json === undefined ? block.input : objectOrEmpty(block.json) };
  }
}

function objectOrEmpty(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}
