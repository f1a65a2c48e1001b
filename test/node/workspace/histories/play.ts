import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { RewindPreview } from '../../../../src/agent/rewind/preview.ts';
import { phaseRights } from '../../../../src/core/guard/rights.ts';
import type { Blob } from '../../../../src/core/session/changes.ts';
import type { SessionEvent } from '../../../../src/core/session/events.ts';
import { fold } from '../../../../src/core/session/evolve.ts';
import type { Boundary, DoneRewind, Flag } from '../../../../src/core/session/session.ts';
import { readJournal, verifyTrace } from '../../../../src/node/journal/journal.ts';
import { changedPaths, type Disk, edited, marksIn, mutate, type Mutation, places, readDisk, sameContent } from './disk.ts';
import { Crash, House } from './house.ts';
import { Model, type Outcome } from './model.ts';
import type { Act, Step } from './steps.ts';

const none: ReadonlySet<string> = new Set();
const rewindActs: ReadonlySet<Act['do']> = new Set(['boundary', 'everything', 'file', 'flag', 'hunk', 'flagHunk']);
const picked = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];
const nameOf = (boundary: Boundary): string => `${boundary.id} ${boundary.commit} ${boundary.at}`;

/** Plays one history in a folder of its own and checks after each step what must hold. */
export async function play(folder: string, steps: readonly Step[]): Promise<void> {
  const house = await House.takeUp(folder);
  const player = new Player(house);
  try {
    player.begin();
    for (const step of steps) await player.take(step);
    await player.end();
  } finally {
    await house.close();
  }
}

class Player {
  readonly #house: House;
  readonly #model = new Model();
  #marks = 0;
  /** The work tree between a command and what Bounded did about it. */
  #commanded: Disk | undefined;

  constructor(house: House) {
    this.#house = house;
  }

  begin(): void {
    this.#model.looked(this.#disk());
    this.#model.remember('base', this.#disk(), 0);
    this.#rememberBoundaries();
  }

  async take(step: Step): Promise<void> {
    const from = this.#house.events.length;
    if (step.do === 'user') for (const mutation of step.mutations) this.#user(mutation);
    else if (step.do === 'restart') await this.#house.restart();
    else if (step.do === 'crash') await this.#crash(step);
    else if (step.do !== 'nothing') await this.#act(step);
    if (this.#house.events.slice(from).some((event) => 'tree' in event || event.type === 'rewind/done')) this.#model.looked(this.#disk());
    this.#rememberBoundaries();
  }

  /** Journal and store agree: the fold is the session, and every content that it names is there for another process. */
  async end(): Promise<void> {
    const house = this.#house;
    const tree = await house.look();
    assert.equal(house.session.tree, tree, 'the session knows what is on the disk');
    const session = JSON.parse(JSON.stringify(house.session)) as unknown;
    const { entries, problem } = await readJournal(house.trace);
    assert.equal(problem, undefined);
    assert.deepEqual(JSON.parse(JSON.stringify(fold(entries))), session, 'the fold of the journal is the session');
    assert.equal((await verifyTrace(house.trace)).ok, true);
    // Fails where one object below these trees is missing.
    execFileSync('git', ['rev-list', '--objects', '--stdin'], { env: { PATH: process.env['PATH'], GIT_DIR: house.store }, input: [...treesOf(entries.map((entry) => entry.event))].join('\n'), stdio: ['pipe', 'ignore', 'pipe'] });
  }

  async #act(act: Act): Promise<void> {
    const before = this.#disk();
    const from = this.#house.events.length;
    this.#commanded = undefined;
    if (await this.#work(act)) this.#model.changed('session', before, this.#disk());
    this.#checkStrays(from, before);
  }

  /** Carries out an act; answers whether what changed on the disk is the session's and not yet noted. */
  async #work(act: Act): Promise<boolean> {
    switch (act.do) {
      case 'tool': return this.#tool(act.mutation);
      case 'race': return this.#tool(act.mutation, act.user);
      case 'command': return this.#command(act.mutations);
      case 'cross': return this.#cross();
      case 'boundary': return this.#rewindTo(picked(this.#house.session.line.boundaries, act.pick));
      case 'everything': return this.#rewindTo(undefined);
      case 'file': return this.#rewindFile(act.pick);
      case 'flag': return this.#rewindFlag(act.pick);
      case 'hunk': return this.#rewindHunk(act.pick);
      case 'flagHunk': return this.#rewindFlaggedHunk(act.pick);
      case 'undo': return this.#undo(act.pick);
      case 'redo': return this.#redo(act.pick);
      case 'restoreFlag': return this.#restoreFlag(act.pick);
      case 'keep': return this.#keep(act.how);
    }
  }

