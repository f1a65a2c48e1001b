import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { raise, settle } from '../../src/agent/flags.ts';
import { answerProblem, applyAnswer, carryOut } from '../../src/agent/gates.ts';
import type { Ports } from '../../src/agent/ports.ts';
import { Recorder } from '../../src/agent/recorder.ts';
import type { Run } from '../../src/agent/run.ts';
import { settleGoneFlags } from '../../src/agent/strays.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import type { Flag, Gate } from '../../src/core/session/session.ts';
import { base, flag, gate, phase, write, wrote } from '../core/session/support/events.ts';
import { contractText, Story } from '../core/session/support/journal.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const stray = (id: string, path = `out/${id}`): Flag => flag(id, write(path, 'old', 'new', 'command'));
const many = (count: number): readonly Flag[] => Array.from({ length: count }, (_, index) => stray(`f${index}`));

/** A run on what was told, on a work tree in which everything is as it was before, though not as in the base; and what it records from then on. */
function running(...before: readonly SessionEvent[]): { readonly run: Run; readonly told: SessionEvent[]; readonly disk: { text: string } } {
  const told: SessionEvent[] = [];
  const disk = { text: contractText };
  const { session } = new Story(undefined, { contractHash: sha256(contractText) }).tell(base, phase('minimal-hook'), ...before);
  const clock = { now: () => 0, monotonic: () => 0, rest: async () => undefined, sha256 } as unknown as Ports['clock'];
  const workspace = {
    hashOf: async () => sha256(disk.text), writeContract: async (_: string, text: string) => void (disk.text = text), diff: async () => [],
    entries: async (tree: string, paths: readonly string[]) => new Map(paths.map((path) => [path, { oid: tree === 't0' ? 'base' : 'old', mode: '100644' }])),
  };
  const journal = { append: async (at: number, active: number, event: SessionEvent) => (told.push(event), { seq: 100 + told.length, at, active, event } as never) };
  return { run: { ports: { clock, workspace }, recorder: new Recorder(journal, clock, session) } as unknown as Run, told, disk };
}

const sizes = (told: readonly SessionEvent[]): readonly number[] => told.flatMap((event) => (event.type === 'flags/raised' ? [event.flags.length] : event.type === 'flags/settled' ? [event.settled.length] : []));
const outcomes = ({ recorder }: Run): readonly unknown[] => recorder.session.line.flags.map((one) => one.outcome);

describe('flags of one call', () => {
  it('are raised and settled many in one record, in their order', async () => {
    const { run, told } = running();
    const flags = many(5201);
    assert.deepEqual(await raise(run, flags), flags);
    await settle(run, flags.map(({ id }) => ({ flag: id, how: 'left' })));
    assert.deepEqual(sizes(told), [...Array.from({ length: 10 }, () => 500), 201, 5000, 201]);
    assert.deepEqual(run.recorder.session.line.flags, flags.map((one) => ({ ...one, outcome: 'left' })));
  });

  it('are not recorded where there are none', async () => {
    const { run, told } = running();
    assert.deepEqual(await raise(run, []), []);
    await settle(run, []);
    assert.deepEqual(told, []);
  });

  it('are fewer in a record where their hunks are long', async () => {
    const { run, told } = running();
    const hunk = { id: 'h', oldStart: 0, oldLines: 0, newStart: 1, newLines: 1, lines: [`+${'x'.repeat(100_000)}`] };
    await raise(run, many(7).map((one) => ({ ...one, hunks: [hunk] })));
    assert.deepEqual(sizes(told), [3, 3, 1]);
  });

  it('are settled together where everything is as it was before', async () => {
    const flags = many(1000);
    const { run, told } = running(wrote('t1', ...flags.map((one) => one.write)), { type: 'flags/raised', flags });
    await settleGoneFlags(run, 't1');
    assert.deepEqual(sizes(told), [1000]);
    assert.deepEqual(new Set(outcomes(run)), new Set(['restored']));
  });

  it('of one path are all settled once it is as it was before the first of them', async () => {
    const first = stray('f1', 'out/x');
    const second = flag('f2', { ...write('out/x', 'new', 'newer', 'command'), call: 'd' });
    const { run } = running(wrote('t1', first.write, second.write), { type: 'flags/raised', flags: [first, second] });
    await settleGoneFlags(run, 't1');
    assert.deepEqual(outcomes(run), ['restored', 'restored']);
  });
});

