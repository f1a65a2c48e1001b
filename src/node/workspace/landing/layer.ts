import { type BigIntStats, chmodSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Path } from '../../../core/session/changes.ts';
import { codeOf } from '../../journal/faults.ts';
import { decodeBytes } from '../common/bytes.ts';
import { joined, nameOf, onDisk, parentOf } from '../disk/places.ts';

/** One name in a layer: something that the command made or changed, or, `gone`, that it removed. */
export interface LayerEntry {
  readonly path: Path;
  readonly kind: 'gone' | 'folder' | 'file' | 'special';
  readonly stats: BigIntStats;
}

/** What a command wrote, as overlayfs keeps it: an entry for each name that it made or changed, and a device 0/0 for each that it removed. */
export class Layer {
  /** Folder with the files themselves. */
  readonly upper: string;
  /** When the command began, in nanoseconds, by the clock of the file system. */
  readonly since: bigint;
  /** The names that the command saw in folders that the work tree has too, as far as they were noted. */
  readonly #seen: ReadonlyMap<Path, ReadonlySet<string>>;
  /** Nobody could note what the command saw, and it wrote in folders: what it removed by making one of them anew is not known. */
  readonly isUnlisted: boolean;
  /** Whether folders cover those of the work tree, as they were when the landing came to them. */
  readonly #covering = new Map<Path, boolean>();

  constructor(folder: string) {
    this.upper = path.join(folder, 'upper');
    this.since = lstatSync(path.join(folder, 'merged'), { bigint: true }).ctimeNs;
    const seen = path.join(folder, 'seen');
    this.#seen = seenIn(seen);
    this.isUnlisted = !existsSync(seen) && this.entries('').some(({ kind }) => kind === 'folder');
  }

  place(of: Path): string | Buffer {
    return onDisk(this.upper, of);
  }

  entries(folder: Path): LayerEntry[] {
    return namesIn(this.place(folder)).map((name) => {
      const stats = lstatSync(this.place(joined(folder, name)), { bigint: true });
      return { path: joined(folder, name), kind: kindOf(stats), stats };
    });
  }

  /** Whether the command had removed a folder of the work tree and made another one, in which it did not see this name. Nobody can remove the work tree itself in there. */
  hides(of: Path): boolean {
    if (parentOf(of) === '') return false;
    const seen = this.#seen.get(parentOf(of));
    return seen?.has(nameOf(of)) === false && this.#covers(parentOf(of), seen);
  }

  /**
   * Whether a folder of the layer may cover that of the work tree: nothing was seen in it but what is in the layer. In one that does not, a name can be
   * missing only because the user had it elsewhere at that time.
   */
  #covers(folder: Path, seen: ReadonlySet<string>): boolean {
    const known = this.#covering.get(folder);
    if (known !== undefined) return known;
    const own = new Set(namesIn(this.place(folder)));
    const covers = [...seen].every((name) => own.has(name));
    this.#covering.set(folder, covers);
    return covers;
  }
}

/** What an entry of a layer with these stats stands for. */
export function kindOf(stats: BigIntStats): LayerEntry['kind'] {
  if (stats.isCharacterDevice() && stats.rdev === 0n) return 'gone';
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() || stats.isSymbolicLink() ? 'file' : 'special';
}

/** The names in a folder of our own, also in one that the command closed: what lands has to leave it. */
function namesIn(folder: string | Buffer): string[] {
  const { mode } = lstatSync(folder);
  if ((mode & 0o700) !== 0o700) chmodSync(folder, (mode & 0o7777) | 0o700);
  return readdirSync(folder, { encoding: 'buffer' }).map(decodeBytes);
}

/** The list of `find`, with a NUL behind each name: `./folder/` for a folder that was listed, `./folder/name` for what was in it. */
function seenIn(file: string): ReadonlyMap<Path, ReadonlySet<string>> {
  const seen = new Map<Path, Set<string>>();
  for (const record of splitAtNul(bytesOf(file))) {
    const of = decodeBytes(record).replace(/^\.\//, '');
    if (of === '' || of.endsWith('/')) seen.set(of.slice(0, -1), new Set());
    else seen.get(parentOf(of))?.add(nameOf(of));
  }
  return seen;
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function* splitAtNul(bytes: Buffer): Generator<Buffer> {
  for (let from = 0, end = bytes.indexOf(0); end >= 0; from = end + 1, end = bytes.indexOf(0, from)) yield bytes.subarray(from, end);
}