  #disk(): Disk {
    return readDisk(this.#house.root);
  }

  #user(mutation: Mutation): void {
    const before = this.#disk();
    mutate(this.#house.root, mutation, this.#userMark);
    this.#model.changed('user', before, this.#disk());
  }

  readonly #userMark = (): string => `u${(this.#marks += 1)}`;

  readonly #mark = (): string => `s${(this.#marks += 1)}`;

  async #tool(mutation: Mutation, user?: Mutation): Promise<boolean> {
    const before = this.#disk();
    const file = places[mutation.place % places.length] ?? '';
    const found = before.get(file);
    if (found?.link === true) return false;
    const race = user === undefined ? undefined : () => {
      const written = this.#disk();
      mutate(this.#house.root, user, this.#userMark);
      const after = this.#disk();
      // Of one file that both wrote at once nobody knows whose it is: it counts as the user's. What the file system refused to the user, they did not write.
      const both = !sameContent(written.get(file), after.get(file));
      this.#model.changed(both ? 'user' : 'session', before, written);
      this.#model.changed('user', written, after);
    };
    await this.#house.write(file, edited(found?.bytes ?? '', mutation.what, mutation.line, this.#mark), race);
    return user === undefined;
  }

  /** In a phase that changes nothing the work tree is read-only for a command: what changes meanwhile is the user's. */
  #whoseCommands(): 'session' | 'user' {
    const { phase } = this.#house.session.line;
    return phase !== undefined && phaseRights[phase] === 'nothing' ? 'user' : 'session';
  }

  async #command(mutations: readonly Mutation[]): Promise<boolean> {
    const before = this.#disk();
    const whose = this.#whoseCommands();
    await this.#house.command(() => {
      for (const mutation of mutations) mutate(this.#house.root, mutation, this.#mark);
      this.#commanded = this.#disk();
      if (whose === 'session') this.#model.commanded(before, this.#commanded);
    });
    if (whose === 'user') this.#model.changed('user', before, this.#disk());
    return whose === 'session';
  }

  async #cross(): Promise<boolean> {
    if (this.#house.session.line.phase === 'minimal-hook') await this.#house.cross();
    return false;
  }

  async #rewindTo(boundary: Boundary | undefined): Promise<boolean> {
    const before = this.#disk();
    const moment = boundary === undefined ? 'base' : nameOf(boundary);
    const rewind = await this.#rewind({ type: 'rewind-boundary', to: boundary?.id ?? 'base' }, before, this.#model.olderThan(moment));
    this.#model.checkMoment(moment, this.#disk(), outcomeOf(rewind ?? assert.fail('nothing was rewound')));
    await this.#house.startPhase();
    return false;
  }

  async #rewindFile(pick: number): Promise<boolean> {
    const path = picked(this.#house.session.line.writes, pick)?.path;
    if (path === undefined) return false;
    const rewind = await this.#rewind({ type: 'rewind-path', path }, this.#disk(), () => none);
    this.#model.checkMoment('base', this.#disk(), rewind === undefined ? { done: [], left: [] } : outcomeOf(rewind), path);
    return false;
  }

  async #rewindFlag(pick: number): Promise<boolean> {
    const flag = this.#openFlag(pick);
    if (flag === undefined) return false;
    // A flag says what may be the user's: a person who rewinds it all the same wants it taken back.
    await this.#rewind({ type: 'rewind-file', flag: flag.id }, this.#disk(), this.#broughtBy(flag), (path) => flag.maybeUser && path === flag.path);
    return false;
  }

  #openFlag(pick: number): Flag | undefined {
    return picked(this.#house.session.line.flags.filter((one) => one.outcome === undefined), pick);
  }

  /**
   * Lines of the user that came into the file of a flag with just the change that it is about, as when a command renamed a file of theirs over it in a
   * phase that changes nothing: who takes that change back by its flag asks for them, too. It goes back to before the first open flag of the file.
   */
  #broughtBy({ path }: Flag): (path: string) => ReadonlySet<string> {
    const first = this.#house.session.line.flags.find((one) => one.outcome === undefined && one.path === path);
    if (first?.maybeUser !== true) return () => none;
    const [had, has] = [first.write.before, first.write.after].map((blob) => marksIn(this.#kept(blob), 'u'));
    const brought = new Set([...(has ?? [])].filter((mark) => had?.has(mark) !== true));
    return (other) => (other === path ? brought : none);
  }

  /** A content as the store has it. */
  #kept(blob: Blob | undefined): string | undefined {
    return blob && execFileSync('git', ['cat-file', 'blob', blob.oid], { env: { PATH: process.env['PATH'], GIT_DIR: this.#house.store }, encoding: 'latin1' });
  }

  /** One hunk of a flagged file, as the flag holds it. */
  async #rewindFlaggedHunk(pick: number): Promise<boolean> {
    const flag = picked(this.#house.session.line.flags.filter((one) => one.outcome === undefined && one.hunks.length > 0), pick);
    const hunk = flag === undefined ? undefined : picked(flag.hunks, pick);
    if (flag === undefined || hunk === undefined) return false;
    const [taken, from] = [marksIn(hunk.lines.filter((line) => line.startsWith('+')).join('\n'), 'u'), this.#house.events.length];
    await this.#rewind({ type: 'rewind-hunk', flag: flag.id, hunk: hunk.id }, this.#disk(), (path) => (path === flag.path ? taken : none), (path) => path === flag.path);
    // Where what is flagged counts as the user's, so does taking it back.
    this.#model.countsAsUsers(usersHunks(this.#house.events.slice(from)));
    return false;
  }

  /** One hunk, or several of any files: every second or third one. */
  async #rewindHunk(pick: number): Promise<boolean> {
    const all = (await this.#house.hunks()).filter(({ lines }) => lines !== undefined);
    const one = picked(all, pick);
    if (one === undefined) return false;
    const chosen = pick % 3 === 0 ? [one] : all.filter((other, index) => other === one || index % (1 + (pick % 3)) === 0);
    const users = chosen.flatMap((hunk) => (hunk.users ? [hunk.path] : []));
    const taken = (path: string) => new Set(chosen.filter((hunk) => hunk.path === path).flatMap(({ lines }) => [...marksIn(lines?.lines.filter((line) => line.startsWith('+')).join('\n') ?? '', 'u')]));
    await this.#rewind({ type: 'rewind-hunks', hunks: chosen.map(({ path, hunk }) => ({ path, hunk })) }, this.#disk(), taken, (path) => chosen.some((hunk) => hunk.path === path), new Set(users));
    // Who takes back lines of their own with a hunk has changed the file themselves.
    this.#model.countsAsUsers(users);
    return false;
  }

  /** Every rewind by a person goes this way; answers its record, undefined where nothing was done. */
  async #rewind(intention: Parameters<House['act']>[0], before: Disk, taken: (path: string) => ReadonlySet<string>, asked: (path: string) => boolean = () => false, shared: ReadonlySet<string> = none): Promise<DoneRewind | undefined> {
    const [count, from] = [this.#house.session.rewinds.length, this.#house.events.length];
    const foretold = await this.#house.controller.preview(intention);
    await this.#house.act(intention);
    checkPreview(foretold, this.#house.session.rewinds[count] ?? refusedAs(foretold, this.#house.events.slice(from)), changedPaths(before, this.#disk()), JSON.stringify(intention));
    const after = this.#disk();
    const rewind = this.#house.session.rewinds[count];
    this.#model.checkRewind(before, after, rewind === undefined ? { done: [], left: [] } : outcomeOf(rewind), taken, asked);
    this.#model.changed('rewind', before, after, shared);
    if (rewind !== undefined) this.#model.rewound(rewind.id, before, after, outcomeOf(rewind));
    return rewind;
  }

  async #undo(pick: number): Promise<boolean> {
    const open = this.#house.session.rewinds.filter((one) => !one.undone).reverse();
    const rewind = picked(open.slice(0, 3), pick);
    if (rewind === undefined) return false;
    const before = this.#disk();
    const undone = undoneSince(await this.#foretold({ type: 'undo-rewind', rewind: rewind.id })) ?? assert.fail('nothing was undone');
    this.#checkUndone(before, undone);
    await this.#house.startPhase();
    return false;
  }

  /** Undoes one of the latest undoings. */
  async #redo(pick: number): Promise<boolean> {
    const undone = this.#house.session.rewinds.filter((one) => one.undone).sort((a, b) => (b.undoing?.at ?? 0) - (a.undoing?.at ?? 0));
    const rewind = picked(undone.slice(0, 3), pick);
    if (rewind === undefined) return false;
    const before = this.#disk();
    const redone = redoneSince(await this.#foretold({ type: 'redo-rewind', rewind: rewind.id })) ?? assert.fail('nothing was done again');
    this.#checkRedone(before, redone);
    await this.#house.startPhase();
    return false;
  }

  /** Undoes or redoes as it was foretold; answers what was recorded. */
  async #foretold(intention: Parameters<House['act']>[0]): Promise<readonly SessionEvent[]> {
    const [before, from] = [this.#disk(), this.#house.events.length];
    const preview = await this.#house.controller.preview(intention);
    await this.#house.act(intention);
    const events = this.#house.events.slice(from);
    const [after, outcome] = [this.#disk(), backSince(events)];
    const changed = changedPaths(before, after);
    checkPreview(preview, outcome, changed, JSON.stringify(intention));
    assert.deepEqual(preview.stays.map(({ path }) => path).sort(), outcome?.left.map(({ path }) => path).sort(), `stays ${JSON.stringify(intention)}`);
    for (const [path, state] of before) if (!changed.includes(path)) assert.deepEqual(after.get(path), state, `${path} has what it had, but it was written`);
    return events;
  }

  /** What was taken away again may be rewound by another undo; until then it is as after the rewind. */
  #checkRedone(before: Disk, redone: Redone, unsure: readonly string[] = []): void {
    const rewind = this.#house.session.rewinds.find((one) => one.id === redone.rewind) ?? assert.fail('what was done again was never done');
    const after = this.#disk();
    const outcome = { done: [...redone.restored, ...unsure], left: redone.left.map((one) => one.path) };
    const undoing = undoingOf(rewind.id);
    this.#model.checkRewind(before, after, outcome, (path) => this.#model.broughtBack(undoing, path), (path) => this.#model.isAsLeftBy(undoing, path, before));
    this.#model.checkUndone(undoing, after, redone.restored);
    this.#model.changed('rewind', before, after);
    this.#model.rewound(rewind.id, before, after, outcome);
  }

  /** `unsure`: paths that are told as left although they changed, where nobody knows what came of them. */
  #checkUndone(before: Disk, undone: Undone, unsure: readonly string[] = []): void {
    const rewind = this.#house.session.rewinds.find((one) => one.id === undone.rewind) ?? assert.fail('what was undone was never done');
    const after = this.#disk();
    this.#model.checkRewind(before, after, { done: [...undone.restored, ...unsure], left: undone.left.map((one) => one.path) }, (path) => this.#model.broughtBack(rewind.id, path), (path) => this.#model.isAsLeftBy(rewind.id, path, before));
    this.#model.checkUndone(rewind.id, after, [...rewind.restored, ...rewind.merged]);
    if (rewind.kind === 'hunk') this.#model.sharedBack(undone.restored, before, after);
    this.#model.changed('rewind', before, after);
    this.#model.rewound(undoingOf(rewind.id), before, after, { done: undone.restored, left: [...undone.left.map((one) => one.path), ...unsure] });
  }

  /** Brings back a stray: the user's own change from then on. */
  async #restoreFlag(pick: number): Promise<boolean> {
    const flag = picked(this.#house.session.line.flags.filter((one) => one.outcome === 'rewound'), pick);
    if (flag === undefined) return false;
    const before = this.#disk();
    const foretold = await this.#house.controller.preview({ type: 'restore-flag', flag: flag.id });
    await this.#house.act({ type: 'restore-flag', flag: flag.id });
    assert.deepEqual(foretold.files.map((file) => file.path), changedPaths(before, this.#disk()), 'foretold and changed when a stray was brought back');
    this.#model.changed('user', before, this.#disk());
    return false;
  }

  async #keep(how: 'branch' | 'patch' | 'squash'): Promise<boolean> {
    const before = this.#disk();
    await this.#house.act({ type: 'keep', how }).catch((error: unknown) => {
      if (!String(error).includes('nothing to keep')) throw error;
    });
    assert.deepEqual(this.#disk(), before, 'keeping the work touches no file');
    return false;
  }

  /** What Bounded rewound by itself after a call is the session's; the user's lines that stood there before the call stand there again. */
  #checkStrays(from: number, before: Disk): void {
    const now = this.#disk();
    for (const event of this.#house.events.slice(from)) {
      if (event.type !== 'rewind/done' || event.rewind.by !== 'on-stray') continue;
      this.#model.rewound(event.rewind.id, this.#commanded ?? before, now, outcomeOf(event.rewind));
      for (const path of outcomeOf(event.rewind).done) for (const mark of marksIn(before.get(path)?.bytes, 'u')) assert.ok(marksIn(now.get(path)?.bytes, 'u').has(mark), `a stray took the user's line ${mark} of ${path}`);
    }
  }

  /** The process ends somewhere in an act, and another one goes on, which takes a rewind or an undo to its end. */
  async #crash({ point, in: act }: Extract<Step, { do: 'crash' }>): Promise<void> {
    await this.#house.look();
    const before = this.#disk();
    const from = this.#house.events.length;
    const whose = this.#whoseCommands();
    const calls = new Set(this.#house.session.line.writes.map((write) => write.call));
    const flag = act.do === 'flag' ? this.#openFlag(act.pick) : undefined;
    const brought = flag === undefined ? () => none : this.#broughtBy(flag);
    const known = new Set(this.#house.session.rewinds.map((one) => one.id));
    this.#house.crashAt(point);
    try {
      await this.#act(act.do === 'race' ? { do: 'tool', mutation: act.mutation } : act);
      await this.#house.restart();
      return;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    await this.#house.restart();
    const after = this.#disk();
    const rewinds = this.#house.session.rewinds.filter((one) => !known.has(one.id));
    if (act.do === 'undo') return this.#crashedUndo(before, undoneSince(this.#house.events.slice(from)));
    if (act.do === 'redo') return this.#crashedRedo(before, redoneSince(this.#house.events.slice(from)));
    const undecided = act.do === 'command' ? this.#goneUndecided(calls, before, after) : none;
    this.#model.changed('user', only(before, undecided), only(after, undecided));
    this.#model.changed(act.do === 'restoreFlag' || (act.do === 'command' && whose === 'user') ? 'user' : rewindActs.has(act.do) ? 'rewind' : 'session', without(before, undecided), without(after, undecided));
    if (act.do === 'command') {
      this.#checkFlagged(calls);
      this.#checkStrays(from, before);
    }
    if (!rewindActs.has(act.do)) return;
    const outcomes = rewinds.map(outcomeOf);
    const hunks = act.do === 'hunk' || act.do === 'flagHunk';
    const taken = hunks ? (path: string) => marksIn(before.get(path)?.bytes, 'u') : brought;
    // A merge that nobody recorded may hold what the user did since: such a path is told as left, and counts as theirs.
    const unsure = outcomes.flatMap((one) => one.left).filter((path) => !sameContent(before.get(path), after.get(path)));
    this.#model.becameUsers(unsure, before, after);
    // So does a file whose hunks had lines of theirs, as in a rewind that comes to its end at once.
    this.#model.countsAsUsers(usersHunks(this.#house.events.slice(from)));
    this.#model.checkRewind(before, after, { done: [...outcomes.flatMap((one) => one.done), ...unsure], left: outcomes.flatMap((one) => one.left) }, taken, () => hunks);
    for (const rewind of rewinds) this.#model.rewound(rewind.id, before, after, outcomeOf(rewind));
  }

  /** One that was not begun has changed nothing. */
  #crashedUndo(before: Disk, undone: Undone | undefined): void {
    if (undone === undefined) return assert.deepEqual(this.#disk(), before, 'something was undone, and nothing says so');
    const unsure = undone.left.map((one) => one.path).filter((path) => !sameContent(before.get(path), this.#disk().get(path)));
    this.#model.becameUsers(unsure, before, this.#disk());
    this.#checkUndone(before, undone, unsure);
  }

  #crashedRedo(before: Disk, redone: Redone | undefined): void {
    if (redone === undefined) return assert.deepEqual(this.#disk(), before, 'something was done again, and nothing says so');
    const unsure = redone.left.map((one) => one.path).filter((path) => !sameContent(before.get(path), this.#disk().get(path)));
    this.#model.becameUsers(unsure, before, this.#disk());
    this.#checkRedone(before, redone, unsure);
  }

  /** Nobody knows when a file went: what is gone after a command that was cut off before its changes were recorded counts as the user's. */
  #goneUndecided(calls: ReadonlySet<string>, before: Disk, after: Disk): ReadonlySet<string> {
    const own = new Set(this.#house.session.line.writes.flatMap((write) => (calls.has(write.call) ? [] : [write.path])));
    return new Set([...before.keys()].filter((path) => !after.has(path) && !own.has(path)));
  }

  /** Whatever a command wrote outside of the scope is a person's question, however the process ended. `calls`: those before it. */
  #checkFlagged(calls: ReadonlySet<string>): void {
    const { line } = this.#house.session;
    const known = new Set(line.flags.map((flag) => flag.path));
    const strays = line.writes.filter((write) => write.by === 'command' && !calls.has(write.call) && !write.path.startsWith('src/'));
    assert.deepEqual(strays.map((write) => write.path).filter((path) => !known.has(path)), [], 'written outside of the scope, and never flagged');
  }

  #rememberBoundaries(): void {
    for (const boundary of this.#house.session.line.boundaries) if (!this.#model.remembers(nameOf(boundary))) this.#model.remember(nameOf(boundary), this.#disk(), this.#marks);
  }
}

/** What was foretold is what came: the paths that changed, what happened to each, and what was left. */
function checkPreview({ files, stays }: RewindPreview, rewind: { readonly merged?: readonly string[]; readonly left: DoneRewind['left'] } | undefined, changed: readonly string[], what: string): void {
  const does = (...kinds: readonly string[]): string[] => files.flatMap((file) => (kinds.includes(file.does) ? [file.path] : [])).sort();
  const left = rewind?.left ?? [];
  assert.deepEqual(files.map((file) => file.path).sort(), changed, `foretold and changed ${what} ${JSON.stringify(rewind?.left)} ${JSON.stringify(stays)}`);
  assert.deepEqual(stays.flatMap(({ path, conflict }) => (conflict === true ? [path] : [])).sort(), left.flatMap(({ path, conflict }) => (conflict === true ? [path] : [])).sort(), `conflicts ${what}`);
  assert.deepEqual(does('merge').filter((path) => changed.includes(path)), [...(rewind?.merged ?? [])].filter((path) => changed.includes(path)).sort(), `merged ${what}`);
}

/** A rewind of hunks that can take nothing back is refused and leaves no record: a conflict that was foretold has to be the reason, in the same words. */
function refusedAs({ stays }: RewindPreview, events: readonly SessionEvent[]): { readonly left: DoneRewind['left'] } | undefined {
  const refused = events.find((event) => event.type === 'rewind/refused');
  return refused === undefined ? undefined : { left: stays.filter(({ path, why }) => refused.why.includes(`${path}: ${why}`)) };
}

/** Files of which a rewind that was begun takes back hunks with lines of the user. */
const usersHunks = (events: readonly SessionEvent[]): readonly string[] => events.flatMap((event) => (event.type === 'rewind/begun' ? event.plan.users ?? [] : []));

const only = (disk: Disk, paths: ReadonlySet<string>): Disk => new Map([...disk].filter(([path]) => paths.has(path)));
const without = (disk: Disk, paths: ReadonlySet<string>): Disk => new Map([...disk].filter(([path]) => !paths.has(path)));

type Undone = Extract<SessionEvent, { type: 'rewind/undone' }>;
type Redone = Extract<SessionEvent, { type: 'rewind/redone' }>;

const undoneSince = (events: readonly SessionEvent[]): Undone | undefined => events.find((event) => event.type === 'rewind/undone');

const redoneSince = (events: readonly SessionEvent[]): Redone | undefined => events.find((event) => event.type === 'rewind/redone');

const backSince = (events: readonly SessionEvent[]): Undone | Redone | undefined => undoneSince(events) ?? redoneSince(events);

/** An undoing can be undone as a rewind can: the name that the model knows it by. */
const undoingOf = (rewind: string): string => `undoing of ${rewind}`;

const outcomeOf = (rewind: Pick<DoneRewind, 'restored' | 'merged' | 'left'>): Outcome => ({ done: [...rewind.restored, ...rewind.merged], left: rewind.left.map((one) => one.path) });

/** Every tree that a journal names. */
function treesOf(events: readonly SessionEvent[]): Set<string> {
  return new Set(events.flatMap((event) => {
    if (event.type === 'base/taken') return [event.base.tree];
    if (event.type === 'rewind/done') return [event.rewind.safety, event.rewind.tree];
    return 'tree' in event ? [event.tree] : [];
  }));
}
