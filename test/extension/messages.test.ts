import assert from 'node:assert/strict';
import type { FromWebview } from '../../src/core/protocol.ts';
import { readMessage } from '../../src/extension/messages/read.ts';

const good: readonly FromWebview[] = [
  { type: 'ready' }, { type: 'start' }, { type: 'start', contract: '.bounded/a.bounded.yaml' }, { type: 'start-example' }, { type: 'resume', session: 's' },
  { type: 'intention', intention: { type: 'approve', gate: 'g', ids: ['a', 'b'] } },
  { type: 'intention', intention: { type: 'send-back', gate: 'g' } },
  { type: 'intention', intention: { type: 'rewind-hunk', flag: 'f', hunk: 'h' } },
  { type: 'intention', intention: { type: 'keep', how: 'undo' } },
  { type: 'intention', intention: { type: 'keep', how: 'branch', withoutMine: true } },
  { type: 'intention', intention: { type: 'stop' } },
  { type: 'open', target: { kind: 'report', file: 'EVIDENCE.md' } },
  { type: 'open', target: { kind: 'diff' } },
  { type: 'open', target: { kind: 'verdict-diff' } },
  { type: 'intention', intention: { type: 'keep', how: 'drop' } },
];

const bad: readonly unknown[] = [
  undefined, null, 'approve', 3, [], {}, { type: 'unknown' }, { type: 'toString' }, { type: 'ready', more: 1 },
  { type: 'intention' }, { type: 'intention', intention: null }, { type: 'intention', intention: { type: 'approve' } },
  { type: 'intention', intention: { type: 'approve', gate: 7 } }, { type: 'intention', intention: { type: 'approve', gate: 'g', ids: 'all' } },
  { type: 'intention', intention: { type: 'approve', gate: 'g', ids: [1] } }, { type: 'intention', intention: { type: 'approve', gate: 'g', by: 'person' } },
  { type: 'intention', intention: { type: 'keep', how: 'push' } }, { type: 'intention', intention: { type: 'keep', how: 'branch', withoutMine: 'yes' } }, { type: 'intention', intention: { type: 'constructor' } },
  { type: 'intention', intention: { type: 'note', text: 'x'.repeat(20_001) } },
  { type: 'open', target: { kind: 'report', file: '../../secret.md' } }, { type: 'open', target: { kind: 'file', path: '/etc/passwd' } }, { type: 'resume' },
];

describe('A message of the side view', () => {
  it('is read with the hunks of a file that has very many', () => {
    const hunks = Array.from({ length: 20_000 }, (_, at) => ({ path: 'a', hunk: String(at) }));
    assert.ok(readMessage({ type: 'intention', intention: { type: 'mark-hunks', reviewed: true, hunks } }) !== undefined);
  });

  for (const message of good) it(`is read: ${JSON.stringify(message)}`, () => assert.deepEqual(readMessage(message), message));

  for (const message of bad) it(`is dropped: ${JSON.stringify(message)?.slice(0, 90)}`, () => assert.equal(readMessage(message), undefined));
});
