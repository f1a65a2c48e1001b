import assert from 'node:assert/strict';
import { closing } from '../../src/cli/closing.ts';
import type { ResultLine } from '../../src/cli/output.ts';
import type { Flag } from '../../src/core/session/session.ts';
import { answered, base, finding, flag, gate, opened, phase, write } from '../core/session/support/events.ts';
import { Story } from '../core/session/support/journal.ts';

const stray = (id: string, more: Partial<Flag> = {}): Flag => flag(id, write(`out/${id}`, 'a', 'b', 'command'), more);
const many = (count: number): readonly Flag[] => Array.from({ length: count }, (_, index) => stray(`f${index}`));
const result = (files: number, lines: number) => ({ verdict: 'pass', diff: { files, lines } }) as ResultLine;

/** What is said at a gate about these flags, after the question: how it is answered. */
function atGate(flags: readonly Flag[], ids = flags.map(({ id }) => id)): readonly string[] {
  const { session } = new Story().tell(base, phase('minimal-hook'), { type: 'flags/raised', flags }, gate('g', 'minimal-hook', 'stray', ids));
  return said(session);
}

function said(session: Story['session']): readonly string[] {
  assert.ok(session.gate !== undefined);
  return closing(session, { kind: 'waiting', gate: session.gate }, result(0, 0)).split('\n').slice(2);
}

describe('the last words of a session in a terminal', () => {
  it('name both approvals where flags are open, and what each does', () => {
    assert.deepEqual(atGate(many(2)), [
      'Answer: bounded resume s1 --approve g | --send-back NOTE | --rewind BOUNDARY | --stop',
      '  --approve g: all that is open here; what is flagged stays as it is, and so does the contract',
      '  --approve f0,f1: the same, but what is out of scope comes into it by an amendment of the contract: these paths may change from then on',
    ]);
  });

  it('mean the same by the first of them, however many flags there are', () => {
    assert.deepEqual([20, 21].map((count) => atGate(many(count)).slice(0, 2)), [atGate(many(2)).slice(0, 2), atGate(many(2)).slice(0, 2)]);
    assert.deepEqual([20, 21].map((count) => atGate(many(count)).length), [3, 2], 'few ids are typed, many are not');
  });

  it('offer no amendment that would not be made', () => {
    const none = [stray('f1', { standing: 'oracle-protected' }), stray('f2', { beside: { path: 'out/f2' } as NonNullable<Flag['beside']> }), stray('f3', { path: 'out/a\nb' })];
    assert.equal(atGate(none).length, 2);
    assert.equal(atGate([...none, stray('f4')]).length, 3);
  });

  it('name what is open where nothing is flagged, and the gate where that is much', () => {
    const approval = (ids: readonly string[]) => {
      const { session } = new Story().tell(base, phase('review'), { type: 'review/reported', findings: ids.map((id) => finding(id)), dropped: 0 }, gate('g', 'review', 'findings', ids));
      return said(session).map((line) => /--approve (\S+)/.exec(line)?.[1]);
    };
    assert.deepEqual([approval(['F-1', 'F-2']), approval(many(21).map(({ id }) => id))], [['F-1,F-2'], ['g']]);
    assert.deepEqual(said(new Story().tell(base, phase('explore'), gate('g', 'explore')).session).map((line) => line.includes('--approve explore |')), [true]);
  });

  it('count what there is one of', () => {
    const { session } = new Story().tell(base, phase('explore'), ...opened('e1'), answered('e1', [], 'end_turn', null));
    assert.match(closing(session, { kind: 'ended' } as never, result(1, 1)), /pass · 1 file, 1 line · 1 turn · \$0\.00 and 1 request without/);
    assert.match(closing(session, { kind: 'ended' } as never, result(2, 0)), /2 files, 0 lines/);
  });
});
