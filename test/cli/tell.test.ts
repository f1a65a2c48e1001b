import assert from 'node:assert/strict';
import { tell } from '../../src/cli/tell.ts';
import type { SettledFlag } from '../../src/core/session/facts.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import { Story } from '../core/session/support/journal.ts';

const told = (event: SessionEvent): string | undefined => tell(new Story().session, { v: 1, seq: 2, prev: '', at: 0, active: 0, event });

describe('what a terminal tells', () => {
  it('of many flags is how many came to which end', () => {
    const settled = Array.from({ length: 30 }, (_, index): SettledFlag => ({ flag: `f${index}`, how: index < 29 ? 'rewound' : 'restored' }));
    assert.equal(told({ type: 'flags/settled', settled }), '   30 flags: 29 rewound, 1 restored');
  });

  it('of a rewind is how many files came back', () => {
    const rewound = (...restored: readonly string[]) => told({ type: 'rewind/done', rewind: { id: 'w', kind: 'file', to: 'a', safety: 't1', tree: 't2', restored, merged: [], left: [], writes: [], by: 'person' } });
    assert.deepEqual([rewound('a'), rewound('a', 'b')], ['   rewound file a: 1 file', '   rewound file a: 2 files']);
  });
});
