import assert from 'node:assert/strict';
import { changedPaths, type Disk, type FileState, marksIn, sameContent, wordsIn } from './disk.ts';

/** The work tree at a moment to which a rewind may go back, and what the user has touched since. */
interface Moment {
  readonly disk: Disk;
  readonly user: Set<string>;
  /** Marks of the session up to this moment. */
  readonly marks: number;
}

/** A rewind that can be undone: the work tree on both sides of it, and what anybody touched since. */
interface Rewound {
  readonly before: Disk;
  readonly after: Disk;
  /** What it had to leave. */
  readonly left: ReadonlySet<string>;
  readonly touched: Set<string>;
  /** Lines that the user had taken out before it. */
  readonly takenOut: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that the user had made before it, as they were. */
  readonly made: ReadonlyMap<string, FileState>;
}

/** What a rewind says that it did. A path in both was rewound in part, where something that came back stands in its way. */
export interface Outcome {
  readonly done: readonly string[];
  readonly left: readonly string[];
}

/** Who changed the work tree: a rewind, its undoing or doing it again is neither the user's nor a call of the session's. */
type Author = 'user' | 'session' | 'rewind';

/** What must hold of a work tree, kept in memory from what is seen on the disk before and after each step. */
export class Model {
  readonly #moments = new Map<string, Moment>();
  readonly #rewinds = new Map<string, Rewound>();
  /** Files that the user made where the session had left nothing, as they left them: to delete one of them is to take that back, also where the session changed it and took that back itself. */
  readonly #made = new Map<string, FileState>();
  /** The same before the last change. */
  #madeBefore: ReadonlyMap<string, FileState> = new Map();
  /** Paths that the user deleted, and modes that the user set, last of all. */
  readonly #deleted = new Set<string>();
  readonly #modes = new Map<string, boolean>();
  /** Lines that the user took out of a file, last of all, by their first word. */
  readonly #takenOut = new Map<string, Set<string>>();
  /** Lines of the user that the session brought to another file, as when it renamed one: there they are its own writing. */
  readonly #carried = new Map<string, Set<string>>();
  /** Lines of the user that a rewind brought back, and nobody wrote since. */
  readonly #returned = new Map<string, Set<string>>();
  /** Files of which nobody can tell by their lines what the user did: they made, removed or replaced one, or what a hunk took was theirs, too. */
  readonly #remade = new Set<string>();

  /** Marks of the session that the user brought back as their own. */
  readonly #adopted = new Set<string>();
  #seen: Disk = new Map();

