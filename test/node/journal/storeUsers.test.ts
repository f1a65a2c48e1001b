import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { aloneInStore, aloneInStores, userOf, useStore } from '../../../src/node/journal/storeUsers.ts';

describe('the users of a checkpoint store', () => {
  const folders: string[] = [];
  const newFolder = (): string => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-users-'));
    folders.push(folder);
    return folder;
  };
  afterEach(() => { for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true }); });

  const terminal = { door: 'the terminal' };
  const work = async () => 'done';

  it('keep everybody else from removing anything, for as long as they are there', async () => {
    const dir = newFolder();
    const [own, other] = [await useStore(dir, terminal), await useStore(dir, { door: 'the editor', session: 's2' })];
    assert.deepEqual(await aloneInStore(dir, own, terminal, work), { usedBy: `the editor (process ${process.pid}, session s2)` });
    await other.end();
    assert.deepEqual(await aloneInStore(dir, own, terminal, work), { done: 'done' });
    assert.deepEqual(await aloneInStore(dir, undefined, terminal, work), { usedBy: `the terminal (process ${process.pid})` });
    await own.end();
    assert.deepEqual(await aloneInStore(dir, undefined, terminal, work), { done: 'done' });
    assert.deepEqual(fs.readdirSync(path.join(dir, 'users')), []);
  });

  it('do not begin before whoever removes something is done', async () => {
    const dir = newFolder();
    const order: string[] = [];
    let finish: () => void = () => undefined;
    const removing = aloneInStore(dir, undefined, terminal, () => new Promise<void>((resolve) => { finish = resolve; order.push('removing'); }));
    while (order.length === 0) await new Promise(setImmediate);
    const using = useStore(dir, terminal).then((use) => (order.push('using'), use));
    const users = path.join(dir, 'users');
    while (!fs.existsSync(users) || fs.readdirSync(users).length === 0) await new Promise(setImmediate);
    assert.ok('usedBy' in (await aloneInStore(dir, undefined, terminal, work)), 'a second one does not begin either');
    fs.rmSync(path.join(dir, 'users'), { recursive: true });
    order.push('removed');
    finish();
    await removing;
    const use = await using;
    assert.deepEqual(order, ['removing', 'removed', 'using']);
    assert.ok('usedBy' in (await aloneInStore(dir, undefined, terminal, work)), 'also where their mark was removed meanwhile');
    await use.end();
  });

  it('of several stores keep everybody else from all of them, and of two that want to be alone in the same ones each time one is', async () => {
    const stores = [newFolder(), newFolder()].map((dir) => ({ dir }));
    const [first = assert.fail(), second = assert.fail()] = stores;
    const own = await useStore(first.dir, terminal);
    assert.deepEqual([await userOf(first), await userOf({ ...first, own }), await userOf(second)], [`the terminal (process ${process.pid})`, undefined, undefined]);
    for (const wanted of [stores, stores.toReversed()]) assert.ok('usedBy' in (await aloneInStores(wanted, terminal, async () => assert.fail('one of them is in use'))));
    assert.deepEqual(await aloneInStores([{ ...first, own }, second], terminal, () => Promise.all(stores.map((one) => aloneInStore(one.dir, own, terminal, work)))), { done: stores.map(() => ({ usedBy: `the terminal (process ${process.pid})` })) });
    await own.end();
    // Whoever is alone waits for the answer to the other one, who does not wait.
    const answers: Promise<object>[] = [stores, stores.toReversed()].map((wanted, at) => aloneInStores(wanted, terminal, async () => Object.keys(await (answers[1 - at] ?? assert.fail()))));
    assert.deepEqual((await Promise.all(answers)).flatMap((one) => Object.keys(one)).sort(), ['done', 'usedBy']);
  });

  it('are forgotten where they died without a word', async () => {
    const dir = newFolder();
    fs.mkdirSync(path.join(dir, 'users'));
    fs.writeFileSync(path.join(dir, 'users', 'left-by-a-dead-one'), '');
    assert.deepEqual(await aloneInStore(dir, undefined, terminal, work), { done: 'done' });
    assert.deepEqual(fs.readdirSync(path.join(dir, 'users')), []);
  });
});
