import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createArtifacts } from '../../../src/node/journal/artifacts.ts';
import { createJournal, openJournal, verifyTrace } from '../../../src/node/journal/journal.ts';
import { note, textOf } from './support/events.ts';
import { testFolder } from './support/folder.ts';

const run = promisify(execFile);

describe('a full disk', () => {
  const { at } = testFolder();
  describe('under private state', () => suite(at));
});

function suite(at: (...parts: string[]) => string): void {
  let mounted = false;

  beforeEach(async function () {
    await mkdir(at('disk'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at('disk')]);
      mounted = true;
    } catch (error) {
      console.warn(`    no small disk to fill: mounting a tmpfs needs root on Linux (${(error as Error).message.trim()})`);
      this.skip();
    }
  });

  afterEach(async () => {
    // Lazily: a test that failed may have left a file open.
    if (mounted) await run('umount', ['-l', at('disk')]);
    mounted = false;
  });

  /** Takes all space that is left. */
  async function fill(): Promise<void> {
    for (const size of [64 * 1024, 4096]) {
      for (let n = 0; ; n += 1) {
        try {
          await writeFile(at('disk', `fill-${size}-${n}`), Buffer.alloc(size, 1));
        } catch {
          break;
        }
      }
    }
  }

  it('takes the record back, leaves room for last words, and later takes records again', async () => {
    const trace = at('disk', 'trace.jsonl');
    const journal = await createJournal(trace);
    await journal.append(1, 1, note('before'));
    await fill();
    const before = await readFile(trace);
    await assert.rejects(journal.append(2, 2, note('x'.repeat(100_000))), { name: 'JournalFault', class: 'disk-full' });
    assert.deepEqual(await readFile(trace), before);
    assert.equal((await journal.append(3, 3, { type: 'session/paused', reason: 'the disk is full, '.repeat(1000) })).seq, 2);
    await fill();
    await assert.rejects(journal.append(4, 4, note('x'.repeat(100_000))), { class: 'disk-full' });
    await Promise.all((await readdir(at('disk'))).filter((name) => name.startsWith('fill')).map((name) => rm(at('disk', name))));
    await journal.append(5, 5, note('y'.repeat(100_000)));
    await journal.close();
    assert.deepEqual(await verifyTrace(trace).then(({ ok, count }) => ({ ok, count })), { ok: true, count: 3 });
  });

  it('still lets a journal be opened', async () => {
    const trace = at('disk', 'trace.jsonl');
    const journal = await createJournal(trace);
    await journal.append(1, 1, note('before'));
    await journal.close();
    await fill();
    const opened = await openJournal(trace);
    assert.ok(opened.kind === 'open');
    assert.deepEqual(opened.entries.map((entry) => textOf(entry.event)), ['before']);
    await opened.journal.close();
  });

  it('refuses an artifact and leaves nothing of it', async () => {
    const artifacts = createArtifacts(at('disk', 'artifacts'));
    await artifacts.put('small');
    const kept = await readdir(at('disk', 'artifacts'));
    await fill();
    await assert.rejects(artifacts.put('x'.repeat(200_000)), { name: 'JournalFault', class: 'disk-full' });
    assert.deepEqual(await readdir(at('disk', 'artifacts')), kept);
  });
}
