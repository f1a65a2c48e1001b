import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createArtifacts } from '../../../src/node/journal/artifacts.ts';
import { openJournal, readJournal } from '../../../src/node/journal/journal.ts';
import { testFolder } from './support/folder.ts';
import { buildProgram, endPrograms, startProgram } from './support/program.ts';

const run = promisify(execFile);
const trials = 4;

/**
 * The file system under test lies in an image; a copy of the image while the writer is stopped is what a disk would hold
 * if the power failed at that moment.
 */
describe('a power cut', () => {
  const { at } = testFolder();
  describe('of a disk of our own', () => suite(at));
});

function suite(at: (...parts: string[]) => string): void {
  const mounted = new Set<string>();

  before(async function () {
    if (process.platform === 'linux' && process.getuid?.() === 0) return;
    console.warn('    no disk to cut off: that needs root on Linux');
    this.skip();
  });

  afterEach(async () => {
    await endPrograms();
    // Lazily: a test that failed may have left a file open.
    for (const folder of mounted) await run('umount', ['-l', folder]);
    mounted.clear();
  });

  async function mount(image: string, folder: string): Promise<void> {
    await mkdir(folder);
    await run('mount', ['-o', 'loop', image, folder]);
    mounted.add(folder);
  }

  async function unmount(folder: string): Promise<void> {
    mounted.delete(folder);
    await run('umount', [folder]);
  }

  async function disk(context: Mocha.Context): Promise<string> {
    const image = await open(at('image'), 'w');
    await image.truncate(64 << 20);
    await image.close();
    try {
      await run('mkfs.ext4', ['-q', at('image')]);
      await mount(at('image'), at('disk'));
    } catch (error) {
      console.warn(`    no disk to cut off: ${(error as Error).message.trim()}`);
      context.skip();
    }
    return at('disk');
  }

  /** Stops the writer after `records` acknowledgements; answers what it acknowledged and where the surviving disk is. */
  async function cut(trial: number, program: string, args: string[]): Promise<{ acknowledged: string[]; survivor: string }> {
    const writer = startProgram(program, args);
    const acknowledged: string[] = [];
    for (let n = 0; n < 5 + trial * 37; n += 1) acknowledged.push((await writer.line()) ?? '');
    writer.signal('SIGSTOP');
    await copyFile(at('image'), at(`copy-${trial}`));
    writer.signal('SIGKILL');
    await writer.kill();
    await mount(at(`copy-${trial}`), at(`survivor-${trial}`));
    return { acknowledged, survivor: at(`survivor-${trial}`) };
  }

  it('takes no acknowledged record of a journal', async function () {
    const folder = await disk(this);
    const program = await buildProgram('appender', at());
    for (let trial = 0; trial < trials; trial += 1) {
      const { acknowledged, survivor } = await cut(trial, program, [path.join(folder, `${trial}.jsonl`), 'create']);
      const trace = path.join(survivor, `${trial}.jsonl`);
      const { entries, problem, tornTail } = await readJournal(trace);
      assert.ok(entries.length >= acknowledged.length, `trial ${trial}: ${entries.length} of ${acknowledged.length}`);
      assert.ok(problem === undefined || tornTail, problem?.why);
      const opened = await openJournal(trace);
      assert.ok(opened.kind === 'open');
      await opened.journal.close();
      await unmount(survivor);
    }
  }).timeout(120_000);

  it('takes no acknowledged artifact', async function () {
    const folder = await disk(this);
    const program = await buildProgram('artifactMaker', at());
    for (let trial = 0; trial < trials; trial += 1) {
      const { acknowledged, survivor } = await cut(trial, program, [path.join(folder, `${trial}`)]);
      for (const line of acknowledged) {
        const [artifacts = '', id = ''] = line.split(' ');
        assert.notEqual(await createArtifacts(path.join(survivor, `${trial}`, artifacts)).get(id), undefined, `trial ${trial}: ${line}`);
      }
      await unmount(survivor);
    }
  }).timeout(120_000);
}
