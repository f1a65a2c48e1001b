import { type BigIntStats, chmodSync, lstatSync } from 'node:fs';
import { mkdir, rmdir, unlink } from 'node:fs/promises';
import type { Landing } from '../../../agent/ports.ts';
import type { Blob, Path, TreeId } from '../../../core/session/changes.ts';
import { codeOf } from '../../journal/faults.ts';
import { Pace } from '../common/pace.ts';
import { readSmall } from '../disk/content.ts';
import { sameBlob, stateAt, stateInWords } from '../disk/fileState.ts';
import type { PathGuard } from '../disk/guard.ts';
import { holdingFolder } from '../disk/heldFolder.ts';
import { isBoundedPath, isGitName } from '../disk/lexicalPath.ts';
import { atFolder } from '../disk/mountPoint.ts';
import { joined, nameOf, onDisk, parentOf } from '../disk/places.ts';
import { bringFile, bringOver, type Hindrance, putFile, removeFile } from '../disk/replaceFile.ts';
import { keyOf } from '../disk/stats.ts';
import { conflictInWords, decideRestore, mergeTexts, type RestoreStep } from '../rewind/merge.ts';
import { readHere } from '../rewind/restore.ts';
import type { Blobs } from '../store/blobs.ts';
import type { Store } from '../store/store.ts';
import type { Trees } from '../store/trees.ts';
import { Ground } from './ground.ts';
import { begunWith, LandedNotes } from './landed.ts';
import { Layer, type LayerEntry } from './layer.ts';
import { mostBytes, Outcome } from './outcome.ts';

export interface LandingParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly trees: Trees;
  readonly guard: PathGuard;
  /** Paths that checkpoints never look at. */
  readonly skip: (path: Path) => boolean;
}

/**
 * Brings what a command wrote into the work tree, a name at a time. What lands leaves the layer, so that whoever finds a layer goes on where the landing
 * stopped. What the user changed since the command began stays: it is merged with what the command made of the same text, or the command's is withheld.
 * `before`: the tree that is recorded last. When the command began, or what the user made meanwhile in it, where an earlier landing had come so far.
 */
export async function land(parts: LandingParts, folder: string, before: TreeId): Promise<Landing> {
  return holdingFolder(parts.root, (root) => landIn({ ...parts, root }, folder, before));
}

async function landIn(parts: LandingParts, folder: string, before: TreeId): Promise<Landing> {
  const layer = new Layer(folder);
  const ground = new Ground(parts, await parts.trees.get(begunWith(folder, before)), layer.since);
  const notes = new LandedNotes(folder, (path) => ground.look(path));
  try {
    const outcome = new Outcome(parts, ground, layer, notes, await parts.trees.get(before));
    await new Running(parts, layer, ground, outcome).folder('', true);
    return await outcome.result();
  } finally {
    notes.close();
  }
}

/** A landing that is going on. */
class Running {
  readonly #parts: LandingParts;
  readonly #layer: Layer;
  readonly #ground: Ground;
  readonly #outcome: Outcome;
  readonly #pace = new Pace();

  constructor(parts: LandingParts, layer: Layer, ground: Ground, outcome: Outcome) {
    this.#parts = parts;
    this.#layer = layer;
    this.#ground = ground;
    this.#outcome = outcome;
  }

