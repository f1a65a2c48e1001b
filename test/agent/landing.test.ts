import assert from 'node:assert/strict';
import { concerns } from '../../src/agent/landing.ts';
import { runSession } from '../../src/agent/loop.ts';
import { Paused, type Run } from '../../src/agent/run.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import { asked, base, called, calls, gate, opened, phase } from '../core/session/support/events.ts';
import { Story } from '../core/session/support/journal.ts';

describe('What landed of a command', () => {
  it('explains a change beside the tree at its path and around it, and no other', () => {
    const isOurs = concerns({ before: '', withheld: [], landed: new Set(['a/b/file', 'gone']) });
    assert.deepEqual(['a/b/file', 'a/b', 'a', 'gone'].filter((path) => !isOurs(path)), []);
    assert.deepEqual(['a/c', 'a/b/other', 'gone/in/it', 'gone2', 'b', 'a/b/file2'].filter(isOurs), []);
  });

  it('is settled before anything else, also before a budget that is over ends the session: no oracle measures what is half landed, and nothing of a layer is lost', async () => {
    for (const [hours, more] of [[8, []], [1, [{ type: 'budget/reached', budget: 'turns', detail: 'no more turns' }]], [1, [gate('g', 'minimal-hook', 'head-moved')]]] as const) {
      const story = new Story().tell(base, phase('minimal-hook'), ...opened('c'), asked('c'), calls('c', 'b', 'bash'), called('c', 'b', 'bash'), ...more);
      const recorded: string[] = [];
      const record = async (event: SessionEvent) => {
        recorded.push(event.type);
        return story.tell(event).session;
      };
      const nothing = (): void => undefined;
      const recorder = { get session() { return story.session; }, record, active: hours * 3_600_000, startClock: nothing, stopClock: nothing };
      const shell = { lastRun: async () => undefined, written: async () => { throw new Paused('the folder is not there'); } };
      const run = { ports: { rooms: [], shell, clock: { monotonic: () => 0 } }, recorder, signal: { aborted: false }, progress: nothing } as unknown as Run;
      assert.deepEqual(await runSession(run, (work) => work()), { kind: 'paused', reason: 'the folder is not there' });
      assert.deepEqual(recorded, ['session/paused']);
    }
  });
});
