import { type BigIntStats, unlinkSync } from 'node:fs';
import type { Landing } from '../../../agent/ports.ts';
import type { Blob, Path } from '../../../core/session/changes.ts';
import type { Withheld } from '../../../core/session/facts.ts';
import { codeOf } from '../../journal/faults.ts';
import { readLink, readSmall } from '../disk/content.ts';
import { sameBlob } from '../disk/fileState.ts';
import type { Hindrance } from '../disk/replaceFile.ts';
import { isGone } from '../disk/stats.ts';
import { gitObject } from '../git/objects.ts';
import { changeLightly, isRefusal } from '../rewind/restorePlaces.ts';
import type { Store } from '../store/store.ts';
import { type Dir, fileAt, treeObjects } from '../store/tree.ts';
import { type Trees, treeOf } from '../store/trees.ts';
import { type Ground, statsAt } from './ground.ts';
import type { LandedNotes } from './landed.ts';
import { kindOf, type Layer } from './layer.ts';

/** Bytes of a file that is merged, or kept where it is withheld. */
export const mostBytes = 64 * 1024 * 1024;

/** What a landing did and did not do, as it goes on. */
export class Outcome {
  readonly #parts: { readonly store: Store; readonly trees: Trees };
  readonly #ground: Ground;
  readonly #layer: Layer;
  readonly #notes: LandedNotes;
  /** What is recorded already of what the user made. */
  readonly #recorded: Dir;
  readonly #landed = new Set<Path>();
  readonly #withheld = new Map<Path, Withheld>();
  /** What does not leave the layer: whoever takes this to its end decides on it once more. */
  readonly #stays = new Set<Path>();
  /** What the user had made of the files that were merged. */
  readonly #users = new Map<Path, Blob>();

  constructor(parts: { readonly store: Store; readonly trees: Trees }, ground: Ground, layer: Layer, notes: LandedNotes, recorded: Dir) {
    this.#parts = parts;
    this.#ground = ground;
    this.#layer = layer;
    this.#notes = notes;
    this.#recorded = recorded;
  }

  /** Changes a path, through no link and on no other mount; answers what hindered it. */
  async act(path: Path, create: boolean, act: (place: string, name: string) => Promise<Hindrance>): Promise<Hindrance> {
    const found = statsAt(this.#layer.place(path));
    this.#notes.add(path, found === undefined || kindOf(found) === 'gone' ? undefined : found);
    const hindrance = await changeLightly(this.#ground.root, path, create, (place, name) => act(place, name).catch(overtaken), 'one-mount');
    this.#notes.done();
    if (hindrance === undefined) this.#landed.add(path);
    return hindrance;
  }

  /** The same for paths of one folder, which is entered once, each with what comes there. Answers those that were changed; each other one is to be looked at by itself. */
  async actIn(folder: Path, all: readonly { readonly path: Path; readonly stats?: BigIntStats }[], act: (place: string, path: Path) => Promise<Hindrance>): Promise<ReadonlySet<Path>> {
    const done = new Set<Path>();
    if (all.length === 0) return done;
    await this.#ground.enter(folder, true, async (place) => {
      for (const { path, stats } of all) {
        this.#notes.add(path, stats);
        if ((await act(place, path).catch(refused)) === undefined) done.add(path);
      }
    });
    this.#notes.done();
    for (const path of done) this.#landed.add(path);
    return done;
  }

  /** Takes what has landed out of the layer, so that nobody lands it again. */
  leave(path: Path): void {
    if (!this.#stays.has(path)) unlinkSync(this.#layer.place(path));
  }

  /** What the command left there is kept in the store, as far as it can be. The first reason counts. */
  async withhold(path: Path, why: string): Promise<void> {
    if (this.#withheld.has(path)) return;
    const blob = await this.#keep(path);
    this.#stays.add(path);
    this.#withheld.set(path, { path, why, ...(blob === undefined ? {} : { blob }) });
  }

  async #keep(path: Path): Promise<Blob | undefined> {
    const place = this.#layer.place(path);
    const stats = statsAt(place);
    if (stats === undefined || !(stats.isFile() || stats.isSymbolicLink()) || stats.size > mostBytes) return undefined;
    const { object, mode } = stats.isSymbolicLink() ? readLink(place) : readSmall(place);
    await this.#parts.store.write([object]);
    return { oid: object.oid, mode };
  }

  /** Notes what the user had made of a file, before it is merged with what the command made of it. */
  async merges(path: Path, users: Blob, bytes: Buffer): Promise<void> {
    await this.#parts.store.write([gitObject('blob', bytes)]);
    this.#users.set(path, users);
    this.#stays.add(path);
  }

  /** Whether an earlier landing has recorded what the user had made of a file that the command changed too. */
  isRecorded(path: Path): boolean {
    return !sameBlob(fileAt(this.#recorded, path) ?? null, this.#ground.held(path) ?? null);
  }

  /** An earlier landing brought this path to what it is. */
  landedBefore(path: Path): void {
    this.#landed.add(path);
    this.#stays.add(path);
  }

  async result(): Promise<Landing> {
    const unlisted = this.#layer.isUnlisted ? [{ path: '.', why: 'nobody could note what the command saw in the end: what it removed by making a folder anew may still be there' }] : [];
    return { before: await this.#usersTree(), landed: this.#allLanded(), withheld: [...this.#withheld.values(), ...unlisted] };
  }

  /** What landed, also before the process died that began. */
  #allLanded(): ReadonlySet<Path> {
    for (const path of this.#notes.earlier) if (!this.#stays.has(path)) this.#landed.add(path);
    return this.#landed;
  }

  /** What is recorded with what the user made of the merged files, in the store. */
  async #usersTree(): Promise<string> {
    const recorded = this.#recorded;
    if (this.#users.size === 0) return recorded.oid;
    const { store, trees } = this.#parts;
    const tree = await treeOf(this.#users, recorded);
    await store.write([...treeObjects(tree, (oid) => store.has(oid))]);
    trees.note(tree);
    return tree.oid;
  }
}

/** Somebody came or went at this very moment: a hindrance like any other. */
function overtaken(error: unknown): Hindrance {
  if (!isGone(error) && codeOf(error) !== 'EEXIST') throw error;
  return 'something else by now';
}

function refused(error: unknown): Hindrance {
  return isRefusal(error, 'one-mount') ? 'refused' : overtaken(error);
}
