import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fold } from '../../../src/core/session/evolve.ts';
import type { Entry, SessionEvent } from '../../../src/core/session/events.ts';
import type { EvictionPlan } from '../../../src/core/session/retention.ts';
import { createJournal, readJournal } from '../../../src/node/journal/journal.ts';
import { createSession } from '../../../src/node/journal/sessions.ts';
import type { RepositoryState } from '../../../src/node/journal/stateDir.ts';
import { useStore } from '../../../src/node/journal/storeUsers.ts';
import { createRooms } from '../../../src/node/session/room.ts';
import { stateOf } from '../../../src/node/session/state.ts';
import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import { openWorkspace } from '../../../src/node/workspace/openWorkspace.ts';
import { contractOf } from '../../core/session/support/journal.ts';
import { newRepo, removeRepos } from '../workspace/opened.ts';

describe('room in the store of a repository', () => {
  const home = process.env['XDG_STATE_HOME'];
  afterEach(() => {
    removeRepos();
    if (home === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = home;
  });

  /** A repository with the session of a user of its store, and a way to make others. */
  async function world() {
    const repo = newRepo({ 'a.txt': 'a' });
    process.env['XDG_STATE_HOME'] = path.join(repo.outside, 'state');
    const state = await stateOf(repo.root);
    const workspace = await openWorkspace({ root: repo.root, store: state.store, scratch: [], secret: [], contractFile: 'x' });
    const use = await useStore(state.dir, { door: 'the test' });
    const [room] = createRooms({ stores: [{ name: '', folder: repo.root, state, checkpoints: workspace.checkpoints, use, limit: 60_000 }], session: own, door: 'the test', redact: (text) => text });
    assert.ok(room !== undefined);
    const content = async (): Promise<string> => {
      repo.write('large.bin', randomBytes(20_000));
      return (await workspace.capture()).tree;
    };
    return { repo, state, workspace, use, room, content };
  }

  /** A session with two boundaries, each with a content of its own, written into its journal; answers the trees and the session. */
  async function session(id: string, { workspace, content }: { readonly workspace: KeepingWorkspace; readonly content: () => Promise<string> }, state: RepositoryState, ended: boolean) {
    const folder = await createSession(state, id);
    const trees = [await content(), await content(), await content()];
    const commits: string[] = [];
    for (const tree of trees) commits.push(await workspace.commit({ tree, branch: `bounded/task/${id}/1`, message: id, author: 'bounded', ...(commits.length === 0 ? {} : { parent: commits.at(-1) ?? '' }) }));
    const boundary = (name: 'explore' | 'baseline', index: number): SessionEvent => ({ type: 'boundary/crossed', boundary: name, phase: name, tree: trees[index] ?? '', commit: commits[index] ?? '', notCovered: [], change: { files: 0, added: 0, removed: 0 } });
    const events: SessionEvent[] = [
      { type: 'session/started', session: id, name: 'task', contractFile: 'x', contractText: '', contractHash: '', contract: contractOf(), workspace: workspace.root, sandbox: { kind: 'none', detail: '' }, endpoint: { url: '' }, product: '' },
      { type: 'base/taken', base: { tree: trees[0] ?? '', commit: commits[0] ?? '', dirty: [], notCovered: [] } }, boundary('explore', 1), boundary('baseline', 2),
      ...(ended ? [{ type: 'session/ended', end: 'completed', detail: '' } as const] : []),
    ];
    const journal = await createJournal(folder.trace);
    const entries: Entry[] = [];
    for (const event of events) entries.push(await journal.append(1_700_000_000_000, 0, event));
    await journal.close();
    return { folder, trees, session: fold(entries) ?? assert.fail() };
  }

  const [older, newer, own] = ['20260101-000000-000-a', '20260102-000000-000-b', '20260103-000000-000-c'];
  const named = (plan: EvictionPlan | string) => (typeof plan === 'string' ? plan : plan.phases.map((one) => `${one.session.at(-1)}: ${one.boundaries.map(({ boundary }) => boundary).join(' ')}`));
  const isThere = ({ repo, state }: { readonly repo: { readonly root: string }; readonly state: RepositoryState }, tree: string) =>
    openWorkspace({ root: repo.root, store: state.store, scratch: [], secret: [], contractFile: 'x' }).then((fresh) => fresh.entries(tree)).then(() => true, () => false);

  it('is made by what ended first, the older session before the newer one, then by what nobody works at, and by this one last', async () => {
    const all = await world();
    const waiting = await session(older, all, all.state, false);
    const ended = await session(newer, all, all.state, true);
    const running = await session(own, all, all.state, false);
    await all.room.measure();
    const plan = await all.room.plan(running.session);
    assert.deepEqual(named(plan), ['b: explore', 'a: explore', 'c: explore']);
    assert.equal(await all.room.carryOut(plan as EvictionPlan, async () => running.session), undefined);
    for (const { folder, trees } of [waiting, ended]) {
      const { entries, problem } = await readJournal(folder.trace);
      assert.deepEqual([problem, entries.at(-1)?.event.type], [undefined, 'checkpoints/evicted']);
      assert.deepEqual(await Promise.all(trees.map((tree) => isThere(all, tree))), [true, false, true]);
    }
    await all.use.end();
  });

  it('takes nothing of a session whose trace is damaged, nor of one of another repository that works here as well', async () => {
    const all = await world();
    const damaged = await session(older, all, all.state, true);
    fs.writeFileSync(damaged.folder.trace, fs.readFileSync(damaged.folder.trace, 'utf8').replace('"explore"', '"exxlore"'));
    const elsewhere = { ...all.state, sessions: fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-elsewhere-')) };
    const guest = await session(newer, all, elsewhere, true);
    fs.mkdirSync(path.join(all.state.dir, 'guests'));
    fs.writeFileSync(path.join(all.state.dir, 'guests', newer), JSON.stringify({ session: newer, workspace: '/elsewhere', root: all.repo.root, trace: guest.folder.trace }));
    const running = await session(own, all, all.state, false);
    await all.room.measure();
    const plan = await all.room.plan(running.session);
    assert.deepEqual(named(plan), ['c: explore']);
    assert.equal(await all.room.carryOut(plan as EvictionPlan, async () => running.session), undefined);
    for (const tree of [...damaged.trees, ...guest.trees]) assert.ok(await isThere(all, tree));
    fs.rmSync(elsewhere.sessions, { recursive: true });
    await all.use.end();
  });

  it('is not made while somebody else uses the store, and then nothing is recorded', async () => {
    const all = await world();
    const ended = await session(older, all, all.state, true);
    const running = await session(own, all, all.state, false);
    await all.room.measure();
    const plan = (await all.room.plan(running.session)) as EvictionPlan;
    const other = await useStore(all.state.dir, { door: 'the editor' });
    assert.match((await all.room.carryOut(plan, () => assert.fail('it was recorded'))) ?? '', /in use: the editor/);
    assert.equal((await readJournal(ended.folder.trace)).entries.at(-1)?.event.type, 'session/ended');
    await other.end();
    await all.use.end();
  });
});
