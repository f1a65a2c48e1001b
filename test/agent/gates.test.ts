import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { decideAmendment } from '../../src/agent/gates.ts';
import type { Ports } from '../../src/agent/ports.ts';
import { Recorder } from '../../src/agent/recorder.ts';
import type { Run } from '../../src/agent/run.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import { base } from '../core/session/support/events.ts';
import { contractText, Story } from '../core/session/support/journal.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A session with an amendment that waits, and the contract file as it is on the disk. */
function waiting(disk: { text: string }): { readonly run: Run; readonly told: readonly SessionEvent[] } {
  const told: SessionEvent[] = [];
  const { session } = new Story(undefined, { contractHash: sha256(contractText) }).tell(base, { type: 'amendment/proposed', amendment: { id: 'A-1', change: 'budget: { turns: 500 }\n', why: 'more' } });
  const clock = { now: () => 0, monotonic: () => 0, sha256 } as unknown as Ports['clock'];
  const workspace = { hashOf: async () => sha256(disk.text), writeContract: async (_: string, text: string) => void (disk.text = text) };
  const journal = { append: async (at: number, active: number, event: SessionEvent) => (told.push(event), { seq: 100 + told.length, at, active, event } as never) };
  return { run: { ports: { clock, workspace }, recorder: new Recorder(journal, clock, session) } as unknown as Run, told };
}

describe('an amendment that a person approved', () => {
  it('comes into force, also where the process died after it had been written', async () => {
    const disk = { text: contractText };
    assert.equal(await decideAmendment(waiting(disk).run, 'A-1', true), undefined);
    assert.match(disk.text, /turns: 500/);
    const { run, told } = waiting(disk);
    assert.equal(await decideAmendment(run, 'A-1', true), undefined);
    assert.equal(run.recorder.session.contractHash, sha256(disk.text));
    assert.deepEqual(told.map((event) => event.type), ['amendment/decided']);
  });

  it('does not where the contract was changed by hand', async () => {
    const disk = { text: contractText.replace('turns: 400', 'turns: 900') };
    const { run, told } = waiting(disk);
    assert.match(await decideAmendment(run, 'A-1', true) ?? '', /changed by hand/);
    assert.deepEqual([told, disk.text.includes('turns: 900')], [[], true]);
  });
});
