import { cleanContent } from '../../core/transcript/append.ts';
import type { AssistantBlock, BadCall, StopReason, Usage } from '../../core/transcript/message.ts';
import { startDraft, type Draft, type FinishedBlock } from './drafts.ts';
import { countOf, fieldsOf, textOf, type Fields } from './fields.ts';
import { createUsageMeter, type UsageBound } from './usage.ts';

/** The server's answer breaks the protocol in a way that could lose or mix content. */
export class BadAnswer extends Error {}

/** The stream ended before the server said that the answer is whole. */
export class IncompleteAnswer extends Error {}

/** A whole answer, fit to be stored and sent back. */
export interface Answer {
  readonly content: readonly AssistantBlock[];
  readonly badCalls: readonly BadCall[];
  readonly stop: StopReason;
  readonly stopDetail?: string;
  /** The model that answered, as the server names it. */
  readonly model: string | undefined;
}

/** Characters of one answer; the longest that a model may give has less than a tenth of it. */
const longest = 8 * 1024 * 1024;

interface Slot {
  readonly draft: Draft;
  finished?: FinishedBlock;
}

/**
 * Builds an answer from the raw events of a stream. The SDK's own helper is not used: it repeats text that came with the start of a block, and it
 * gives a plausible input for a call that was cut.
 */
export class Accumulator {
  readonly #usedIds: ReadonlySet<string>;
  readonly #show: (text: string) => void;
  readonly #slots = new Map<number, Slot>();
  readonly #meter = createUsageMeter();
  #size = 0;
  #model: string | undefined;
  #stop: Fields = {};
  #whole = false;

  /** `usedIds` are the ids of earlier calls; `show` gets text as it arrives. */
  constructor(usedIds: ReadonlySet<string>, show: (text: string) => void) {
    this.#usedIds = usedIds;
    this.#show = show;
  }

  /** Takes one event of the stream. Unknown events are ignored. Throws `BadAnswer`. */
  take(raw: unknown): void {
    const event = fieldsOf(raw);
    switch (event['type']) {
      case 'message_start': return this.#startMessage(fieldsOf(event['message']));
      case 'content_block_start': return this.#startBlock(event);
      case 'content_block_delta': return this.#addDelta(event, fieldsOf(event['delta']));
      case 'content_block_stop': return this.#endBlock(event);
      case 'message_delta':
        this.#stop = { ...this.#stop, ...fieldsOf(event['delta']) };
        return this.#meter.take(event['usage']);
      case 'message_stop': this.#whole = true;
    }
  }

  /** The answer. Throws `IncompleteAnswer` or `BadAnswer` where there is none. */
  finish(): Answer {
    if (!this.#whole) throw new IncompleteAnswer('the stream ended before the answer was whole');
    const blocks = inOrder(this.#slots);
    checkCalls(blocks, this.#usedIds);
    return {
      content: cleanContent(blocks.map(({ block }) => block)),
      badCalls: blocks.flatMap(({ block, badInput }) => (block.type === 'tool_use' && badInput !== undefined ? [{ id: block.id, raw: badInput }] : [])),
      ...stopOf(this.#stop),
      model: this.#model,
    };
  }

  /** What was used so far. Only a whole answer has figures that are final; before, the output is its upper bound. */
  usage(bound: UsageBound): Usage {
    return this.#meter.read(bound, this.#whole);
  }

  #startMessage(message: Fields): void {
    this.#model = textOf(message['model']);
    this.#meter.take(message['usage']);
  }

  #startBlock(event: Fields): void {
    const index = countOf(event['index']);
    if (index === undefined || this.#slots.has(index)) throw new BadAnswer(`the answer starts the content block ${String(event['index'])} twice`);
    this.#slots.set(index, { draft: startDraft(fieldsOf(event['content_block'])) });
  }

  #addDelta(event: Fields, delta: Fields): void {
    this.#size += Object.values(delta).reduce<number>((sum, value) => sum + (textOf(value)?.length ?? 0), 0);
    if (this.#size > longest) throw new BadAnswer('the answer is longer than any model may give');
    const shown = this.#open(event).draft.add(delta);
    if (shown !== '') this.#show(shown);
  }

  #endBlock(event: Fields): void {
    const slot = this.#open(event);
    slot.finished = slot.draft.finish();
    if (slot.finished.unshown) this.#show(slot.finished.unshown);
  }

  #open(event: Fields): Slot {
    const index = countOf(event['index']);
    const slot = index === undefined ? undefined : this.#slots.get(index);
    if (slot === undefined || slot.finished !== undefined) {
      throw new BadAnswer(`the answer continues a content block that is not open (index ${String(event['index'])})`);
    }
    return slot;
  }
}

/** All blocks by index. A gap means that a block was lost on the way. */
function inOrder(slots: ReadonlyMap<number, Slot>): readonly FinishedBlock[] {
  return Array.from({ length: slots.size }, (_, index) => {
    const finished = slots.get(index)?.finished;
    if (finished === undefined) throw new BadAnswer(`the content block ${index} of the answer is missing or has no end`);
    return finished;
  });
}

/** A call needs an id of its own, or its result could not be told from another's, and a name that can be sent back. */
function checkCalls(blocks: readonly FinishedBlock[], usedIds: ReadonlySet<string>): void {
  const ids = new Set(usedIds);
  for (const { block } of blocks) {
    if (block.type !== 'tool_use') continue;
    if (block.id === '' || ids.has(block.id)) throw new BadAnswer(`the answer uses the call id "${block.id}" twice`);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(block.name)) throw new BadAnswer('the answer calls a tool by a name that no tool can have');
    ids.add(block.id);
  }
}

const stopReasons: readonly string[] = [
  'end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'pause_turn', 'refusal', 'model_context_window_exceeded',
] satisfies StopReason[];

function stopOf(delta: Fields): { readonly stop: StopReason; readonly stopDetail?: string } {
  const reason = textOf(delta['stop_reason']) ?? '';
  if (!stopReasons.includes(reason)) return { stop: 'unknown', stopDetail: reason === '' ? 'the server gave no reason' : reason };
  const details = fieldsOf(delta['stop_details']);
  const words = [details['category'], details['explanation'], delta['stop_sequence']].filter((text) => typeof text === 'string');
  return { stop: reason as StopReason, ...(words.length === 0 ? {} : { stopDetail: words.join(': ') }) };
}
