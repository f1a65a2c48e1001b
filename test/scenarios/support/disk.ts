import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export type FileSystem = 'ext4' | 'btrfs';

/** Nothing reaches the disk by itself while a session runs, and no rename makes contents durable by the way: what is there was synced. */
const options: Readonly<Record<FileSystem, string>> = { ext4: 'loop,commit=600,noauto_da_alloc', btrfs: 'loop,commit=600' };
const make: Readonly<Record<FileSystem, readonly string[]>> = { ext4: ['mkfs.ext4', '-q', '-F', '-m', '0'], btrfs: ['mkfs.btrfs', '-q', '--mixed'] };

const run = (command: string, ...args: readonly string[]): string => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Waits at most some seconds. */
function until(what: string, isSo: () => boolean): void {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries === 200) throw new Error(`waited in vain for ${what}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

/** Why there can be no disk of this kind here, undefined where there can. */
export function noDisk(kind: FileSystem): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a disk of our own needs root on Linux';
  try {
    Disk.make(kind, 64).remove();
    return undefined;
  } catch (error) {
    return `a disk of our own with ${kind} cannot be made: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** A small disk in a file. A copy of that file is what the disk would hold if the power failed at that moment. */
export class Disk {
  /** Where it is mounted. */
  readonly folder: string;
  readonly #base: string;
  readonly #kind: FileSystem;
  #mounted = false;
  #fillers = 0;

  private constructor(base: string, kind: FileSystem) {
    this.#base = base;
    this.#kind = kind;
    this.folder = path.join(base, 'disk');
  }

  /** Makes and mounts a disk of so many MiB. */
  static make(kind: FileSystem, size: number): Disk {
    const disk = new Disk(mkdtempSync(path.join(os.tmpdir(), 'bounded-disk-')), kind);
    try {
      mkdirSync(disk.folder);
      const image = openSync(disk.#image(), 'w');
      ftruncateSync(image, size << 20);
      closeSync(image);
      const [command = '', ...args] = make[kind];
      run(command, ...args, disk.#image());
      disk.mount();
    } catch (error) {
      disk.remove();
      throw error;
    }
    return disk;
  }

  #image(copy?: string): string {
    return path.join(this.#base, copy === undefined ? 'image' : `image-${copy}`);
  }

  /** Mounts the disk, or a copy of it in its place. */
  mount(copy?: string): void {
    run('mount', '-o', options[this.#kind], this.#image(copy), this.folder);
    this.#mounted = true;
  }

  unmount(): void {
    if (!this.#mounted) return;
    until('the disk to be free', () => {
      try {
        run('umount', this.folder);
        return true;
      } catch (error) {
        if ((error as Error).message.includes('busy')) return false;
        throw error;
      }
    });
    this.#mounted = false;
    // Sandboxes have mounts of their own, those of other tests this one, too. They end a little after the sandbox, and as long as one is there, mounting the image again is mounting the same disk again, as it is.
    until('the last mount to end', () => this.#device() === '');
  }

  /** What the system calls the disk while it is mounted anywhere. */
  #device(): string {
    return run('losetup', '-n', '-O', 'NAME', '-j', this.#image()).trim();
  }

  sync(): void {
    run('sync', '-f', this.folder);
  }

  /** Keeps what the disk holds now. Nobody may write to it meanwhile; what the kernel writes by itself makes it be copied again. */
  copy(name: string): void {
    for (let tries = 0; tries < 10; tries += 1) {
      const before = this.#written();
      run('cp', '--sparse=always', this.#image(), this.#image(name));
      if (this.#written() === before) return;
    }
    throw new Error('the disk never rests');
  }

  /** Writes that the device has been told and those under way. */
  #written(): string {
    const fields = readFileSync(`/sys/block/${path.basename(this.#device())}/stat`, 'utf8').trim().split(/\s+/);
    return [fields[4], fields[6], fields[8]].join();
  }

  /** Takes all space but so many KiB. */
  fill(leave: number): void {
    const { bavail, bsize } = statfsSync(this.folder);
    const size = bavail * bsize - leave * 1024;
    if (size <= 0) return;
    try {
      run('fallocate', '-l', String(size), path.join(this.folder, `filler-${(this.#fillers += 1)}`));
    } catch {
      // The file system needs some of it for itself; the rest is taken.
    }
  }

  /** Gives the space back. */
  empty(): void {
    for (; this.#fillers > 0; this.#fillers -= 1) rmSync(path.join(this.folder, `filler-${this.#fillers}`), { force: true });
  }

  /** Lets it be as after an error that the kernel met: nothing can be written any more, and what was not synced is lost. */
  abort(): void {
    run('mount', '-o', 'remount,abort', this.folder);
  }

  setReadOnly(yes: boolean): void {
    run('mount', '-o', `remount,${yes ? 'ro' : 'rw'}`, this.folder);
  }

  drop(copy: string): void {
    rmSync(this.#image(copy), { force: true });
  }

  remove(): void {
    // Lazily: a test that failed may have left a file open.
    if (this.#mounted) run('umount', '-l', this.folder);
    this.#mounted = false;
    rmSync(this.#base, { recursive: true, force: true });
  }
}