  /** Everything in one folder of the layer. `trusted`: the folder of the work tree is the one that was there when the command began, with what was in it. */
  async folder(of: Path, trusted: boolean): Promise<void> {
    const entries = await this.#entriesOf(of);
    const named = new Set(entries.map(({ path }) => path));
    for (const name of await this.#ground.namesIn(of)) {
      const path = joined(of, name);
      if (!named.has(path) && this.#layer.hides(path)) await this.#remove(path, trusted);
    }
    const brought = await this.#bringNew(of, entries);
    for (const entry of entries) {
      if (this.#pace.due) await this.#pace.rest();
      if (isBoundedPath(entry.path)) await this.#withholdAll(entry, 'no command may write in the folder of Bounded');
      else if (entry.kind === 'folder') await this.#intoFolder(entry, trusted);
      else if (entry.kind === 'gone') await this.#remove(entry.path, trusted);
      else if (!brought.has(entry.path)) await this.#bring(entry, trusted);
      if (entry.kind !== 'folder') this.#outcome.leave(entry.path);
    }
  }

  async #entriesOf(folder: Path): Promise<readonly LayerEntry[]> {
    try {
      return this.#layer.entries(folder);
    } catch (error) {
      if (codeOf(error) !== 'ENAMETOOLONG') throw error;
      await this.#outcome.withhold(folder, 'the way to what is in it is too long');
      return [];
    }
  }

  async #intoFolder(entry: LayerEntry, trusted: boolean): Promise<void> {
    const { path, stats } = entry;
    const found = this.#ground.look(path);
    // Git's own folder lands only where there is none: an existing one is read-only for commands.
    const inTheWay = found !== undefined && (isGitName(nameOf(path)) || (!found.isDirectory() && !(await this.#remove(path, trusted))));
    if (inTheWay) return this.#withholdAll(entry, 'there is something of yours in the place of its folder');
    if (found?.isDirectory() === true && (await this.#ground.isMountPoint(path))) return this.#withholdAll(entry, mountedHere);
    const there = found?.isDirectory() === true ? found : undefined;
    // A folder that the user removed comes again only for what is new in it.
    const comes = there === undefined && !this.#ground.heldFolder(path);
    const asItWas = there !== undefined && this.#ground.isUntouched(there);
    const turns = asItWas && (isClosed(there) || (there.mode & 0o7777n) !== (stats.mode & 0o7777n));
    if (asItWas && isClosed(there)) await this.#turn(path, there.mode | 0o700n);
    if (comes) await this.#outcome.act(path, true, (place, name) => mkdir(onDisk(place, name)).then(() => undefined));
    await this.folder(path, comes || (trusted && asItWas));
    // Last, because nothing can be put into a folder that is closed.
    if (turns || (comes && this.#ground.look(path)?.isDirectory() === true)) await this.#turn(path, stats.mode);
  }

  /** Gives a folder these permissions. */
  #turn(path: Path, mode: bigint): Promise<Hindrance> {
    return this.#outcome.act(path, false, async (place, name) => atFolder(place, name, (folder, isMountPoint) => {
      if (isMountPoint) return mountedHere;
      chmodSync(folder, Number(mode & 0o7777n));
      return undefined;
    }));
  }

  /** What is new in a folder and has its place free, all at once; answers what landed. */
  #bringNew(folder: Path, entries: readonly LayerEntry[]): Promise<ReadonlySet<Path>> {
    const isNew = ({ path, kind }: LayerEntry) => (kind === 'file' || kind === 'special') && !isBoundedPath(path) && this.#ground.look(path) === undefined && this.#ground.ruleOf(path, undefined, true) !== 'contents';
    return this.#outcome.actIn(folder, entries.filter(isNew), (place, path) => bringFile(place, nameOf(path), this.#layer.place(path), null));
  }

  /** Nothing of what the command did at a path and below it can land. */
  async #withholdAll({ path, kind }: LayerEntry, why: string): Promise<void> {
    const inside = kind === 'folder' ? await this.#entriesOf(path) : [];
    for (const entry of inside) await this.#withholdAll(entry, why);
    // What was removed and is not there needs no word.
    if (inside.length === 0 && (kind !== 'gone' || this.#ground.look(path) !== undefined)) await this.#outcome.withhold(path, why);
  }

  /** A file, a link or a pipe that the command made or changed. */
  async #bring({ path, stats }: LayerEntry, trusted: boolean): Promise<void> {
    const from = this.#layer.place(path);
    if (this.#ground.look(path)?.isDirectory() === true && !(await this.#remove(path, trusted))) return this.#outcome.withhold(path, 'there is a folder with something of yours in its place');
    const there = this.#ground.look(path);
    if (there !== undefined && (await this.#isSame(path, stats, there))) return;
    const rule = this.#ground.ruleOf(path, there, trusted);
    if (there === undefined && rule !== 'contents') return this.#place(path, (place, name) => bringFile(place, name, from, null));
    if (there !== undefined && rule === 'free') return this.#place(path, (place, name) => bringOver(place, name, from, keyOf(there)), there);
    if (rule === 'contents' && (stats.isFile() || stats.isSymbolicLink())) return this.#merge(path, there);
    // A copy of it that a landing brought which was cut off, or the user came to the same.
    if (there !== undefined && stats.mode === there.mode && (await this.#isSameContent(path))) return;
    return this.#outcome.withhold(path, 'you made or changed it while the command ran');
  }

  /** A path that a checkpoint held. */
  async #merge(path: Path, there: BigIntStats | undefined): Promise<void> {
    const from = this.#layer.place(path);
    const before = this.#ground.held(path) ?? null;
    const [target, now] = [await this.#stateIn(path), await this.#ground.state(path)];
    if (target.kind !== 'file' || (now.kind !== 'file' && now.kind !== 'missing')) return this.#outcome.withhold(path, `there is ${stateInWords(now)} in its place`);
    const current = now.kind === 'missing' ? null : now.blob;
    const step = decideRestore(target.blob, before, current);
    if (step.do === 'leave') return this.#outcome.withhold(path, step.why);
    if (step.do === 'merge' && current !== null) return this.#mergeTexts(path, { before, current, step }, there);
    const touched = there !== undefined && !this.#ground.isUntouched(there);
    // The content is there: nothing lands but times and permissions, unless the user changed these or came to the same content.
    if (step.do === 'nothing' && (touched || !sameBlob(current, before))) return;
    if (touched && there.isFile()) chmodSync(from, Number(there.mode & 0o7777n));
    return this.#place(path, (place, name) => bringFile(place, name, from, current), there);
  }

  async #mergeTexts(path: Path, { before, current, step }: { readonly before: Blob | null; readonly current: Blob; readonly step: Extract<RestoreStep, { do: 'merge' }> }, there: BigIntStats | undefined): Promise<void> {
    const from = this.#layer.place(path);
    const small = [there, lstatSync(from, { bigint: true })].every((stats) => stats !== undefined && stats.size <= mostBytes);
    const here = small ? await readHere(this.#parts.root, path, current) : undefined;
    if (here === undefined) return this.#outcome.withhold(path, 'you changed it while the command ran');
    const own = readSmall(from).object.body;
    const merged = step.content === 'three-way' ? mergeTexts(here, await this.#parts.blobs.read(before?.oid ?? ''), own) : { bytes: step.content === 'current' ? here : own };
    if (!('bytes' in merged)) return this.#outcome.withhold(path, 'conflicts' in merged ? conflictInWords(merged.conflicts) : merged.hindrance);
    // What is merged already is the user's part and the command's, each recorded or about to be.
    if (merged.bytes.equals(here) && this.#outcome.isRecorded(path)) return this.#outcome.landedBefore(path);
    await this.#outcome.merges(path, current, here);
    return this.#place(path, (place, name) => putFile(place, name, { bytes: merged.bytes, mode: step.mode, secret: this.#parts.guard.isSecret(path) }, current), there);
  }

  /** Removes what the command removed; whether nothing is there any more. */
  async #remove(path: Path, trusted: boolean): Promise<boolean> {
    if (this.#pace.due) await this.#pace.rest();
    const there = this.#ground.look(path);
    if (there === undefined) return this.#isGone(path);
    if (there.isDirectory()) return this.#removeFolder(path, there, trusted);
    const before = this.#ground.held(path);
    switch (this.#ground.ruleOf(path, there, trusted)) {
      case 'contents': await this.#place(path, (place, name) => removeFile(place, name, before ?? { oid: '', mode: '100644' }), there, 'you changed it while the command ran'); break;
      case 'free': await this.#place(path, (place, name) => unlink(onDisk(place, name)).then(() => undefined), there); break;
      // What the user made in a folder that the command removed is no matter of the command's.
      default: return false;
    }
    return this.#ground.look(path) === undefined;
  }

  async #isGone(path: Path): Promise<boolean> {
    if (!this.#ground.isHidden(path)) return true;
    await this.#outcome.withhold(path, 'there is no way to it any more');
    return false;
  }

  async #removeFolder(path: Path, there: BigIntStats, trusted: boolean): Promise<boolean> {
    if (await this.#ground.isMountPoint(path)) {
      await this.#outcome.withhold(path, mountedHere);
      return false;
    }
    const asItWas = trusted && this.#ground.isUntouched(there);
    if (asItWas && isClosed(there)) await this.#turn(path, there.mode | 0o700n);
    const names = await this.#ground.namesIn(path);
    await this.#removeHeld(path, names);
    for (const name of names) await this.#remove(joined(path, name), asItWas);
    const users = names.length === 0 && !asItWas && !this.#ground.isScratch(path);
    if (!users) await this.#outcome.act(path, false, (place, name) => rmdir(onDisk(place, name)).then(() => undefined, notEmpty));
    const gone = this.#ground.look(path) === undefined;
    if (!gone && asItWas && isClosed(there)) await this.#turn(path, there.mode);
    return gone;
  }

  /** The files of a folder that are as a checkpoint held them, all at once. */
  async #removeHeld(folder: Path, names: readonly string[]): Promise<void> {
    const held = names.map((name) => joined(folder, name)).filter((path) => !this.#ground.isScratch(path) && this.#ground.held(path) !== undefined);
    for (const path of held) this.#ground.note(this.#ground.look(path));
    await this.#outcome.actIn(folder, held.map((path) => ({ path })), async (place, path) => {
      const before = this.#ground.held(path);
      return before === undefined ? undefined : removeFile(place, nameOf(path), before);
    });
  }

  /** Changes a path, or withholds what the command did there; `why` instead of what hindered it. */
  async #place(path: Path, act: (place: string, name: string) => Promise<Hindrance>, there?: BigIntStats, why?: string): Promise<void> {
    this.#ground.note(there);
    const hindrance = await this.#outcome.act(path, true, act);
    if (hindrance !== undefined) await this.#outcome.withhold(path, why ?? hindrance);
  }

  /** Whether the command left a path as it was: it has opened it for writing, and no more. */
  async #isSame(path: Path, stats: BigIntStats, there: BigIntStats): Promise<boolean> {
    if (stats.ino === there.ino && stats.dev === there.dev) return true;
    return stats.mode === there.mode && stats.size === there.size && stats.mtimeNs === there.mtimeNs && (await this.#isSameContent(path));
  }

  async #isSameContent(path: Path): Promise<boolean> {
    const [own, now] = [await this.#stateIn(path), await this.#ground.state(path)];
    return own.kind === 'file' && now.kind === 'file' && own.blob.oid === now.blob.oid;
  }

  #stateIn(path: Path) {
    return stateAt(parentOf(path) === '' ? this.#layer.upper : `${this.#layer.upper}/${parentOf(path)}`, nameOf(path));
  }
}

const mountedHere = 'something was mounted there meanwhile';

/** Whether its owner cannot change what is in a folder. The command had opened it to do so. */
const isClosed = ({ mode }: BigIntStats): boolean => (mode & 0o700n) !== 0o700n;

function notEmpty(error: unknown): Hindrance {
  if (!['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(codeOf(error) ?? '')) throw error;
  return 'not empty';
}
