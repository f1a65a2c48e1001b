import type { AssistantBlock } from '../../core/transcript/message.ts';
import { fieldsOf, textOf, type Fields } from './fields.ts';
import { parseToolInput } from './toolInput.ts';

/** One content block while it arrives. Pieces are joined once, at the end: joining or parsing per piece is quadratic. */
export interface Draft {
  /** Takes a delta; answers text that is worth showing. */
  add(delta: Fields): string;
  finish(): FinishedBlock;
}

/** `badInput`: the JSON of a call that is not an object, as it came. */
export interface FinishedBlock {
  readonly block: AssistantBlock;
  readonly badInput?: string;
  /** Text that came with the start of the block and was never repeated as a delta, so it has not been shown yet. */
  readonly unshown?: string;
}

/** The draft for a `content_block`. Blocks of unknown types are kept as they came, for the next request. */
export function startDraft(start: Fields): Draft {
  switch (start['type']) {
    case 'text': return textDraft(start);
    case 'thinking': return thinkingDraft(start);
    case 'tool_use': return toolDraft(start);
    default: return { add: () => '', finish: () => ({ block: structuredClone(start) as unknown as AssistantBlock }) };
  }
}

function textDraft(start: Fields): Draft {
  const text = textPieces(start['text']);
  return {
    add: (delta) => (delta['type'] === 'text_delta' ? text.add(delta['text']) : ''),
    finish: () => ({ block: { type: 'text', text: text.join() }, unshown: text.unshown() }),
  };
}

/** The signature vouches for the exact text, so both are kept verbatim. */
function thinkingDraft(start: Fields): Draft {
  const thinking = textPieces(start['thinking']);
  let signature = textOf(start['signature']) ?? '';
  return {
    add: (delta) => {
      if (delta['type'] === 'signature_delta') signature = textOf(delta['signature']) ?? signature;
      return delta['type'] === 'thinking_delta' ? thinking.add(delta['thinking']) : '';
    },
    finish: () => ({ block: { type: 'thinking', thinking: thinking.join(), signature }, unshown: thinking.unshown() }),
  };
}

function toolDraft(start: Fields): Draft {
  const pieces: string[] = [];
  return {
    add: (delta) => {
      if (delta['type'] === 'input_json_delta') pieces.push(textOf(delta['partial_json']) ?? '');
      return '';
    },
    finish: () => {
      const raw = pieces.join('');
      // Some servers send the whole input with the start and no pieces.
      const input = parseToolInput(raw.trim() === '' ? JSON.stringify(fieldsOf(start['input'])) : raw);
      const block = { type: 'tool_use', id: textOf(start['id']) ?? '', name: textOf(start['name']) ?? '', input: input ?? {} } as const;
      return input === undefined ? { block, badInput: raw } : { block };
    },
  };
}

interface Pieces {
  add(piece: unknown): string;
  join(): string;
  unshown(): string;
}

/** Text that may begin in the start event and be sent again as deltas. */
function textPieces(start: unknown): Pieces {
  const first = textOf(start) ?? '';
  const pieces: string[] = [];
  const repeated = (joined: string): boolean => joined.startsWith(first);
  return {
    add: (piece) => {
      const text = textOf(piece) ?? '';
      pieces.push(text);
      return text;
    },
    join: () => {
      const joined = pieces.join('');
      return repeated(joined) ? joined : first + joined;
    },
    unshown: () => (repeated(pieces.join('')) ? '' : first),
  };
}
