import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { House, Template } from './histories/house.ts';
import { type Snapshot, snapshot } from './histories/snapshot.ts';

const files = ['src/a.txt', 'src/b.txt', 'src/run.sh', 'src/link', 'src/d', 'src/d/e.txt', 'src/f', 'src/f/g.txt', 'src/new.txt'];
const folders = ['src/empty', 'src/two/deep', 'src/deep/empty'];

const change = fc.record({ what: fc.constantFrom('write', 'append', 'mode', 'mode', 'remove', 'folder', 'rename', 'link'), file: fc.constantFrom(...files), other: fc.constantFrom(...files), folder: fc.constantFrom(...folders), mode: fc.constantFrom(0o600, 0o644, 0o755, 0o700, 0o400) });
type Change = typeof change extends fc.Arbitrary<infer Of> ? Of : never;

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('command' as const), changes: fc.array(change, { minLength: 1, maxLength: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('boundary' as const, 'everything' as const, 'file' as const, 'hunks' as const), pick: fc.nat(100) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('undo' as const, 'undo' as const, 'redo' as const, 'cross' as const, 'restart' as const) }) },
);
type Act = typeof act extends fc.Arbitrary<infer Of> ? Of : never;

/** What the file system refuses does not happen. */
function make(root: string, { what, file, other, folder, mode }: Change): void {
  const at = path.join(root, file);
  try {
    const stats = fs.lstatSync(at, { throwIfNoEntry: false });
    if (what === 'folder') fs.mkdirSync(path.join(root, folder), { recursive: true });
    else if (what === 'rename') fs.renameSync(at, path.join(root, other));
    else if (what === 'remove') fs.rmSync(at, { recursive: true });
    else if (what === 'link') fs.symlinkSync('a.txt', at);
    else if (what === 'write') writeAt(at, stats);
    else if (stats?.isFile() === true && what === 'append') fs.appendFileSync(at, 'appended\n');
    else if (stats?.isFile() === true) fs.chmodSync(at, mode);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function writeAt(at: string, stats: fs.Stats | undefined): void {
  if (stats?.isSymbolicLink() === true) return;
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, `${stats === undefined ? 'made' : 'written'} anew\n`);
}

/** A session without a user: then nothing stands in the way of any rewind. */
class Alone {
  readonly #house: House;
  readonly #base: Snapshot;
  readonly #boundaries = new Map<string, Snapshot>();
  /** The last act, where that was a rewind or took one back: the work tree before the rewind and after it. */
  #last: { readonly rewind: string; readonly before: Snapshot; readonly after: Snapshot; readonly undone: boolean } | undefined;

  constructor(house: House) {
    this.#house = house;
    this.#base = snapshot(house.root);
    this.#remember();
  }

  async take(one: Act): Promise<void> {
    if ('pick' in one) await this.#rewind(one);
    else if (one.do === 'restart') await this.#house.restart();
    else if (one.do === 'undo' || one.do === 'redo') await this.#back(one.do);
    else await this.#work('changes' in one ? one.changes : undefined);
    this.#remember();
  }

  /** A command, or the end of the phase. */
  async #work(changes: readonly Change[] | undefined): Promise<void> {
    const { phase } = this.#house.session.line;
    // Elsewhere a command changes nothing.
    if (phase !== 'minimal-hook' && phase !== 'production-shape') return;
    if (changes !== undefined) await this.#house.command(() => changes.forEach((each) => make(this.#house.root, each)));
    else if (phase === 'minimal-hook') await this.#house.cross();
    this.#last = undefined;
  }

  async #rewind(one: { readonly do: 'boundary' | 'everything' | 'file' | 'hunks'; readonly pick: number }): Promise<void> {
    const { line: { boundaries, writes }, rewinds: { length } } = this.#house.session;
    const [before, boundary, write] = [snapshot(this.#house.root), boundaries[one.pick % Math.max(1, boundaries.length)], writes[one.pick % Math.max(1, writes.length)]];
    if (one.do === 'everything' || (one.do === 'boundary' && boundary !== undefined)) {
      const to = one.do === 'everything' ? undefined : boundary;
      assert.equal((await this.#house.act({ type: 'rewind-boundary', to: to?.id ?? 'base' })).ok, true);
      assert.deepEqual(snapshot(this.#house.root), to === undefined ? this.#base : this.#boundaries.get(`${to.commit} ${to.at}`), `a rewind to ${to?.id ?? 'the base'}`);
      await this.#house.startPhase();
    } else if (one.do === 'hunks') await this.#house.act({ type: 'rewind-hunks', hunks: (await this.#house.hunks()).filter((_, index) => index % 2 === one.pick % 2) });
    else if (write !== undefined) await this.#house.act({ type: 'rewind-path', path: write.path });
    const made = this.#house.session.rewinds[length];
    if (made !== undefined) this.#last = { rewind: made.id, before, after: snapshot(this.#house.root), undone: false };
  }

  async #back(how: 'undo' | 'redo'): Promise<void> {
    const last = this.#last;
    if (last === undefined || last.undone !== (how === 'redo')) return;
    assert.equal((await this.#house.act({ type: how === 'undo' ? 'undo-rewind' : 'redo-rewind', rewind: last.rewind })).ok, true);
    assert.deepEqual(snapshot(this.#house.root), how === 'undo' ? last.before : last.after, how);
    this.#last = { ...last, undone: !last.undone };
    await this.#house.startPhase();
  }

  #remember(): void {
    for (const { commit, at } of this.#house.session.line.boundaries) if (!this.#boundaries.has(`${commit} ${at}`)) this.#boundaries.set(`${commit} ${at}`, snapshot(this.#house.root));
  }
}

describe('rewinds of a session without a user', () => {
  const template = new Template();
  before(() => template.make());
  after(() => template.remove());

  it('to a boundary, their undoing, and doing them again are exact: contents, permissions, links, empty folders', () => fc.assert(fc.asyncProperty(fc.array(act, { minLength: 6, maxLength: 14 }), async (acts) => {
    const folder = template.copy('flag');
    const house = await House.takeUp(folder);
    try {
      const alone = new Alone(house);
      for (const one of acts) await alone.take(one);
    } finally {
      await house.close();
      fs.rmSync(folder, { recursive: true });
    }
  }), { numRuns: Number(process.env['BOUNDED_HISTORIES'] ?? 12) })).timeout(1_200_000);
});
