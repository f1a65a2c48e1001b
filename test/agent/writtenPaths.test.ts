import assert from 'node:assert/strict';
import { returnCall } from '../../src/agent/call.ts';
import { look } from '../../src/agent/look.ts';
import type { Capture, Ports, RestoreItem } from '../../src/agent/ports.ts';
import { ReadLedger } from '../../src/agent/readLedger.ts';
import { Recorder } from '../../src/agent/recorder.ts';
import { rewindWrites } from '../../src/agent/rewind/rewind.ts';
import type { Run } from '../../src/agent/run.ts';
import { measureCall } from '../../src/agent/strays.ts';
import type { Write } from '../../src/core/session/changes.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import { opened, phase } from '../core/session/support/events.ts';
import { Story } from '../core/session/support/journal.ts';

const file = 'src/model/block.js';
const blob = (oid: string | undefined) => (oid === undefined ? {} : { oid, mode: '100644' as const });

/** A work tree in memory; the id of a tree is what it holds. */
function inMemory(disk: Record<string, string>): { readonly run: (tree: Record<string, string>, write: Write) => Run; readonly told: SessionEvent[]; readonly asked: (string | undefined)[] } {
  const told: SessionEvent[] = [];
  const asked: (string | undefined)[] = [];
  const idOf = (tree: Record<string, string>) => JSON.stringify(Object.entries(tree).sort());
  const treeOf = (id: string) => new Map<string, string>(id.startsWith('[') ? (JSON.parse(id) as [string, string][]) : []);
  const capture = async (around?: string): Promise<Capture> => {
    asked.push(around);
    return { tree: idOf(disk), covers: 'everything', notCovered: [], control: {} };
  };
  const workspace = {
    capture, captureWritten: () => assert.fail('everything has to be looked at'), head: async () => ({}), sweep: async () => undefined, restoreBeside: async () => [], hunks: async (diffs: readonly unknown[]) => diffs.map(() => []), entries: async () => new Map(), blobText: async ({ oid }: { readonly oid: string }) => oid,
    scratchUse: async () => ({ files: 0, bytes: 0 }), resolve: async (path: string) => ({ path }),
    read: async (path: string) => ({ kind: 'text', text: disk[path], blob: blob(disk[path]), lines: 1 }),
    async diff(from: string, to: string) {
      const [before, after] = [treeOf(from), treeOf(to)];
      const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
      return paths.map((path) => ({ path, added: 1, removed: 0, binary: false, ...(before.has(path) ? { before: blob(before.get(path)) } : {}), ...(after.has(path) ? { after: blob(after.get(path)) } : {}) }));
    },
    async restore(items: readonly RestoreItem[]) {
      for (const { path, target } of items) if (target === null) delete disk[path]; else disk[path] = target.oid;
      return { restored: items.map(({ path }) => path), merged: [], left: [], now: new Map() };
    },
  };
  const clock = { now: () => 0, monotonic: () => 0, id: () => 'id', random: () => 0, sha256: () => '', sleep: async () => undefined, rest: async () => undefined };
  const run = (tree: Record<string, string>, write: Write): Run => {
    const { session } = new Story().tell({ type: 'base/taken', base: { tree: idOf({ [file]: 'old' }), commit: 'k0', dirty: [], notCovered: [] } }, phase('minimal-hook'), ...opened('m1'), { type: 'changes/written', writes: [write], tree: idOf(tree), covers: 'written' });
    let seq = 1000;
    const journal = { append: async (at: number, active: number, event: SessionEvent) => {
      told.push(event);
      return { seq: (seq += 1), at, active, event } as never;
    } };
    const ports = { workspace, clock, user: { takeSaved: () => [], unsaved: () => [] }, shell: { written: async () => undefined } } as unknown as Ports;
    return { ports, recorder: new Recorder(journal, clock, session), reads: new ReadLedger(), fingerprints: new Map(), signal: { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined }, progress: () => undefined };
  };
  return { run, told, asked };
}

const write: Write = { path: file, before: { oid: 'old', mode: '100644' }, after: { oid: 'new', mode: '100644' }, added: 1, removed: 1, binary: false, by: 'tool', call: 'c1', phase: 'minimal-hook', attempt: 1, turn: 1 };
const observed = (told: readonly SessionEvent[]) => told.flatMap((event) => (event.type === 'changes/observed' ? event.files.map(({ path }) => path) : []));

describe('After a look at written paths alone', () => {
  it('a rewind of a stray looks at everything first: what the user changed meanwhile is theirs', async () => {
    const { run, told } = inMemory({ [file]: 'new', 'NOTES.md': 'mine' });
    await rewindWrites(run({ [file]: 'new' }, write), [write], 'on-stray');
    assert.deepEqual([told.map((event) => event.type).slice(0, 2), observed(told)], [['changes/observed', 'rewind/begun'], ['NOTES.md']]);
    const rewind = told.find((event) => event.type === 'rewind/done');
    assert.deepEqual(rewind?.type === 'rewind/done' && rewind.rewind.writes.map(({ path }) => path), [file]);
  });

  it('an interrupted file tool is charged with its one path, everything else is the user\'s', async () => {
    const { run, told } = inMemory({ [file]: 'newer', 'NOTES.md': 'mine', 'src/model/other.js': 'mine' });
    const running = run({ [file]: 'new' }, write);
    const conversation = running.recorder.session.conversations['m1'] ?? assert.fail();
    await returnCall(running, conversation, { type: 'tool_use', id: 'c2', name: 'write', input: { file_path: file, content: 'newer' } }, undefined);
    assert.deepEqual(observed(told), ['NOTES.md', 'src/model/other.js']);
    assert.deepEqual(told.flatMap((event) => (event.type === 'changes/written' ? event.writes.map(({ path }) => path) : [])), [file]);
  });
});

describe('A look at everything', () => {
  it('relies on the states of folders after a command alone; between two actions, and after anything else, each is listed', async () => {
    const { run, asked } = inMemory({ [file]: 'new' });
    const running = run({ [file]: 'new' }, write);
    const before = running.recorder.session.tree ?? assert.fail();
    for (const by of ['command', 'tool'] as const) await measureCall(running, { call: 'c2', by, title: 'x', before });
    await look(running);
    assert.deepEqual(asked, ['command', undefined, undefined]);
  });
});
