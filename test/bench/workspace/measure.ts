import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { TreeId } from '../../../src/core/session/changes.ts';
import type { Fixture } from './fixture.ts';
import { type LstatFloor, lstatFloor, writeFloors } from './floor.ts';
import { withLoopDelay } from './loopDelay.ts';
import { recovered } from './recover.ts';
import { atLeast, atMost, median, type Row, skipped } from './rows.ts';
import { ShadowRepository } from './shadow.ts';
import type { Measured, Request } from './subject.ts';
import { SubjectProcess } from './subjectProcess.ts';

/** How often each figure is taken. */
const rounds = 5;
const firsts = 5;
/** How often the first commit of a shadow repository is: it takes most of the time. */
const peers = 3;
const rewinds = 3;
const changedFiles = 10;
const manyFiles = 1000;
/** Checkpoints for the growth of the store. */
const steps = 100;
/** From this size on a first checkpoint is held against that of a shadow repository, and at just this size against a time. */
const limitedFrom = 100_000;

/** Everything about one size, in one place: floors, peers and the adapter take turns. */
export class Measurement {
  readonly #fixture: Fixture;
  readonly #label: string;
  readonly #floor: LstatFloor | undefined;
  #shadow: ShadowRepository;
  /** How often each file was changed so far. */
  readonly #versions = new Map<number, number>();
  readonly #rows: Row[] = [];
  #longestBlock: { readonly ms: number; readonly during: string; readonly besides: number } = { ms: 0, during: 'nothing', besides: 0 };
  #next = 0;

  private constructor(fixture: Fixture, label: string, floor: LstatFloor | undefined) {
    this.#fixture = fixture;
    this.#label = label;
    this.#floor = floor;
    this.#shadow = new ShadowRepository(fixture, 0);
  }

  static async of(fixture: Fixture, label: string): Promise<readonly Row[]> {
    const measurement = new Measurement(fixture, label, await lstatFloor(fixture));
    return measurement.#run();
  }

