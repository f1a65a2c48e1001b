import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readJournal } from '../../../src/node/journal/journal.ts';
import type { RepositoryState } from '../../../src/node/journal/stateDir.ts';
import { useStore } from '../../../src/node/journal/storeUsers.ts';
import { createRooms } from '../../../src/node/session/room.ts';
import { stateOf } from '../../../src/node/session/state.ts';
import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import { openWorkspace } from '../../../src/node/workspace/openWorkspace.ts';
import { newRepo, removeRepos } from '../workspace/opened.ts';
import { isThere, named, storedSession } from './storedSession.ts';
import type { EvictionPlan } from '../../../src/core/session/facts.ts';

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

  const session = (id: string, { workspace, content }: { readonly workspace: KeepingWorkspace; readonly content: () => Promise<string> }, state: RepositoryState, ended: boolean) => storedSession(id, { workspace, state, content, ended });

  const [older, newer, own] = ['20260101-000000-000-a', '20260102-000000-000-b', '20260103-000000-000-c'];

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
      assert.deepEqual(await Promise.all(trees.map((tree) => isThere({ ...all.repo, state: all.state }, tree))), [true, false, true]);
    }
    await all.use.end();
  });

  it('takes nothing of a session whose trace is damaged, be it of this repository or of another that works here as well', async () => {
    const all = await world();
    const damage = ({ folder: { trace } }: { readonly folder: { readonly trace: string } }) => fs.writeFileSync(trace, fs.readFileSync(trace, 'utf8').replace('"boundary":"explore"', '"boundary":"exxlore"'));
    const damaged = await session(older, all, all.state, true);
    damage(damaged);
    const elsewhere = { ...all.state, sessions: fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-elsewhere-')) };
    const guest = await session(newer, all, elsewhere, true);
    damage(guest);
    fs.mkdirSync(path.join(all.state.dir, 'guests'));
    fs.writeFileSync(path.join(all.state.dir, 'guests', newer), JSON.stringify({ session: newer, workspace: '/elsewhere', root: all.repo.root, trace: guest.folder.trace }));
    const running = await session(own, all, all.state, false);
    await all.room.measure();
    const plan = await all.room.plan(running.session);
    assert.deepEqual(named(plan), ['c: explore']);
    assert.equal(await all.room.carryOut(plan as EvictionPlan, async () => running.session), undefined);
    for (const tree of [...damaged.trees, ...guest.trees]) assert.ok(await isThere({ ...all.repo, state: all.state }, tree));
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
