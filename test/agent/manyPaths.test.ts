import assert from 'node:assert/strict';
import { previewFor } from '../../src/agent/rewind/preview.ts';
import { rewindFlags } from '../../src/agent/rewind/rewind.ts';
import type { Workspace } from '../../src/agent/ports.ts';
import type { Run } from '../../src/agent/run.ts';
import type { Blob, FileDiff, Write } from '../../src/core/session/changes.ts';
import type { Flag, Session } from '../../src/core/session/session.ts';
import { redone, undone } from '../../src/core/session/undo.ts';
import { base, flag, wrote } from '../core/session/support/events.ts';
import { Story } from '../core/session/support/journal.ts';

const count = 1000;
/** Each path is read a few times; pass by pass over all others it would be as often as there are of them. */
const limit = 100 * count;

/** How often the path of any of these writes is read meanwhile. */
async function reads(work: (session: Session) => unknown): Promise<number> {
  let times = 0;
  const blob = (oid: string): Blob => ({ oid, mode: '100644' });
  const writes = Array.from({ length: count }, (_, index): Write => ({
    get path() {
      times += 1;
      return `src/${index}.ts`;
    },
    before: blob('old'), after: blob('new'), added: 1, removed: 1, binary: false, by: 'command', call: 'c', phase: 'minimal-hook', attempt: 1, turn: 1,
  }));
  const session = new Story().tell(base, wrote('t1', ...writes)).session;
  times = 0;
  await work(session);
  return times;
}

const path = (index: number): string => `src/${index}.ts`;
const paths = Array.from({ length: count }, (_, index) => path(index));
const diffs = ({ line }: Session): readonly FileDiff[] => line.writes.map(({ before, after }, index) => ({ path: path(index), added: 1, removed: 1, binary: false, ...(before && { before }), ...(after && { after }) }));

describe('a thousand paths', () => {
  it('are previewed in a few passes', async () => {
    const seen = await reads(async (session) => {
      const workspace = { capture: async () => ({ tree: 't1', control: {}, notCovered: [] }), diff: async () => diffs(session), hunks: async (diffs: readonly unknown[]) => diffs.map(() => []), rehearse: async (at: string) => ({ path: at, does: 'back' }) };
      const { files } = await previewFor(workspace as unknown as Workspace, session, { type: 'rewind-boundary', to: 'base' });
      assert.deepEqual([files.length, files.every((file) => file.hunks.length === 1)], [count, true]);
    });
    assert.ok(seen < limit, `${seen} reads`);
  });

  it('are rewound by their flags in a few passes', async () => {
    const seen = await reads(async (session) => {
      const back = new Map(session.line.writes.map(({ before }, index) => [path(index), before]));
      const workspace = { capture: async () => ({ tree: 't1', control: {}, notCovered: [] }), entries: async () => back };
      const run = { ports: { workspace, clock: { rest: async () => undefined } }, recorder: { session } } as unknown as Run;
      assert.equal(await rewindFlags(run, session.line.writes.map((write, index): Flag => flag(`f${index}`, write)), 'on-stray'), undefined, 'they are as they were');
    });
    assert.ok(seen < limit, `${seen} reads`);
  });

  it('are back on the line, and gone from it again, in a few passes', async () => {
    const seen = await reads((session) => {
      const rewind = { id: 'w', kind: 'file', to: 'many', safety: 't1', tree: 't2', restored: paths, merged: [], left: [], writes: session.line.writes, by: 'on-stray', previous: session.line, contractHash: 'h', at: 9, writesBefore: count, undone: false } as const;
      const back = undone(session, rewind, { type: 'rewind/undone', rewind: 'w', restored: paths, changes: diffs(session), left: [], tree: 't3' });
      assert.equal(back.own.length, count);
      const undoing = { at: 10, safety: 't2', tree: 't3', restored: paths, left: [], writes: back.own, writesBefore: 2 * count, previous: session.line, contractHash: 'h' };
      assert.equal(redone({ ...session, line: back.line, writes: back.writes }, { ...rewind, undone: true }, undoing, { type: 'rewind/redone', rewind: 'w', restored: paths, changes: diffs(session), left: [], tree: 't4' }).own.length, count);
    });
    assert.ok(seen < limit, `${seen} reads`);
  });
});
