import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Contract } from '../../../src/core/contract/contract.ts';
import { acquireLease } from '../../../src/node/journal/lease.ts';
import type { LeaseOutcome } from '../../../src/node/journal/leaseHolder.ts';
import { makeState, repositoryState } from '../../../src/node/journal/stateDir.ts';
import { createSession, sessionId } from '../../../src/node/journal/sessions.ts';
import { guestsOf, guestTraces, noteGuest } from '../../../src/node/session/guests.ts';
import { keptState, removeState } from '../../../src/node/session/pruneState.ts';
import { StartRefusal } from '../../../src/node/session/refusal.ts';
import { rootProblemsAt, rootsOf, takeLeases } from '../../../src/node/session/roots.ts';

const contract = (roots: readonly string[]) => ({ roots }) as Contract;
const holder = { door: 'a test', session: 's' };
let base: string;
let main: string;
const at = (...names: string[]): string => path.join(base, ...names);

function repository(...names: string[]): string {
  fs.mkdirSync(at(...names), { recursive: true });
  execFileSync('git', ['init', '-q'], { cwd: at(...names), env: { PATH: process.env['PATH'], HOME: base, GIT_CONFIG_NOSYSTEM: '1' } });
  return at(...names);
}

/** As `takeLeases` does: where the system has no named sockets, the lock is a file in the private state. */
async function leaseOf(folder: string, door: string): Promise<LeaseOutcome> {
  const state = await repositoryState(folder);
  await makeState(state);
  return acquireLease(state.lease, { door });
}

describe('the folders of a session', () => {
  const variables = { ...process.env };

  beforeEach(() => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-roots-')));
    main = repository('work');
    process.env['XDG_STATE_HOME'] = at('state');
  });
  afterEach(() => {
    for (const name of ['XDG_STATE_HOME', 'HOME']) if (variables[name] === undefined) delete process.env[name]; else process.env[name] = variables[name];
    fs.rmSync(base, { recursive: true, force: true });
  });

  it('exist, are folders by their own names, and are in repositories of their own; each other one is named with its place', async () => {
    repository('api');
    repository('libs', 'shared');
    repository('home', 'of', 'user');
    for (const folder of ['plain', 'state']) fs.mkdirSync(at(folder));
    fs.mkdirSync(at('libs', 'shared', 'inner'));
    fs.writeFileSync(at('file'), '');
    fs.symlinkSync('api', at('link'));
    fs.symlinkSync('libs', at('linked'));
    fs.symlinkSync(main, at('again'));
    fs.mkdirSync(at('api', '.git', 'inside'));
    process.env['HOME'] = at('home', 'of', 'user');
    const rows: readonly (readonly [string, RegExp | undefined])[] = [
      ['../api', undefined], ['../libs/shared', undefined], ['../gone', /there is no folder/], ['../file', /is no folder/], ['../link', /goes through a link.*api$/], ['../linked/shared', /goes through a link/], ['../again', /goes through a link/],
      ['../plain', /not in a git repository/], ['../libs/shared/inner', /same git repository as \.\.\/libs\/shared/], ['../home/of/user', /no workspace/], ['../home', /no workspace/], ['../work', /inside the workspace folder/], ['../work/src', /there is no folder/], ['../state', /not in a git repository/],
    ];
    const text = `roots:\n${rows.map(([root]) => `  - ${root}\n`).join('')}`;
    const problems = await rootProblemsAt(main, contract(rows.map(([root]) => root)), text);
    for (const [index, [root, why]] of rows.entries()) {
      const own = problems.find(({ line }) => line === index + 2);
      assert.equal(own === undefined, why === undefined, `${root}: ${own?.message}`);
      if (why !== undefined) assert.match(`${own?.column} ${own?.message}`, new RegExp(`^5 .*${why.source}`), root);
    }
    await assert.rejects(rootsOf(main, contract(['../plain'])), (error: Error) => error instanceof StartRefusal && /\.\.\/plain.*not in a git repository/.test(error.message));
    assert.deepEqual((await rootsOf(main, contract(['../libs/shared', '../api']))).map(({ name }) => name), ['', '../libs/shared', '../api']);
    assert.deepEqual((await rootsOf(main, {} as Contract)).map(({ folder }) => folder), [main]);
  });

  it('do not hold the private state, and are not another work tree of the same repository', async () => {
    const api = repository('api');
    process.env['XDG_STATE_HOME'] = path.join(api, 'state');
    assert.match((await rootProblemsAt(main, contract(['../api']), 'roots: [../api]\n'))[0]?.message ?? '', /lie within each other/);
    process.env['XDG_STATE_HOME'] = at('state');
    const git = (...words: string[]) => execFileSync('git', words, { cwd: main, env: { PATH: process.env['PATH'], HOME: base, GIT_CONFIG_NOSYSTEM: '1' }, stdio: 'ignore' });
    git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '--allow-empty', '-m', 'first');
    git('worktree', 'add', '../second');
    assert.match((await rootProblemsAt(main, contract(['../second']), 'roots: [../second]\n'))[0]?.message ?? '', /same git repository as the workspace folder/);
  });

  it('know of the sessions of other repositories that work in them, and are not pruned under one', async () => {
    const api = repository('api');
    const roots = await rootsOf(main, contract(['../api']));
    const id = sessionId(Date.now(), 'a');
    await noteGuest(roots, id, main);
    const state = await repositoryState(api);
    assert.deepEqual(await guestsOf(state), [], 'a session that has not begun');
    const folder = await createSession(await repositoryState(main), id);
    fs.writeFileSync(folder.trace, '');
    assert.deepEqual(await guestsOf(state), [{ session: id, workspace: main, root: api, trace: folder.trace }]);
    assert.deepEqual(await guestTraces(state), [{ session: id, trace: folder.trace, home: (await repositoryState(main)).dir }]);
    assert.match((await keptState(api)).warning, /Sessions of \S+work worked here/);
    assert.equal((await keptState(main)).warning, '');
    const git = (...words: string[]) => execFileSync('git', words, { cwd: api, env: { PATH: process.env['PATH'], HOME: base, GIT_CONFIG_NOSYSTEM: '1' }, stdio: 'ignore' });
    git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '--allow-empty', '-m', 'first');
    git('worktree', 'add', '../api-2');
    const holding = await takeLeases(roots, holder);
    await assert.rejects(removeState(at('api-2'), 'a test'), /works in this repository.*Nothing was removed/);
    await holding?.release();
    await removeState(at('api-2'), 'a test');
    assert.ok(!fs.existsSync(state.dir));
  });

  it('have one writer each: all leases or none', async () => {
    const [api, web] = [repository('api'), repository('web')];
    const roots = await rootsOf(main, contract(['../api', '../web']));
    const other = await leaseOf(web, 'another');
    assert.ok('release' in other);
    await assert.rejects(takeLeases(roots, holder), /works in \.\.\/web already: another/);
    for (const folder of [main, api]) {
      const free = await leaseOf(folder, 'a third');
      assert.ok('release' in free, `${folder} was given back`);
      await free.release();
    }
    await other.release();
    const holding = await takeLeases(roots, holder);
    for (const folder of [main, api, web]) assert.ok('heldBy' in (await leaseOf(folder, 'a third')), folder);
    await holding?.release();
    const free = await leaseOf(api, 'a third');
    assert.ok('release' in free);
    await free.release();
  });
});
