import type { Moves } from '../../scenarios/support/moves.ts';
import { honest, play } from '../../scenarios/support/moves.ts';
import { call } from '../../support/messagesServer/replies.ts';
import type { Reply } from '../../support/messagesServer/replies.ts';
import { startMessagesServer } from '../../support/messagesServer/startMessagesServer.ts';
import type { MessagesServer, RecordedRequest } from '../../support/messagesServer/startMessagesServer.ts';

/** A model service that can be made to wait before it answers. */
export interface Model {
  readonly server: MessagesServer;
  /** From now on no request is answered. Those that wait are counted by `waiting`. */
  hold(): void;
  readonly waiting: number;
  /** Answers what waits, and everything after it. */
  release(): void;
}

/** The honest run, with a command in the middle that changes a file that must stay. */
const straying: Moves = {
  ...honest,
  'minimal-hook': [[call('bash', { command: 'node tools/stray.mjs' }), ...(honest['minimal-hook']?.[0] ?? [])]],
};

export async function startModel(moves: Moves = straying): Promise<Model> {
  const answer = play(moves);
  let waiting: (() => void)[] = [];
  let held = false;
  const server = await startMessagesServer(async (request: RecordedRequest): Promise<Reply> => {
    if (held) await new Promise<void>((resolve) => waiting.push(resolve));
    return answer(request);
  });
  return {
    server,
    hold: () => { held = true; },
    get waiting() { return waiting.length; },
    release() {
      held = false;
      for (const go of waiting) go();
      waiting = [];
    },
  };
}
