import assert from 'node:assert/strict';
import childProcess, { type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { ContentReader } from '../../../src/node/workspace/store/contentReader.ts';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import { gatherPacks, mostPacks } from '../../../src/node/workspace/store/gatherPacks.ts';
import { gitObject } from '../../../src/node/workspace/git/objects.ts';
import { PackFolder } from '../../../src/node/workspace/store/packFolder.ts';
import { Starter } from '../../../src/node/workspace/git/starter.ts';
import { Store } from '../../../src/node/workspace/store/store.ts';
import { newRepo, removeRepos } from './opened.ts';

const blob = (text: string) => gitObject('blob', Buffer.from(text));

for (const small of [false, true]) describe(`the reader of contents${small ? ', with a small process that starts git' : ''}`, () => {
  const { spawn } = childProcess;
  const readers: ChildProcess[] = [];

  beforeEach(() => {
    Object.assign(childProcess, { spawn: (...args: Parameters<typeof spawn>) => {
      const child = spawn(...args);
      if (String(args[1]).includes('cat-file')) readers.push(child);
      return child;
    } });
    syncBuiltinESMExports();
  });
  afterEach(() => {
    Object.assign(childProcess, { spawn });
    syncBuiltinESMExports();
    readers.length = 0;
    removeRepos();
  });

  async function filled(texts: readonly string[]): Promise<{ readonly store: Store; readonly reader: ContentReader }> {
    const repo = newRepo({});
    const store = await Store.open(repo.store, (await findProgram('git', repo.root)) ?? assert.fail());
    await store.write(texts.map(blob));
    const reader = new ContentReader(store);
    if (small) reader.prepare();
    return { store, reader };
  }

  async function answers(reader: ContentReader, texts: readonly string[], limit = 1000): Promise<(string | number | undefined)[]> {
    const all: (string | number | undefined)[] = [];
    for await (const one of reader.read(texts.map((text) => blob(text).oid), limit)) all.push(Buffer.isBuffer(one) ? one.toString() : one);
    return all;
  }

  it('answers in order, with the size beyond the limit and nothing for what is not there, from one process', async () => {
    const { reader } = await filled(['a', '', 'a long one\n\n']);
    assert.deepEqual(await answers(reader, ['a', 'not there', 'a long one\n\n', '', 'a'], 5), ['a', undefined, 12, '', 'a']);
    assert.deepEqual(await answers(reader, ['a long one\n\n']), ['a long one\n\n']);
    assert.equal(readers.length, 1);
  });

  it('sees what was stored since it was started, and finds everything after packs were put together', async () => {
    const { store, reader } = await filled(['first']);
    assert.deepEqual(await answers(reader, ['first', 'later']), ['first', undefined]);
    const texts = Array.from({ length: mostPacks + 1 }, (_, n) => `text ${n}`);
    for (const text of texts) await store.write([blob(text)]);
    await gatherPacks(new PackFolder(store.directory));
    assert.deepEqual(await answers(reader, ['first', ...texts]), ['first', ...texts]);
    assert.equal(readers.length, 1);
  });

  it('never gives the answer to one question to the next: left early it starts anew', async () => {
    const { reader } = await filled(['a', 'b', 'c']);
    for await (const one of reader.read(['a', 'b', 'c'].map((text) => blob(text).oid), 10)) {
      assert.equal(String(one), 'a');
      break;
    }
    assert.deepEqual(await answers(reader, ['c', 'b']), ['c', 'b']);
    assert.equal(readers.length, 2);
    for await (const one of reader.read([blob('b').oid], 10)) {
      assert.equal(String(one), 'b');
      break;
    }
    assert.deepEqual(await answers(reader, ['a']), ['a']);
    assert.equal(readers.length, 2, 'the last answer was taken: nothing is left of the question');
  });

  it('answers a question within a question by a process of its own', async () => {
    const large = ['a', 'b'].map((text) => text.repeat(200_000));
    const { reader } = await filled([...large, 'c']);
    const seen: unknown[] = [];
    for await (const one of reader.read(large.map((text) => blob(text).oid), 1_000_000)) seen.push(String(one)[0], ...(await answers(reader, ['c'])));
    assert.deepEqual(seen, ['a', 'c', 'b', 'c']);
  });

  /** The git that a small process has started, or the process itself where it is git. */
  function gitOf(reader: ChildProcess | undefined): number {
    const pid = reader?.pid ?? assert.fail();
    return small && process.platform === 'linux' ? Number(fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')) : pid;
  }

  async function ended(pid: number): Promise<void> {
    // One that nobody has asked for its status stays listed.
    const runs = () => fs.existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    for (let left = 200; runs(); left -= 1) {
      assert.ok(left > 0, `${pid} goes on`);
      await delay(10);
    }
  }

  it('goes on with a new process when one died, and says so when it died over a question', async () => {
    const { reader } = await filled(['a', 'b']);
    await answers(reader, ['a']);
    const first = gitOf(readers[0]);
    process.kill(first, 'SIGKILL');
    await ended(first);
    await delay(50);
    assert.deepEqual(await answers(reader, ['b']), ['b']);
    const second = gitOf(readers.at(-1));
    process.kill(second, 'SIGSTOP');
    const asked = answers(reader, ['a', 'b']);
    process.kill(second, 'SIGKILL');
    await assert.rejects(asked, /before it had answered/);
    assert.deepEqual(await answers(reader, ['b', 'a']), ['b', 'a']);
  });

  if (small) it('has git started by the small process, which stays when git is renewed, and leaves none behind when that dies', async function () {
    if (process.platform !== 'linux') this.skip();
    const { reader } = await filled(['a', 'b']);
    for (const text of ['a', 'b', 'a']) {
      assert.deepEqual(await answers(reader, [text]), [text]);
      const git = gitOf(readers[0]);
      reader.renew();
      await ended(git);
    }
    assert.deepEqual([await answers(reader, ['b']), readers.length], [['b'], 1]);
    const git = gitOf(readers[0]);
    readers[0]?.kill('SIGKILL');
    await ended(git);
    assert.deepEqual([await answers(reader, ['a']), readers.length], [['a'], 2]);
  });

  if (small) it('ends a git of which it does not know the id yet', async function () {
    if (process.platform !== 'linux') this.skip();
    const { store } = await filled([]);
    const starter = new Starter({ program: store.program, args: ['cat-file', '--batch'], env: store.environment, cwd: store.directory });
    starter.prepare();
    for (const _ of [1, 2]) {
      const git = await starter.start();
      git.end(true);
      assert.match(await git.over, /ended with status 137/);
    }
    assert.equal(readers.length, 2, 'the reader and this one');
    for (const one of readers) one.kill('SIGKILL');
  });

  it('keeps no process alive that waits for nothing else', async () => {
    const { reader } = await filled(['a']);
    const before = process.getActiveResourcesInfo().filter((name) => /Pipe|Process|Timeout/.test(name)).length;
    await answers(reader, ['a']);
    await delay(20);
    assert.equal(readers[0]?.exitCode, null);
    assert.ok(process.getActiveResourcesInfo().filter((name) => /Pipe|Process|Timeout/.test(name)).length <= before);
  });
});
