import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Room } from '../../../src/agent/ports.ts';
import { evolve } from '../../../src/core/session/evolve.ts';
import type { EvictionPlan } from '../../../src/core/session/facts.ts';
import { splitIds } from '../../../src/core/session/joinedIds.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { readJournal } from '../../../src/node/journal/journal.ts';
import { useStore } from '../../../src/node/journal/storeUsers.ts';
import { SeveralRoots } from '../../../src/node/roots/severalRoots.ts';
import { noteGuest } from '../../../src/node/session/guests.ts';
import { createRooms } from '../../../src/node/session/room.ts';
import { stateOf } from '../../../src/node/session/state.ts';
import { openWorkspace } from '../../../src/node/workspace/openWorkspace.ts';
import type { CheckpointStore } from '../../../src/node/workspace/store/checkpoints.ts';
import { repoAt } from '../../support/repo.ts';
import { newRepo, removeRepos } from '../workspace/opened.ts';
import { isThere, named, type Stored, storedSession } from './storedSession.ts';

type Name = 'work' | 'api' | 'web';

describe('room in the stores of several roots', () => {
  const home = process.env['XDG_STATE_HOME'];
  afterEach(() => {
    removeRepos();
    if (home === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = home;
  });

  const [older, newer, own] = ['20260101-000000-000-a', '20260102-000000-000-b', '20260103-000000-000-c'];
  const holder = { door: 'the test' };

  /**
   * Three repositories beside each other. In the first two works the session of this process; the store of the second, `api`, is full. A session that ended
   * began in `web`, one that waits began in `api`; both have worked in `api` and `web`.
   */
  async function world() {
    const first = newRepo({ 'a.txt': 'a' });
    process.env['XDG_STATE_HOME'] = path.join(first.outside, 'state');
    const at = async (name: Name, limit: number) => {
      const repo = repoAt(path.join(first.outside, name), first.outside);
      fs.mkdirSync(repo.root, { recursive: true });
      repo.git('init', '-q', '-b', 'main');
      const state = await stateOf(repo.root);
      const workspace = await openWorkspace({ root: repo.root, store: state.store, scratch: [], secret: [], contractFile: 'x' });
      return { root: repo.root, folder: repo.root, state, workspace, limit, change: () => repo.write('large.bin', randomBytes(20_000)) };
    };
    const roots = { work: await at('work', 2 ** 30), api: await at('api', 60_000), web: await at('web', 2 ** 30) };
    const session = async (id: string, main: Name, other: Name, ended: boolean): Promise<Stored> => {
      const several = new SeveralRoots([{ name: '', workspace: roots[main].workspace }, { name: `../${other}`, workspace: roots[other].workspace }]);
      await noteGuest([{ name: '', ...roots[main] }, { name: `../${other}`, ...roots[other] }], id, roots[main].folder);
      const content = async (): Promise<string> => {
        for (const name of [main, other]) roots[name].change();
        return (await several.capture()).tree;
      };
      return storedSession(id, { workspace: several, state: roots[main].state, content, ended, roots: [`../${other}`] });
    };
    const [ended, waiting, running] = [await session(older, 'web', 'api', true), await session(newer, 'api', 'web', false), await session(own, 'work', 'api', false)];
    const uses = await Promise.all([roots.work, roots.api].map(({ state }) => useStore(state.dir, holder)));
    const stores = await Promise.all([roots.work, roots.api].map(async ({ folder, state, workspace: { checkpoints }, limit }, place) => {
      await checkpoints.measure();
      return { name: place === 0 ? '' : '../api', folder, state, checkpoints, use: uses[place] ?? assert.fail(), limit };
    }));
    const rooms = (changed: Partial<CheckpointStore> = {}): readonly Room[] => createRooms({
      stores: stores.map(({ checkpoints: one, ...rest }) => ({
        ...rest, checkpoints: { bytes: one.bytes, measure: () => one.measure(), kindsOf: (oids) => one.kindsOf(oids), fit: (...what) => one.fit(...what), keepOnly: (...what) => one.keepOnly(...what), ...changed },
      })),
      session: own, door: 'the test', redact: (text) => text,
    });
    const recorded = (session: Session, plan: EvictionPlan) => async () => evolve(session, { seq: 9, at: 1, active: 0, event: { type: 'checkpoints/evicted', boundaries: plan.phases.find((one) => one.session === own)?.boundaries ?? [], limit: 1, by: own } });
    /** Of each tree of a session, whether the stores of these repositories have it. */
    const kept = async ({ trees }: Stored, names: readonly Name[]) => Promise.all(trees.map(async (tree) => (await Promise.all(splitIds(tree, 2).map((id, place) => isThere(roots[names[place] ?? 'web'], id)))).map(String).join(' ')));
    const end = () => Promise.all(uses.map((use) => use.end()));
    return { roots, ended, waiting, running, rooms, recorded, kept, end };
  }

  const last = async ({ folder }: Stored) => {
    const { entries, problem } = await readJournal(folder.trace);
    const event = entries.at(-1)?.event;
    return problem ?? (event?.type === 'checkpoints/evicted' ? event.boundaries.map(({ commit }) => commit) : event?.type);
  };

  it('is made in the order of one root, by guests as well, once nobody works where they began; each trace says so, and what went here goes in the other roots', async () => {
    const { roots, ended, waiting, running, rooms, recorded, kept, end } = await world();
    const [main, room] = rooms();
    assert.ok(main !== undefined && room !== undefined);
    assert.deepEqual([main.root, room.root, named(await main.plan(running.session))], ['', '../api', []]);
    const plan = (await room.plan(running.session)) as EvictionPlan;
    assert.deepEqual(named(plan), ['a: explore', 'b: explore', 'c: explore']);

    const other = await useStore(roots.web.state.dir, { door: 'the editor' });
    assert.match((await room.carryOut(plan, () => assert.fail('it was recorded'))) ?? '', /in use: the editor/);
    assert.deepEqual([await last(ended), await last(waiting), named(await room.plan(running.session))], ['session/ended', 'boundary/crossed', ['b: explore', 'c: explore']]);
    await other.end();

    assert.equal(await room.carryOut(plan, recorded(running.session, plan)), undefined);
    assert.deepEqual([await last(ended), await last(waiting)], [[ended.commits[1]], [waiting.commits[1]]]);
    assert.deepEqual(await kept(running, ['work', 'api']), ['true true', 'false false', 'true true']);
    // The store of a repository that this session does not work in is not touched: it need not keep them when room is made there.
    assert.deepEqual([await kept(ended, ['web', 'api']), await kept(waiting, ['api', 'web'])], [['true true', 'true false', 'true true'], ['true true', 'false true', 'true true']]);
    await end();
  });

  it('is made in one root while another is in use, or the process dies between the record and the removal: what is recorded stays gone and goes when there is a way', async () => {
    const { roots, ended, waiting, running, rooms, recorded, kept, end } = await world();
    const plan = (await rooms()[1]?.plan(running.session)) as EvictionPlan;
    const record = recorded(running.session, plan);
    assert.equal(await rooms({ keepOnly: () => Promise.reject(new Error('killed')) })[1]?.carryOut(plan, record), 'killed');
    assert.deepEqual([await last(ended), await last(waiting)], [[ended.commits[1]], [waiting.commits[1]]]);
    assert.deepEqual(await kept(running, ['work', 'api']), ['true true', 'true true', 'true true']);

    const session = await record();
    const again = (await rooms()[1]?.plan(session)) as EvictionPlan;
    assert.deepEqual([named(again), again.bytes > 60_000], [[], true]);
    const other = await useStore(roots.work.state.dir, { door: 'the editor' });
    assert.equal(await rooms()[1]?.carryOut(again, async () => session), undefined);
    assert.deepEqual(await kept(running, ['work', 'api']), ['true true', 'true false', 'true true']);
    await other.end();
    assert.equal(await rooms()[1]?.carryOut(again, async () => session), undefined);
    assert.deepEqual(await kept(running, ['work', 'api']), ['true true', 'false false', 'true true']);
    await end();
  });
});
