import assert from 'node:assert/strict';
import { adoptContract } from '../../src/agent/adoptContract.ts';
import { decideAmendment } from '../../src/agent/gates.ts';
import { rootsAreFixed } from '../../src/agent/fixedRoots.ts';
import { proposeAmendment } from '../../src/agent/tools/notes.ts';
import type { ToolContext } from '../../src/agent/tools/tool.ts';
import type { Run } from '../../src/agent/run.ts';
import { readContract } from '../../src/core/contract/reader.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';

const text = 'task: x\nroots: [../api]\nscope: { change: [src/**] }\noracle: { checks: [{ id: a, run: b, metrics: { m: { at-most: 1 } } }] }\n';

/** A session under `text` whose contract file holds `onDisk`, with one open amendment, and what is recorded of it. */
function under(onDisk: string, change = ''): { readonly run: Run; readonly events: SessionEvent[] } {
  const { contract } = readContract(text);
  const events: SessionEvent[] = [];
  const session = { contract, contractText: text, contractHash: 'before', contractFile: 'x.bounded.yaml', amendments: [{ id: 'A-1', change, why: '' }] };
  const workspace = { read: async () => ({ kind: 'text', text: onDisk }), hashOf: async () => 'before', writeContract: async () => undefined };
  const run = { recorder: { session, record: async (event: SessionEvent) => events.push(event) }, ports: { workspace, clock: { sha256: () => 'after' } } };
  return { run: run as unknown as Run, events };
}

describe('the folders of a session', () => {
  for (const roots of ['[../api, ../web]', '[../web]', '[]']) {
    it(`stay as they are when the contract says ${roots} at the gate of explore`, async () => {
      const { run, events } = under(text.replace('[../api]', roots));
      assert.equal(await adoptContract(run, 't'), false);
      assert.match(JSON.stringify(events), /those that it started with/);
    });
  }

  it('do not keep anything else of the contract from being changed', async () => {
    const { run, events } = under(text.replace('src/**', '../api/src/**'));
    assert.equal(await adoptContract(run, 't'), true);
    assert.deepEqual(events.map(({ type }) => type), ['contract/adopted']);
  });

  it('are not what the model may ask to be changed', async () => {
    const { run, events } = under(text);
    const propose = (change: string) => proposeAmendment.propose({ change, why: 'more' }, { run } as ToolContext);
    assert.deepEqual(await propose('roots: [../web]\n').then((answer) => ('refused' in answer ? answer.refused : '')), 'scope');
    assert.ok('carryOut' in (await propose('scope: { change: [../api/src/**] }\n')));
    assert.deepEqual(events, []);
  });

  it('are widened by no amendment, also an approved one', async () => {
    const { run, events } = under(text, 'roots: [../api, ../web]\nscope: { change: [../web/**] }\n');
    assert.match(await decideAmendment(run, 'A-1', true) ?? '', /those that it started with/);
    assert.deepEqual(events, [{ type: 'amendment/decided', amendment: 'A-1', approved: false, invalid: rootsAreFixed }]);
    const other = under(text, 'scope: { change: [../api/src/**] }\n');
    assert.equal(await decideAmendment(other.run, 'A-1', true), undefined);
  });
});
