import type { Moves } from '../../scenarios/support/moves.ts';
import { honest, play, textOf } from '../../scenarios/support/moves.ts';
import { call } from '../../support/messagesServer/replies.ts';
import type { Reply } from '../../support/messagesServer/replies.ts';
import { startMessagesServer } from '../../support/messagesServer/startMessagesServer.ts';
import type { MessagesServer, RecordedRequest } from '../../support/messagesServer/startMessagesServer.ts';

/** A model service that can be made to wait before it answers. */
export interface Model {
  readonly server: MessagesServer;
  /** From now on no request is answered whose last message has this word in it. Those that wait are counted by `waiting`. */
  hold(word?: string): void;
  readonly waiting: number;
  /** Answers what waits, and everything after it. */
  release(): void;
}

/**
 * The honest run with an edit of a file that the user is working on, with a command that changes a file that must stay, and with another edit of that
 * first file later. In any further conversation of that phase the work is there already.
 */
const straying: Moves = {
  ...honest,
  'minimal-hook': [
    [
      call('read', { file_path: 'src/stats/mean.js' }),
      call('edit', { file_path: 'src/stats/mean.js', old_string: 'values.length', new_string: 'values["length"]' }),
      call('bash', { command: 'node tools/stray.mjs' }),
      call('read', { file_path: 'src/stats/mean.js' }),
      call('edit', { file_path: 'src/stats/mean.js', old_string: 'sum + value', new_string: 'sum + Number(value)' }),
      ...(honest['minimal-hook']?.[0] ?? []),
    ],
    [call('complete_phase', { summary: 'Variance is there.' })],
  ],
};

export async function startModel(moves: Moves = straying): Promise<Model> {
  const answer = play(moves);
  let waiting: (() => void)[] = [];
  let held: string | undefined;
  const server = await startMessagesServer(async (request: RecordedRequest): Promise<Reply> => {
    if (held !== undefined && textOf(request.body, -1).includes(held)) await new Promise<void>((resolve) => waiting.push(resolve));
    return answer(request);
  });
  return {
    server,
    hold: (word = '') => { held = word; },
    get waiting() { return waiting.length; },
    release() {
      held = undefined;
      for (const go of waiting) go();
      waiting = [];
    },
  };
}