describe('a gate about flags', () => {
  const flags = [stray('f1'), stray('f2'), { ...stray('f3'), standing: 'oracle-protected' as const }];
  const opened: Gate = { id: 'g', kind: 'stray', phase: 'minimal-hook', question: 'Shall it go on?', blocking: ['f1', 'f2', 'f3'] };
  const atGate = (raised: readonly Flag[] = flags, then: readonly SessionEvent[] = []) => running({ type: 'flags/raised', flags: raised }, gate('g', 'minimal-hook', 'stray', raised.map(({ id }) => id)), ...then);

  it('is approved by everything that it names, or by its own name and no other', () => {
    const problem = (...ids: readonly string[]) => answerProblem(opened, { kind: 'approve', ids });
    assert.deepEqual([problem('f1', 'f2', 'f3'), problem('g'), problem('g', 'f1')], [undefined, undefined, undefined]);
    assert.match(problem('f1', 'h') ?? '', /approve f2, f3 by name, or g for all/);
    assert.match(problem() ?? '', /f1, f2, f3/);
  });

  it('allows those that are named, by one amendment of exactly their paths', async () => {
    const { run, told, disk } = atGate();
    assert.equal(await applyAnswer(run, opened, { kind: 'approve', ids: ['f1', 'f2', 'f3'] }, 'person'), undefined);
    assert.deepEqual(outcomes(run), ['allowed', 'allowed', 'left']);
    assert.deepEqual(told.flatMap((event) => (event.type === 'amendment/proposed' ? [event.amendment.change] : [])), ['scope:\n  change: ["out/f1","out/f2"]\n']);
    assert.match(disk.text, /out\/f1.*out\/f2/s);
  });

  it('leaves all as it is where it is approved as a whole, and the contract with it', async () => {
    const { run, disk } = atGate();
    assert.equal(await applyAnswer(run, opened, { kind: 'approve', ids: ['g'] }, 'person'), undefined);
    assert.deepEqual([outcomes(run), disk.text], [['left', 'left', 'left'], contractText]);
  });

  it('allows a path with two flags, and others beside those that no contract can name, of which nothing is proposed', async () => {
    const nameless = Array.from({ length: 30 }, (_, index) => stray(`n${index}`, `out/${index}\nb`));
    const raised = [stray('f1', 'out/x'), stray('f2', 'out/x'), ...nameless];
    const { run, told } = atGate(raised);
    assert.match(await applyAnswer(run, { ...opened, blocking: raised.map(({ id }) => id) }, { kind: 'approve', ids: raised.map(({ id }) => id) }, 'person') ?? '', /^no glob of a contract can name "out\/0\\nb", .*"out\/19\\nb" and 10 more: rewind/);
    assert.deepEqual(outcomes(run), ['allowed', 'allowed', ...nameless.map(() => undefined)]);
    assert.deepEqual(told.flatMap((event) => (event.type === 'amendment/proposed' ? [event.amendment.change] : [])), ['scope:\n  change: ["out/x"]\n']);
  });

  it('is carried out to its end by one amendment, decided once, wherever the process died', async () => {
    const whole = atGate();
    await applyAnswer(whole.run, opened, { kind: 'approve', ids: ['f1', 'f2', 'f3'] }, 'person');
    for (const cut of whole.told.keys()) {
      const recorded = whole.told.slice(0, cut + 1);
      const { run, told, disk } = atGate(flags, recorded);
      if (recorded.some(({ type }) => type === 'amendment/decided')) disk.text = whole.disk.text;
      assert.equal(await carryOut(run), undefined, recorded.at(-1)?.type);
      assert.deepEqual([...recorded, ...told].map(({ type }) => type), whole.told.map(({ type }) => type));
      assert.deepEqual([outcomes(run), run.recorder.session.amendments.map(({ decided }) => decided), disk.text], [['allowed', 'allowed', 'left'], ['approved'], whole.disk.text]);
    }
  });
});
