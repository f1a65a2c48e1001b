import { openConversation } from '../conversation.ts';
import { helperTurn } from '../prompts/helper.ts';
import type { Tool } from './tool.ts';
import { report } from './tool.ts';

export const explore: Tool<'explore'> = {
  name: 'explore',
  title: (input) => input.question,
  propose: async (input, { run, call }) => report(async () => {
    await openConversation(run, 'helper', helperTurn(input.question), call);
    return { outcome: 'deferred' };
  }),
};
