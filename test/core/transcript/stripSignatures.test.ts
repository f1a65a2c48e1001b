import assert from 'node:assert/strict';
import { userTurn } from '../../../src/core/transcript/append.ts';
import type { Message } from '../../../src/core/transcript/message.ts';
import { stripSignatures } from '../../../src/core/transcript/stripSignatures.ts';

describe('stripSignatures', () => {
  const said: Message = {
    role: 'assistant',
    content: [{ type: 'thinking', thinking: 't', signature: 's' }, { type: 'redacted_thinking', data: 'd' }, { type: 'text', text: 'Done.' }],
  };

  it('takes every signed block out of every turn', () => {
    const stripped = stripSignatures([userTurn('a'), said, userTurn('b'), said, userTurn('c')]);
    const rest = { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] };
    assert.deepEqual(stripped, [userTurn('a'), rest, userTurn('b'), rest, userTurn('c')]);
  });

  it('answers undefined where nothing is signed', () => {
    assert.equal(stripSignatures(stripSignatures([userTurn('a'), said, userTurn('b')]) ?? []), undefined);
  });
});
