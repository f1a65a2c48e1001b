import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { Paused } from '../../../src/agent/run.ts';
import type { TreeId } from '../../../src/core/session/changes.ts';
import { diskFault } from '../../../src/core/session/diskFault.ts';
import type { RootsToOpen } from '../../../src/node/roots/openRoots.ts';
import { errorOf, faultOf } from '../../../src/node/thread/faults.ts';
import { Joined } from '../../../src/node/thread/pieces.ts';
import { openInThread, type ThreadedWorkspace } from '../../../src/node/thread/workspaceThread.ts';
import type { SessionWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import { WorkspaceRefusal } from '../../../src/node/workspace/openWorkspace.ts';
import type { TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from '../workspace/opened.ts';

/** The program of the thread, as it is shipped. */
const program = path.resolve('dist/workspace.js');

const rootsOf = ({ root, store }: Pick<TestRepo, 'root' | 'store'>): RootsToOpen => ({ roots: [{ name: '', folder: root, store }], contractFile: 'task.bounded.yaml', scratch: [], secret: [] });

/** Children of this process that have ended, and nobody took note of it. */
const ended = (): readonly string[] => fs.readdirSync('/proc/self/task').flatMap((thread) => fs.readFileSync(`/proc/self/task/${thread}/children`, 'latin1').split(' '))
  .filter((pid) => pid !== '' && /^State:\tZ/m.test(fs.readFileSync(`/proc/${pid}/status`, 'latin1')));

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

describe('work trees in a thread', () => {
  afterEach(removeRepos);

  it('are what they are without one: the same tree, entries, differences and size of the store', async () => {
    const repo = newRepo({ 'a.txt': 'one\n', 'd/b.txt': 'two\n' });
    const [here, there] = [await open(repo), await openInThread(rootsOf({ ...repo, store: `${repo.store}-2` }), program)];
    try {
      assert.equal(there.root, here.root);
      const first = await there.capture();
      assert.deepEqual(first.tree, (await here.capture()).tree);
      assert.deepEqual(await there.matching(first.tree, ['*.txt']), await here.matching(first.tree, ['*.txt']));
      repo.write('a.txt', 'changed\n');
      const second = await there.capture();
      assert.deepEqual((await there.diff(first.tree, second.tree)).map((one) => one.path), ['a.txt']);
      const [store] = there.stores;
      assert.ok(store !== undefined && store.bytes > 0);
      assert.equal(store.bytes, await store.measure());
    } finally {
      await there.close();
    }
  });

  it('give way to the thread that asks, with everything that they start', async function () {
    if (process.platform !== 'linux') this.skip();
    const repo = newRepo({ 'a.txt': 'one\n' });
    const there = await openInThread(rootsOf(repo), program);
    const priorities = fs.readdirSync('/proc/self/task').flatMap((thread) => priorityOf(Number(thread)) ?? []);
    const own = os.getPriority();
    // Who is asked to give way already, gives way no more.
    assert.ok(own >= 5 || (priorities.includes(5) && priorities.includes(own)), `${own}: ${priorities.join(' ')}`);
    await there.close();
  });

  it('answer in the order of the questions, and everything that was asked before they are closed', async () => {
    const repo = newRepo({ 'a.txt': 'one\n' });
    const there = await openInThread(rootsOf(repo), program);
    const answered: string[] = [];
    const asked = Object.entries({ capture: there.capture(), narrow: there.captureWritten([]), head: there.head() }).map(([name, answer]) => answer.then(() => answered.push(name)));
    await there.close();
    await Promise.all(asked);
    assert.equal(answered.length, 3);
    assert.ok(answered.indexOf('capture') < answered.indexOf('narrow'));
    await assert.rejects(there.head(), Paused);
  });

  it('end when nothing is written any more: neither for who asked because of an answer, nor behind the answers', async () => {
    // So many that threads look at them first, and the pack of the repository is borrowed.
    const repo = newRepo(Object.fromEntries(Array.from({ length: 520 }, (_, index) => [`d/${index}.txt`, `${index}\n`.repeat(99)])));
    repo.git('repack', '-adq');
    const there = await openInThread(rootsOf(repo), program);
    const asked = there.head().then(() => there.capture());
    await there.close();
    assert.equal((await asked).covers, 'everything');
    if (process.platform === 'linux') assert.deepEqual(ended(), [], 'every process that the thread started is gone, and noted to be');
    const left = fs.readdirSync(repo.store, { recursive: true }).map(String).filter((file) => file.endsWith('.borrowed') || path.dirname(file) === 'spool');
    assert.deepEqual(left, [], 'what the first checkpoint borrowed is packed');
    assert.ok(fs.readdirSync(path.join(repo.store, 'roots')).length > 0, 'and the next process knows what this one did');
  });

  it('end also where something was asked that cannot be sent', async () => {
    const there = await openInThread(rootsOf(newRepo({ 'a.txt': 'one\n' })), program);
    await assert.rejects(async () => there.read((() => undefined) as unknown as string), { name: 'DataCloneError' });
    await there.close();
  });

  it('refuse a folder as they do without one, and leave no thread behind', async () => {
    const repo = newRepo({ 'a.txt': 'one\n' });
    await assert.rejects(openInThread(rootsOf({ ...repo, store: repo.at('store') }), program), WorkspaceRefusal);
  });

  it('tell a full disk from the rest also through a cause', () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC', path: '/store/pack' });
    const there = errorOf(structuredClone(faultOf(new Error('a checkpoint failed', { cause: full }))));
    assert.equal(diskFault(there), diskFault(full));
    assert.ok(errorOf(structuredClone(faultOf(new Paused('wait')))) instanceof Paused);
    assert.equal(errorOf(structuredClone(faultOf(Object.assign(new TypeError('x'), { name: 'GitFailure' })))).name, 'GitFailure');
  });

  it('pause a session where their thread dies, whether it was asked before or is asked later', async () => {
    const repo = newRepo({ 'a.txt': 'one\n' });
    const dying = repo.at('dying.js');
    fs.writeFileSync(dying, `const { parentPort } = require('node:worker_threads'); parentPort.postMessage({ id: 0, value: '/', bytes: 0 }); parentPort.on('message', () => { throw new Error('out of luck'); });`);
    const there = await openInThread(rootsOf(repo), dying);
    const paused = (error: Error) => error instanceof Paused && /out of luck/.test(error.message) && /resume/.test(error.message);
    await assert.rejects(there.head(), paused);
    await assert.rejects(there.capture(), paused);
    await there.close();
  });

  it('end with their process in good order, whatever they are at', function () {
    this.timeout(60_000);
    const repo = newRepo({});
    // Contents that no pack has: they are compressed, which must not be cut off.
    for (let index = 0; index < 6000; index += 1) repo.write(`f${index % 40}/${index}.txt`, `${index}\n`.repeat(40));
    const script = path.join(repo.outside, 'exits.cjs');
    buildSync({
      stdin: {
        contents: `import { Joined } from '../../../src/node/thread/pieces.ts';
import { openInThread, type ThreadedWorkspace } from './src/node/thread/workspaceThread.ts';
          const [roots, program, ms] = process.argv.slice(2);
          setTimeout(() => process.exit(7), Number(ms));
          openInThread(JSON.parse(roots), program).then((there) => there.capture()).catch(() => undefined);`,
        resolveDir: process.cwd(), loader: 'ts',
      },
      bundle: true, platform: 'node', target: 'node20', outfile: script, define: { 'import.meta.dirname': '__dirname' }, logLevel: 'error',
    });
    for (let ms = 40; ms <= 400; ms += 60) {
      const roots = rootsOf({ ...repo, store: path.join(repo.outside, `store-${ms}`) });
      const { status, signal, stderr } = spawnSync(process.execPath, [script, JSON.stringify(roots), program, String(ms)], { encoding: 'utf8' });
      assert.deepEqual([status, signal, stderr], [7, null, ''], `after ${ms} ms`);
    }
  });
});

describe('work trees in a thread, asked for what is large,', () => {
  const many = Array.from({ length: 400 }, (_, index) => `d${index % 9}/${index}.txt`);
  const nowhere = Array.from({ length: 9000 }, (_, index) => `nowhere/${index}.txt`);
  let here: SessionWorkspace;
  let there: ThreadedWorkspace;
  let repo: TestRepo;
  let [tree, changed]: [TreeId, TreeId] = ['', ''];
  before(async () => {
    repo = newRepo(Object.fromEntries(many.map((file) => [file, `${file}\n`])));
    [here, there] = [await open(repo), await openInThread(rootsOf(repo), program)];
    ({ tree } = await there.capture());
    for (const file of many) repo.write(file, 'changed\n');
    ({ tree: changed } = await there.capture());
  });
  after(async () => {
    await there.close();
    removeRepos();
  });

  /** Time enough for whoever does not wait to have sent the next piece. */
  const letOthersWork = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);

  let turn = 0;
  let turning: NodeJS.Immediate | undefined;
  const turnOn = () => { turn += 1; turning = setImmediate(turnOn); };

  /** The messages of this thread's loop, each with the turn in which it was sent or taken. */
  const [sent, taken]: [{ readonly turn: number; readonly message: unknown }[], number[]] = [[], []];
  const { postMessage } = Worker.prototype;
  const { take } = Joined.prototype;
  beforeEach(() => {
    turnOn();
    [sent.length, taken.length] = [0, 0];
    Worker.prototype.postMessage = function (message: unknown) {
      sent.push({ turn, message });
      postMessage.call(this, message);
      letOthersWork();
    };
    Joined.prototype.take = function (step) {
      taken.push(turn);
      letOthersWork();
      take.call(this, step);
    };
  });
  afterEach(() => {
    clearImmediate(turning);
    [Worker.prototype.postMessage, Joined.prototype.take] = [postMessage, take];
  });

  it('answer it whole, in its order, and in pieces of which this thread takes one in each turn of its loop', async () => {
    assert.deepEqual(await there.diff(tree, changed), await here.diff(tree, changed));
    assert.ok(taken.length >= 4, `${taken.length} pieces`);
    assert.equal(new Set(taken).size, taken.length, `turns: ${taken.join(' ')}`);
  });

  it('are asked in pieces of which this thread sends one in each turn of its loop, and in the order of the questions', async () => {
    const paths = [...nowhere, ...many];
    const [large, small] = [there.entries(tree, paths), there.entries(tree, [])];
    assert.deepEqual(await large, await here.entries(tree, paths));
    assert.equal((await small).size, 0);
    const questions = sent.flatMap(({ message }) => (isObject(message) && 'call' in message ? ['inPieces' in message] : []));
    assert.deepEqual(questions, [true, false]);
    const turns = sent.flatMap(({ turn: at, message }) => (isObject(message) && 'step' in message ? [at] : []));
    assert.ok(turns.length >= 4, `${turns.length} pieces`);
    assert.equal(new Set(turns).size, turns.length, `turns: ${turns.join(' ')}`);
  });

  it('neither ask nor answer anything else for what is small', async () => {
    await there.entries(tree, many.slice(0, 9));
    assert.deepEqual([sent.length, taken.length], [1, 0]);
  });

  it('go on after a question whose last piece could not be sent', async () => {
    await assert.rejects(there.entries(tree, [...nowhere, ...nowhere, (() => undefined) as unknown as string]), { name: 'DataCloneError' });
    assert.equal((await there.entries(tree, [...nowhere, ...many])).size, many.length);
  });

  it('pause a session where their thread dies in the midst of the answer', async () => {
    const dying = path.join(repo.outside, 'dying.js');
    fs.writeFileSync(dying, `const { parentPort: port } = require('node:worker_threads'); port.postMessage({ id: 0, value: '/', bytes: [] });
      port.on('message', (message) => { if (message === 'next') throw new Error('out of luck'); port.postMessage({ step: { begin: [] } }); });`);
    const gone = await openInThread(rootsOf(repo), dying);
    await assert.rejects(gone.diff('a', 'b'), (error: Error) => error instanceof Paused && /out of luck/.test(error.message));
    await gone.close();
  });

  it('answer other questions while it is under way, and are closed only when it is there', async () => {
    const closing = await openInThread(rootsOf(repo), program);
    const answered: string[] = [];
    const asked = [closing.diff(tree, changed).then((diffs) => answered.push(`${diffs.length}`)), closing.head().then(() => answered.push('head')), closing.diff(changed, tree).then((diffs) => answered.push(`${diffs.length}`))];
    await closing.close();
    await Promise.all(asked);
    assert.deepEqual(answered, ['head', '400', '400']);
  });
});

/** Nothing for a thread that has ended meanwhile. */
function priorityOf(thread: number): number | undefined {
  try {
    return os.getPriority(thread);
  } catch {
    return undefined;
  }
}