  remember(moment: string, disk: Disk, marks: number): void {
    if (!this.#moments.has(moment)) this.#moments.set(moment, { disk, user: new Set(), marks });
  }

  remembers(moment: string): boolean {
    return this.#moments.has(moment);
  }

  /** An undo does not bring back what the rewind had to leave. */
  rewound(id: string, before: Disk, after: Disk, { done, left }: Outcome): void {
    const stays = left.filter((path) => !done.includes(path));
    this.#rewinds.set(id, { before, after, left: new Set(stays), touched: new Set(stays), takenOut: new Map(Array.from(this.#takenOut, ([path, out]) => [path, new Set(out)])), made: this.#madeBefore });
  }

  /** The session has looked at the work tree: what the user does and takes back between two looks is nothing. */
  looked(disk: Disk): void {
    this.#seen = disk;
  }

  /** Somebody changed the work tree. Who is not known counts as the user. `shared`: paths where a person took back lines of both, which is their own change. */
  changed(by: Author, before: Disk, after: Disk, shared: ReadonlySet<string> = new Set()): void {
    this.#madeBefore = new Map(this.#made);
    for (const path of changedPaths(before, after)) {
      for (const rewind of this.#rewinds.values()) rewind.touched.add(path);
      const [old, now] = [before.get(path), after.get(path)];
      const wasDeleted = this.#deleted.delete(path);
      if (old?.executable !== now?.executable || old?.link !== now?.link) this.#modes.delete(path);
      this.#noteLines(by, path, before, after);
      const made = old === undefined ? !wasDeleted : sameContent(old, this.#made.get(path));
      if (by === 'user' || shared.has(path)) this.#made.delete(path);
      if (made && now !== undefined && (by === 'user' || shared.has(path))) this.#made.set(path, now);
      if (by !== 'user') continue;
      for (const moment of this.#moments.values()) moment.user.add(path);
      for (const mark of marksIn(now?.bytes, 's')) if (!marksIn(old?.bytes, 's').has(mark)) this.#adopted.add(mark);
      const known = this.#seen.get(path);
      if (now === undefined && known !== undefined && !made) this.#deleted.add(path);
      if (now?.link === false && known?.link === false && old?.executable !== now.executable && known.executable !== now.executable) this.#modes.set(path, now.executable);
    }
  }

  #noteLines(by: Author, path: string, before: Disk, after: Disk): void {
    const [old, now, seen] = [before, after, this.#seen].map((disk) => wordsIn(disk.get(path)));
    const out = this.#takenOut.get(path) ?? new Set();
    for (const word of now ?? []) if (old?.has(word) !== true) out.delete(word);
    if (by === 'user' && (old === undefined || now === undefined)) this.#remade.add(path);
    if (by === 'user' && now !== undefined) for (const word of old ?? []) if (!now.has(word) && seen?.has(word) === true) out.add(word);
    this.#takenOut.set(path, out);
    const [had, has] = [marksIn(before.get(path)?.bytes, 'u'), marksIn(after.get(path)?.bytes, 'u')];
    if (by !== 'rewind') this.#noteCarried(by, path, had, has);
    const returned = this.#returned.get(path) ?? new Set();
    for (const mark of has) if (!had.has(mark)) returned[by === 'rewind' ? 'add' : 'delete'](mark);
    this.#returned.set(path, returned);
  }

  /** A command of the session was at its end here; what of that Bounded rewinds at once, an undo can bring back. */
  commanded(before: Disk, after: Disk): void {
    for (const path of changedPaths(before, after)) this.#noteCarried('session', path, marksIn(before.get(path)?.bytes, 'u'), marksIn(after.get(path)?.bytes, 'u'));
  }

  #noteCarried(by: 'user' | 'session', path: string, had: ReadonlySet<string>, has: ReadonlySet<string>): void {
    const carried = this.#carried.get(path) ?? new Set();
    for (const mark of has) if (!had.has(mark)) carried[by === 'session' ? 'add' : 'delete'](mark);
    this.#carried.set(path, carried);
  }

  /**
   * Lines of the user that are older than a moment and were not there any more by then, because the session had taken them out: where a rewind of less than
   * the moment brought them back, going back to the moment takes them again.
   */
  olderThan(name: string): (path: string) => ReadonlySet<string> {
    const { disk, marks } = this.#moments.get(name) ?? assert.fail(`no such moment: ${name}`);
    return (path) => new Set([...(this.#returned.get(path) ?? [])].filter((mark) => Number(mark.slice(1)) <= marks && !marksIn(disk.get(path)?.bytes, 'u').has(mark)));
  }

  /** What holds after every rewind. `taken`: marks of the user that the person asked to take away; `asked`: paths whose deletion or mode they want changed. */
  checkRewind(before: Disk, after: Disk, { done, left }: Outcome, taken: (path: string) => ReadonlySet<string>, asked: (path: string) => boolean): void {
    for (const [path, old] of before) {
      const now = marksIn(after.get(path)?.bytes, 'u');
      for (const mark of marksIn(old.bytes, 'u')) if (!taken(path).has(mark) && this.#carried.get(path)?.has(mark) !== true) assert.ok(now.has(mark), `the user's line ${mark} of ${path} is lost`);
    }
    const spoken = new Set([...done, ...left]);
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(path), after.get(path)];
      if (!spoken.has(path)) assert.deepEqual(now, old, `${path} was touched and is not listed`);
      if (left.includes(path) && !done.includes(path)) assert.ok(sameContent(now, old), `${path} was left, but it changed`);
    }
    for (const path of this.#deleted) if (!asked(path)) assert.equal(after.has(path), false, `${path}, which the user deleted, is back`);
    for (const [path, out] of this.#takenOut) {
      const [old, now] = [wordsIn(before.get(path)), wordsIn(after.get(path))];
      for (const word of out) if (!asked(path)) assert.ok(old?.has(word) === true || now?.has(word) !== true, `the line ${word} of ${path}, which the user took out, is back`);
    }
    for (const [path, executable] of this.#modes) if (!asked(path) && after.get(path)?.link === false) assert.equal(after.get(path)?.executable, executable, `the user's mode of ${path} is lost`);
  }

  /**
   * The undoing of a hunk brings back what the user had a part in: from there on a path is the user's, for every moment before, and what came back in
   * it is theirs, whoever wrote it first.
   */
  sharedBack(paths: readonly string[], before: Disk, after: Disk): void {
    this.becameUsers(paths.filter((path) => this.#moments.get('base')?.user.has(path) === true), before, after);
  }

  /** From here on these paths are the user's, for every moment before, and so is what came to them, whoever wrote it first. */
  becameUsers(paths: readonly string[], before: Disk, after: Disk): void {
    this.countsAsUsers(paths);
    for (const path of paths) for (const mark of marksIn(after.get(path)?.bytes, 's')) if (!marksIn(before.get(path)?.bytes, 's').has(mark)) this.#adopted.add(mark);
  }

  countsAsUsers(paths: readonly string[]): void {
    for (const path of paths) this.#remade.add(path);
    for (const moment of this.#moments.values()) for (const path of paths) moment.user.add(path);
  }

  /** What holds after a rewind to a moment, of all paths or of one. */
  checkMoment(name: string, after: Disk, { done, left }: Outcome, only?: string): void {
    const moment = this.#moments.get(name);
    assert.ok(moment !== undefined, `no such moment: ${name}`);
    const mine = (path: string) => ![...moment.user].some((user) => user === path || user.startsWith(`${path}/`) || path.startsWith(`${user}/`));
    // Alone, a file cannot come back where the session made a folder of it.
    const inTheWay = (path: string) => only !== undefined && [...after.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
    for (const path of left) assert.ok(!mine(path) || inTheWay(path), `${path} was left, but the user never touched it`);
    for (const path of only === undefined ? new Set([...moment.disk.keys(), ...after.keys()]) : [only]) {
      if (mine(path) && !inTheWay(path)) assert.ok(sameContent(after.get(path), moment.disk.get(path)), `${path} is not as it was`);
    }
    for (const path of done.filter((one) => !left.includes(one))) {
      // Gone as it was gone then: it is the session that took it away, whoever did so again.
      if (!moment.disk.has(path) && !after.has(path)) this.#deleted.delete(path);
      const now = wordsIn(after.get(path));
      for (const word of this.#remade.has(path) ? [] : wordsIn(moment.disk.get(path)) ?? []) if (this.#takenOut.get(path)?.has(word) !== true) assert.ok(now?.has(word), `the line ${word} of ${path}, which the session took out, is not back`);
      for (const mark of marksIn(after.get(path)?.bytes, 's')) assert.ok(Number(mark.slice(1)) <= moment.marks || this.#adopted.has(mark), `the session's line ${mark} is still in ${path}`);
    }
  }

  /** Marks of the user that a rewind brought back: undoing it takes them away again. */
  broughtBack(id: string, path: string): Set<string> {
    const rewind = this.#rewinds.get(id);
    const had = marksIn(rewind?.before.get(path)?.bytes, 'u');
    return new Set([...marksIn(rewind?.after.get(path)?.bytes, 'u')].filter((mark) => !had.has(mark)));
  }

  /**
   * Whether a path is as a rewind left it, because nobody has touched it since or because nothing came of that: undoing the rewind brings back what
   * was there before.
   */
  isAsLeftBy(id: string, path: string, now: Disk): boolean {
    const rewind = this.#rewinds.get(id);
    return rewind !== undefined && !rewind.left.has(path) && (!rewind.touched.has(path) || sameContent(rewind.after.get(path), now.get(path)));
  }

  /** What holds after the undoing of a rewind: what nobody touched since is as before the rewind. */
  checkUndone(id: string, after: Disk, paths: readonly string[]): void {
    const rewind = this.#rewinds.get(id);
    if (rewind === undefined) return;
    const touched = (path: string) => [...rewind.touched].some((one) => one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`));
    for (const path of paths) {
      const back = sameContent(after.get(path), rewind.before.get(path));
      if (!touched(path)) assert.ok(back, `${path} is not as it was before the rewind`);
      // What is as before the rewind is the session's again, also where the user had brought it back before; of a merged file its mode by itself, where the rewind had changed that.
      if (back) this.#deleted.delete(path);
      if (back) this.#takenOut.set(path, new Set(rewind.takenOut.get(path)));
      // And what they had made is again what they have made there.
      const made = rewind.made.get(path);
      if (back && made !== undefined) this.#made.set(path, made);
      const [was, left, now] = [rewind.before, rewind.after, after].map((disk) => disk.get(path)?.executable);
      if (was !== left && now === was) this.#modes.delete(path);
    }
  }
}
