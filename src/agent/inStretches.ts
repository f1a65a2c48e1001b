import type { Clock } from './ports.ts';

/** An answer for each item, in their order, while others have their turn: a command may change tens of thousands of files. */
export async function inStretches<Item, Answer>(clock: Clock, items: readonly Item[], of: (item: Item) => Answer): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const item of items) {
    await clock.rest();
    answers.push(of(item));
  }
  return answers;
}