  async #run(): Promise<readonly Row[]> {
    const { subject, tree } = await this.#firstCheckpoint();
    try {
      await this.#afterCommand(subject);
      await this.#afterTools(subject);
      await this.#rewind(subject, changedFiles);
      await this.#rewind(subject, manyFiles);
      const { peak } = await this.#growth(subject);
      this.#row(atMost('event loop blocked for', this.#longestBlock.ms, 'ms', 20, `longest of all, during ${this.#longestBlock.during}; a process that did nothing: ${Math.round(this.#longestBlock.besides)} ms`));
      this.#row(atMost('memory above idle, at its peak', (peak - subject.idle) / 1e6, 'MB', 150, 'the process with its threads, without the git that it starts'));
    } finally {
      await subject.end();
    }
    await this.#recovery(tree);
    return this.#rows;
  }

  #row(row: Row): void {
    this.#rows.push({ ...row, name: `${this.#label}  ${row.name}` });
  }

  #storeFolder(index: number): string {
    return path.join(this.#fixture.outside, `store${index}`);
  }

  /** `besides`: how long this process, which does nothing meanwhile, did not get its turn. */
  async #ask(subject: SubjectProcess, request: Request, during: string): Promise<Measured & { readonly besides: number }> {
    // This process only waits meanwhile: where it stood still too, the machine was busy with something else.
    const { value, blockedMs } = await withLoopDelay(() => subject.ask(request));
    if (value.blockedMs > this.#longestBlock.ms) this.#longestBlock = { ms: value.blockedMs, during, besides: blockedMs };
    return { ...value, besides: blockedMs };
  }

  async #checkpoint(subject: SubjectProcess, during: string, around?: 'command'): Promise<Measured & { readonly tree: TreeId; readonly besides: number }> {
    const { tree, ...rest } = await this.#ask(subject, { do: 'checkpoint', ...(around === undefined ? {} : { around }) }, during);
    if (tree === undefined) throw new Error('a checkpoint has a tree');
    return { ...rest, tree };
  }

  /** New contents for `count` files all over the tree. */
  #contents(count: number): Map<string, string> {
    const { files, content } = this.#fixture;
    const contents = new Map<string, string>();
    const stride = Math.max(1, Math.floor(files.length / count));
    for (let at = 0; contents.size < Math.min(count, files.length); at += 1) {
      const index = (this.#next + at * stride) % files.length;
      const version = (this.#versions.get(index) ?? 0) + 1;
      this.#versions.set(index, version);
      contents.set(files[index] ?? '', content(index, version));
    }
    this.#next += 1;
    return contents;
  }

  /** As a command changes files: behind the adapter's back. */
  #change(count: number): Map<string, string> {
    const contents = this.#contents(count);
    for (const [file, text] of contents) fs.writeFileSync(path.join(this.#fixture.root, file), text);
    return contents;
  }

  /** Each in a fresh process with a store that does not exist yet, and in a shadow repository that does not either; the last of both go on. */
  async #firstCheckpoint(): Promise<{ readonly subject: SubjectProcess; readonly tree: TreeId }> {
    const [times, theirs]: [number[], number[]] = [[], []];
    for (let index = 0; ; index += 1) {
      writeBack();
      const subject = await SubjectProcess.start();
      try {
        const opening = await this.#ask(subject, { do: 'open', root: this.#fixture.root, store: this.#storeFolder(index) }, 'opening');
        const first = await this.#checkpoint(subject, 'the first checkpoint');
        times.push(opening.ms + first.ms);
        if (index === firsts - 1) {
          // The look that follows waits until what was borrowed is packed: theirs shares the machine with nobody.
          await this.#checkpoint(subject, 'the look after the first checkpoint');
          theirs.push(this.#firstOfShadow(index));
          const [ours, shadow, count] = [median(times), median(theirs), this.#fixture.files.length];
          this.#row(atMost('first checkpoint, store made anew', ours, 'ms', count === limitedFrom ? 1500 : null));
          this.#row(atLeast('first commit of a shadow repository ÷ ours', shadow / ours, '×', count >= limitedFrom ? 10 : null, `theirs ${Math.round(shadow)} ms, median of ${theirs.length}`));
          return { subject, tree: first.tree };
        }
      } catch (error) {
        await subject.end();
        throw error;
      }
      await subject.end();
      fs.rmSync(this.#storeFolder(index), { recursive: true });
      if (index >= firsts - peers) theirs.push(this.#firstOfShadow(index));
    }
  }

  /** Milliseconds for the first commit of a shadow repository, with the machine for itself. */
  #firstOfShadow(index: number): number {
    this.#shadow.remove();
    this.#shadow = new ShadowRepository(this.#fixture, index);
    writeBack();
    return this.#shadow.commit();
  }

  async #afterCommand(subject: SubjectProcess): Promise<void> {
    const [ours, floors, writes, shadows, boundaries]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
    let worst = { blockedMs: 0, besides: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const contents = this.#change(changedFiles);
      if (this.#floor !== undefined) floors.push(this.#floor());
      writes.push(writeFloors(this.#fixture, contents).durable);
      const { tree, ...around } = await this.#checkpoint(subject, 'a checkpoint after a command', 'command');
      ours.push(around.ms);
      if (around.blockedMs > worst.blockedMs) worst = around;
      const boundary = await this.#checkpoint(subject, 'a checkpoint at a boundary');
      if (boundary.tree !== tree) throw new Error('a checkpoint after a command has another tree than one at a boundary');
      boundaries.push(boundary.ms);
      shadows.push(this.#shadow.commit());
    }
    const [ms, floor, write, shadow] = [median(ours), median(floors), median(writes), median(shadows)];
    this.#row(atMost('checkpoint after a command', ms, 'ms', null));
    const [name, share] = ['checkpoint after a command ÷ lstat of every file in C', 'checkpoint after a command ÷ (1.5 × that lstat + 4 × writing its contents durably)'];
    if (this.#floor === undefined) for (const one of [name, share]) this.#row(skipped(one, '×', 'no C compiler here'));
    else {
      this.#row(atMost(name, ms / floor, '×', 1.5, `lstat ${floor.toFixed(1)} ms, one thread; writing the contents durably alone ${(write / floor).toFixed(1)} ×`));
      this.#row(atMost(share, ms / (1.5 * floor + 4 * write), '×', 1, `durable write ${write.toFixed(1)} ms`));
    }
    this.#row(atMost('checkpoint after a command ÷ add and commit in a shadow repository', ms / shadow, '×', 0.5, `theirs ${shadow.toFixed(1)} ms, index warm`));
    this.#row(atMost('event loop blocked by a checkpoint after a command', worst.blockedMs, 'ms', 20, `a process that did nothing: ${Math.round(worst.besides)} ms`));
    this.#row(atMost('checkpoint at a boundary, where every folder is listed', median(boundaries), 'ms', null));
  }

  async #afterTools(subject: SubjectProcess): Promise<void> {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await this.#ask(subject, { do: 'write', contents: this.#contents(changedFiles) }, 'the file tools');
      const narrow = await this.#ask(subject, { do: 'checkpointWritten' }, 'a checkpoint after file tools');
      const { tree } = await this.#checkpoint(subject, 'the look at everything after it');
      if (tree !== narrow.tree) throw new Error('a checkpoint after file tools has another tree than a look at everything');
      times.push(narrow.ms);
    }
    this.#row(atMost('checkpoint after file tools alone', median(times), 'ms', 30));
  }

  async #rewind(subject: SubjectProcess, count: number): Promise<void> {
    const [times, plain, durable]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rewinds; round += 1) {
      const target = (await this.#checkpoint(subject, 'a checkpoint')).tree;
      const contents = this.#change(count);
      const changed = (await this.#checkpoint(subject, `a checkpoint of ${count} files`)).tree;
      const floors = writeFloors(this.#fixture, contents);
      plain.push(floors.plain);
      durable.push(floors.durable);
      const { ms, files } = await this.#ask(subject, { do: 'rewind', from: changed, to: target }, `a rewind of ${count} files`);
      const after = (await this.#checkpoint(subject, 'the checkpoint after a rewind')).tree;
      if (files !== contents.size || after !== target) throw new Error(`a rewind of ${contents.size} files brought back ${files} and ended at ${after} instead of ${target}`);
      times.push(ms);
    }
    const ms = median(times);
    if (count === changedFiles) this.#row(atMost(`rewind of ${count} files, beside the looks before and after`, ms, 'ms', 50));
    else {
      this.#row(atMost(`rewind of ${count} files ÷ writing them durably`, ms / median(durable), '×', 3, `${Math.round(ms)} ms; written beside, synced and moved: ${Math.round(median(durable))} ms`));
      this.#row(atMost(`rewind of ${count} files ÷ writing them plainly`, ms / median(plain), '×', null, `${Math.round(median(plain))} ms`));
    }
  }

  async #growth(subject: SubjectProcess): Promise<{ readonly peak: number }> {
    const store = this.#storeFolder(firsts - 1);
    const before = bytesOnDisk(store);
    let peak = 0;
    for (let step = 0; step < steps; step += 1) {
      this.#change(changedFiles);
      peak = (await this.#checkpoint(subject, 'a checkpoint after a command', 'command')).peak;
    }
    const grown = bytesOnDisk(store) - before;
    this.#row(atMost('store after first checkpoint and rewinds', before / 1e6, 'MB', null, 'blocks on the disk, those shared with the repository by hard links included'));
    this.#row(atMost(`store grown by ${steps} checkpoints of ${changedFiles} files`, grown / 1e6, 'MB', 20, 'blocks on the disk'));
    return { peak };
  }

  /** Last, because nothing is left of the work tree and its repository afterwards. */
  async #recovery(tree: TreeId): Promise<void> {
    const { files } = this.#fixture;
    const store = this.#storeFolder(firsts - 1);
    fs.rmSync(this.#fixture.root, { recursive: true });
    fs.mkdirSync(this.#fixture.root);
    const sample = new Map(Array.from(files.entries()).flatMap(([index, file]): [string, number][] => (index % Math.ceil(files.length / manyFiles) === 0 ? [[file, index]] : [])));
    const subject = await SubjectProcess.start();
    try {
      await subject.ask({ do: 'open', root: this.#fixture.root, store });
      await subject.ask({ do: 'bringBack', tree, paths: [...sample.keys()] });
    } finally {
      await subject.end();
    }
    const back = [...sample].filter(([file, index]) => {
      const place = path.join(this.#fixture.root, file);
      return fs.existsSync(place) && fs.readFileSync(place, 'utf8') === this.#fixture.content(index, 0);
    });
    this.#row(atLeast('first checkpoint brought back without tree and repository', back.length, 'files', sample.size, `of ${sample.size} that were tried`));
    this.#row(atLeast('first checkpoint readable in the store alone', recovered(this.#fixture, store, tree), 'files', files.length, 'every file, byte for byte, by plain git'));
  }
}

/** What others have left to the disk is written: whoever syncs next would wait for it. Windows has no such command. */
function writeBack(): void {
  if (process.platform !== 'win32') execFileSync('sync');
}

/** What a folder takes on the disk, in bytes; a file of several names counts once. */
function bytesOnDisk(folder: string): number {
  const seen = new Set<number>();
  let bytes = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const stats = fs.lstatSync(path.join(entry.parentPath, entry.name));
    if (!seen.has(stats.ino)) bytes += stats.blocks * 512;
    seen.add(stats.ino);
  }
  return bytes;
}
