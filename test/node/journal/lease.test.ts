import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { abstractSocket, acquireLease, type LeaseKey } from '../../../src/node/journal/lease.ts';
import { describeHolder } from '../../../src/node/journal/leaseHolder.ts';
import { testFolder } from './support/folder.ts';
import { buildProgram, endPrograms, startProgram, type Program } from './support/program.ts';

/** The Node of the editor host that the tests run in, or one that BOUNDED_OTHER_NODE names: of another version than a terminal's. */
const otherNode = [process.env['BOUNDED_OTHER_NODE'], path.resolve('.vscode-host/node/package/bin/node')].find((file) => file !== undefined && existsSync(file));

describe('the lease', () => {
  const { at } = testFolder();
  let key: LeaseKey;
  beforeEach(() => {
    key = { name: createHash('sha256').update(randomBytes(16)).digest('hex'), file: at('lease') };
  });
  afterEach(endPrograms);

  async function program(): Promise<(node?: string, ...more: string[]) => Program> {
    const file = await buildProgram('leaseHolder', at());
    return (node, ...more) => startProgram(file, [key.name, key.file, ...more], node);
  }

  async function take(): Promise<() => Promise<void>> {
    const outcome = await acquireLease(key, { door: 'the editor' });
    assert.ok('release' in outcome, 'heldBy' in outcome ? `held by ${outcome.heldBy}` : '');
    return outcome.release;
  }

  it('is held once, and the next one learns by whom', async () => {
    const release = await take();
    assert.deepEqual(await acquireLease(key, { door: 'the terminal' }), { heldBy: `the editor (process ${process.pid})` });
    await release();
    await release();
    await (await take())();
  });

  it('on one work tree says nothing about another', async () => {
    const release = await take();
    const other = await acquireLease({ name: key.name.replace(/^./, 'x'), file: at('other') }, { door: 'the terminal' });
    assert.ok('release' in other);
    await Promise.all([release(), other.release()]);
  });

  it('is won by one of many who try at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => acquireLease(key, { door: 'the editor' })));
    const held = outcomes.flatMap((outcome) => ('release' in outcome ? [outcome.release] : []));
    assert.equal(held.length, 1);
    await held[0]?.();
  });

  for (const [which, node] of [['this Node', process.execPath], ['another Node', otherNode]] as const) {
    describe(`between this process and ${which}`, () => {
      before(function () {
        if (node !== undefined) return;
        console.warn('    the lease between two versions of Node is not tested: run scripts/vscodeHost.mjs, or set BOUNDED_OTHER_NODE');
        this.skip();
      });

      it('is refused to the one and to the other', async () => {
        const start = await program();
        const release = await take();
        assert.equal(await start(node).line(), `refused the editor (process ${process.pid})`);
        await release();
        const holder = start(node);
        assert.equal(await holder.line(), 'held');
        assert.deepEqual(await acquireLease(key, { door: 'the editor' }), { heldBy: `the terminal (process ${holder.pid}, session a-session)` });
        holder.write('let go\n');
        assert.equal(await holder.line(), 'released');
        await (await take())();
      });

      it('is free as soon as the holder is killed, although a child of it lives on', async () => {
        const holder = (await program())(node, 'with-child');
        const child = Number((await holder.line())?.replace('child ', ''));
        assert.equal(await holder.line(), 'held');
        await holder.kill();
        try {
          await (await take())();
        } finally {
          process.kill(child, 'SIGKILL');
        }
      });

      it('is kept by a holder that is suspended, who does not answer', async function () {
        if (process.platform === 'win32') this.skip();
        const holder = (await program())(node);
        assert.equal(await holder.line(), 'held');
        holder.signal('SIGSTOP');
        const outcome = await acquireLease(key, { door: 'the editor' });
        assert.ok('heldBy' in outcome);
        assert.match(outcome.heldBy, process.platform === 'linux' ? /does not answer/ : /the terminal/);
        holder.signal('SIGCONT');
        assert.deepEqual(await acquireLease(key, { door: 'the editor' }), { heldBy: `the terminal (process ${holder.pid}, session a-session)` });
      });
    });
  }

  describe('on Linux', () => {
    before(function () {
      if (process.platform !== 'linux') this.skip();
    });

    it('has a name that fills the address, so that no Node fills it up in its own way', async () => {
      assert.equal(Buffer.byteLength(abstractSocket(key.name)), 108);
      const release = await take();
      const names = (await readFile('/proc/net/unix', 'latin1')).split('\n').filter((line) => line.includes(key.name));
      // The kernel shows each NUL as @: the leading one must be the only one.
      assert.deepEqual(names.map((line) => line.slice(line.indexOf('@'))), [abstractSocket(key.name).replace('\0', '@')]);
      await release();
    });

    it('is not held up by somebody who connects and stays', async () => {
      const release = await take();
      const visitors = Array.from({ length: 5 }, () => connect({ path: abstractSocket(key.name), allowHalfOpen: true }));
      await Promise.all(visitors.map((visitor) => new Promise((resolve) => visitor.once('data', resolve))));
      await release();
      await (await take())();
      for (const visitor of visitors) visitor.destroy();
    });
  });

  it('shows no more of a holder than words', () => {
    assert.equal(describeHolder(JSON.stringify({ door: '\u001b[2Jthe \u202eterminal\n', pid: 7, session: 's'.repeat(500) })), `[2Jthe terminal (process 7, session ${'s'.repeat(80)})`);
    for (const note of ['', '{', 'null', '[]', '{"door":7,"pid":1}', '{"door":"x","pid":"y"}']) assert.match(describeHolder(note), /does not answer/, note);
  });
});
