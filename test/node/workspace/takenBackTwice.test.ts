import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { openConflicts } from '../../../src/core/session/conflicts.ts';
import { filesChanged } from '../../../src/core/session/filesChanged.ts';
import { type File, type History, lastRewind, name, playFixed } from './histories/fixed.ts';
import { Crash, House, Template } from './histories/house.ts';

const outside = 'docs/out.txt';
const toBase = { type: 'rewind-boundary', to: 'base' } as const;

describe('what rewinds took back, in other orders', () => {
  const template = new Template();
  before(() => template.make());
  after(() => template.remove());

  const play = (history: History): Promise<void> => playFixed(template, history);
  const whole = { type: 'rewind-path', path: name } as const;
  const undo = (house: House, rewind = lastRewind(house)) => house.act({ type: 'undo-rewind', rewind });
  const redo = (house: House, rewind = lastRewind(house)) => house.act({ type: 'redo-rewind', rewind });
  const conflicts = ({ session: { rewinds } }: House) => rewinds.flatMap((one) => openConflicts(rewinds, one).map(({ path: at }) => at));
  const outcomes = (house: House) => house.session.line.flags.map((flag) => flag.outcome);

  function editAt(house: House, file: string, from: string, to: string): void {
    const at = path.join(house.root, file);
    assert.ok(fs.readFileSync(at, 'utf8').includes(from));
    fs.writeFileSync(at, fs.readFileSync(at, 'utf8').replace(from, to));
  }

  /** Rewinds to the baseline, from where work goes on. */
  async function toBaseline(house: House): Promise<string> {
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    await house.startPhase();
    return lastRewind(house);
  }

  /** A person decides about a conflict; `answer` by what is there now. */
  async function decide(house: House, rewind: string, at: string, answer: (yours: string) => string): Promise<void> {
    const asked = await house.controller.conflict(rewind, at, []);
    const { yours } = (typeof asked === 'string' ? undefined : asked.sides) ?? assert.fail('there is no conflict');
    const { ok, message } = await house.act({ type: 'resolve-conflict', rewind, path: at, answers: [answer(yours)], seen: yours });
    assert.equal(ok, true, message);
  }

  it('is every stray of a call, also of one that died when some were flagged', async () => {
    const [count, docs] = [700, 'docs/many'];
    const writeAll = (house: House) => () => {
      fs.mkdirSync(path.join(house.root, docs), { recursive: true });
      for (let i = 0; i < count; i += 1) fs.writeFileSync(path.join(house.root, docs, `${i}`), `${i}`);
    };
    for (let record = 1; ; record += 1) {
      const house = await House.takeUp(template.copy('rewind'));
      try {
        house.crashAt({ record, kept: true });
        await house.command(writeAll(house)).catch((error: unknown) => assert.ok(error instanceof Crash));
        const raised = house.session.line.flags.length;
        if (raised === 0) continue;
        assert.equal(raised, 500, 'the process died after the first record of flags');
        await house.restart();
        const [first] = house.session.line.flags;
        assert.equal(first?.outcome, 'rewound');
        assert.equal(fs.existsSync(path.join(house.root, docs)), false);
        return;
      } finally {
        await house.close();
      }
    }
  });

  it('is counted by the files that it changed, in the answer and afterwards, also where the user had put one back or brought it back', () => play(async (house, file) => {
    const counts = () => house.session.rewinds.map((one) => filesChanged(one));
    await file.command('a1 line', 'by the session');
    await house.command(() => fs.writeFileSync(path.join(house.root, 'src/made.txt'), 'made\n'));
    file.edit('by the session', 'a1 line');
    assert.deepEqual((await house.controller.preview(toBase)).files.map((one) => one.path), ['src/made.txt']);
    assert.deepEqual([await house.act(toBase), counts()], [{ ok: true, message: '1 file restored' }, [1]]);
    fs.writeFileSync(path.join(house.root, 'src/made.txt'), 'made\n');
    assert.deepEqual(await undo(house), { ok: true, message: '0 files restored' });
    fs.rmSync(path.join(house.root, 'src/made.txt'));
    assert.deepEqual([await redo(house), counts()], [{ ok: true, message: '0 files restored' }, [0]]);
  }));

  it('is told before as it is done where a file of the session went that the user had replaced, and a folder came again', () => play(async (house) => {
    const at = path.join(house.root, 'src/place');
    await house.command(() => fs.writeFileSync(at, 'a file\n'));
    fs.rmSync(at);
    fs.symlinkSync('a.txt', at);
    await house.command(() => { fs.rmSync(at); fs.mkdirSync(at); fs.writeFileSync(path.join(at, 'inner'), 'inner\n'); });
    const { files, stays } = await house.controller.preview(toBase);
    assert.deepEqual([files.map((one) => one.path), stays, await house.act(toBase)], [['src/place/inner'], [], { ok: true, message: '1 file restored' }]);
  }));

  it('counts as work of the session where a person decided about lines and kept some of its', () => play(async (house, file) => {
    await file.command('a1 line', 'by the session');
    await file.command('a9 line', 'by the session too');
    file.edit('by the session\n', 'by the session, and the user\n');
    await house.act(toBase);
    await decide(house, lastRewind(house), name, (yours) => yours);
    assert.ok(file.text().includes('by the session too'));
    assert.deepEqual(house.session.line.uses.base, { files: 1, lines: 4 });
  }));

  it('is not brought back to a file that is as it was at the boundary', () => play(async (house, file) => {
    const start = file.text();
    await file.command('a3 line\n', '');
    const first = await toBaseline(house);
    // The user takes out what the session had: there is nothing to undo, and then it counts as the session's again.
    file.edit('a3 line\n', '');
    await undo(house, first);
    await house.act(toBase);
    await house.startPhase();
    assert.equal(file.text(), start);
    await redo(house, first);
    for (const to of ['baseline', 'base']) {
      assert.deepEqual((await house.controller.preview({ type: 'rewind-boundary', to })).files, []);
      assert.deepEqual(await house.act({ type: 'rewind-boundary', to }), { ok: true, message: '0 files restored' });
      assert.equal(file.text(), start);
    }
  }));

  describe('lines of the user over lines that the session has no more', () => {
    /** The user writes over the line that the session had; nothing of the session is left, so that no rewind has anything to do. */
    async function isOver(house: House, file: File): Promise<void> {
      file.edit('a1 line', 'of the user too');
      const there = file.text();
      assert.deepEqual((await house.hunks()).flatMap(({ writes }) => writes), []);
      assert.deepEqual(await house.act(toBase), { ok: true, message: '0 files restored' });
      assert.equal(file.text(), there);
    }

    it('are theirs alone', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await house.act(whole);
      await isOver(house, file);
    }));

    it('meet no conflict where the user had changed other lines before', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      file.edit('a9 line', 'of the user');
      await house.act(whole);
      await isOver(house, file);
    }));

    it('nor where the rewind was undone and done again beside what they changed', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await house.act(whole);
      file.edit('a9 line', 'of the user');
      await undo(house);
      file.edit('a5 line', 'of the user');
      await redo(house);
      assert.ok(file.text().includes('a1 line'));
      await isOver(house, file);
    }));

    it('nor where the session worked in between, whose lines go', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      await house.act(whole);
      await file.command('a9 line', 'newer');
      file.edit('a5 line', 'of the user');
      await undo(house);
      await file.command('a11 line', 'newest');
      file.edit('a7 line', 'of the user');
      await redo(house);
      file.edit('a1 line', 'of the user too');
      assert.deepEqual(await house.act(toBase), { ok: true, message: '1 file restored' });
      assert.equal(file.text(), start.replace('a1 line', 'of the user too').replace('a5 line', 'of the user').replace('a7 line', 'of the user'));
    }));

    it('stand beside what comes back of a boundary in between', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await house.cross();
      file.edit('a9 line', 'of the user');
      await house.act(whole);
      file.edit('a5 line', 'of the user');
      assert.equal((await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' })).ok, true);
      assert.ok(file.text().includes('by the session') && file.text().includes('a5 line') === false);
    }));
  });

  describe('a rewind to a boundary that was undone beside newer work', () => {
    /** The first line of the session, gone to the baseline, a newer one, and both after the undo. */
    async function both(house: House, file: File): Promise<string> {
      await file.command('a1 line', 'by the session');
      const rewind = await toBaseline(house);
      await file.command('a9 line', 'newer');
      await undo(house, rewind);
      assert.ok(file.text().includes('by the session') && file.text().includes('newer'));
      return rewind;
    }

    it('leaves lines that are the session\'s alone', () => play(async (house, file) => {
      await both(house, file);
      assert.deepEqual((await house.hunks()).map(({ users, writes }) => [users, writes.length]), [[false, 1], [false, 1]]);
    }));

    for (const mine of [false, true]) it(`and done again does not bring back what the session had taken out itself${mine ? ', beside a line of the user' : ''}`, () => play(async (house, file) => {
      const start = file.text();
      const rewind = await both(house, file);
      if (mine) file.edit('a5 line', 'of the user');
      await house.command(() => {
        file.edit('by the session', 'a1 line');
        file.edit('a11 line', 'newest');
      });
      await redo(house, rewind);
      await house.act(toBase);
      assert.equal(file.text(), mine ? start.replace('a5 line', 'of the user') : start);
    }));

    it('and had to leave the file when it was done again: its lines are the session\'s, and go', () => play(async (house, file) => {
      const start = file.text();
      const rewind = await both(house, file);
      await file.command('by the session', 'by the session, more');
      assert.equal((await redo(house, rewind)).ok, false);
      assert.deepEqual((await house.hunks()).map(({ users }) => users), [false, false]);
      await house.act(toBase);
      assert.equal(file.text(), start);
    }));

    it('gives back its boundaries exactly, also where the newer work had made the same', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await house.cross();
      const [to, there] = [house.session.line.boundaries.at(-1)?.id ?? '', file.text()];
      await file.command('a3 line', 'more');
      const rewind = await toBaseline(house);
      await house.command(() => {
        file.edit('a1 line', 'by the session');
        file.edit('a9 line', 'newer');
      });
      await undo(house, rewind);
      await house.act({ type: 'rewind-boundary', to });
      assert.equal(file.text(), there);
    }));

    it('where the undo had to leave a file, tells after doing it again that the file is the session\'s', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await house.write('src/b.txt', 'by the session\n');
      const rewind = await toBaseline(house);
      await file.command('a1 line', 'newer');
      await undo(house, rewind);
      await redo(house, rewind);
      assert.deepEqual((await house.hunks()).map(({ path: at, users }) => [at, users]), [[name, false]]);
    }));
  });

  describe('a conflict', () => {
    async function conflict(house: House, file: File): Promise<string> {
      await file.command('a1 line', 'by the session');
      file.edit('by the session', 'by the user');
      assert.deepEqual((await house.act(toBase)).conflicts?.paths, [name]);
      return lastRewind(house);
    }

    it('that was decided does not come again', () => play(async (house, file) => {
      const rewind = await conflict(house, file);
      await decide(house, rewind, name, () => 'decided\n');
      assert.deepEqual([await house.act(toBase), file.text()], [{ ok: true, message: '0 files restored' }, 'decided\n']);
    }));

    it('that was decided for what is there does not come again either, until that is undone, and not once it is decided again', () => play(async (house, file) => {
      const rewind = await conflict(house, file);
      const there = file.text();
      await decide(house, rewind, name, (yours) => yours);
      const decision = lastRewind(house);
      assert.deepEqual([(await house.act(toBase)).ok, file.text()], [true, there]);
      await undo(house);
      await undo(house, decision);
      assert.deepEqual([(await house.act(toBase)).ok, file.text()], [false, there]);
      await undo(house);
      await redo(house, decision);
      assert.deepEqual([(await house.act(toBase)).ok, file.text()], [true, there]);
    }));

    it('is one question, also where two rewinds were left with it', () => play(async (house, file) => {
      await conflict(house, file);
      await house.act(toBase);
      assert.deepEqual(conflicts(house), [name]);
      await decide(house, lastRewind(house), name, () => 'decided\n');
      assert.deepEqual(conflicts(house), []);
    }));

    it('is over when a later rewind takes the file back', () => play(async (house, file) => {
      await conflict(house, file);
      file.edit('by the user', 'by the session');
      assert.equal((await house.act(whole)).ok, true);
      assert.deepEqual(conflicts(house), []);
      await undo(house);
      assert.deepEqual(conflicts(house), [name]);
    }));
  });

  describe('a flag', () => {
    const twoHunks = (house: House) => house.command(() => fs.writeFileSync(path.join(house.root, outside), 'x0\no1\nx2\n'));

    it('is settled with the last of its hunks', () => play(async (house) => {
      await twoHunks(house);
      const [flag] = house.session.line.flags;
      for (const [index, { id }] of (flag?.hunks ?? []).entries()) {
        assert.equal((await house.act({ type: 'rewind-hunk', flag: flag?.id ?? '', hunk: id })).ok, true);
        assert.deepEqual(outcomes(house), [index === 0 ? undefined : 'rewound']);
      }
    }));

    it('that may be about the user stays open where the process ended after one of two hunks', () => play(async (house) => {
      await house.act(toBase);
      await house.startPhase();
      await twoHunks(house);
      const flag = house.session.line.flags.at(-1) ?? assert.fail('nothing was flagged');
      assert.equal(flag.maybeUser, true);
      await house.look();
      house.crashAt({ record: 2, kept: false });
      await assert.rejects(house.act({ type: 'rewind-hunk', flag: flag.id, hunk: flag.hunks[0]?.id ?? '' }), Crash);
      await house.restart();
      assert.equal(fs.readFileSync(path.join(house.root, outside), 'utf8'), 'o0\no1\nx2\n');
      assert.deepEqual(outcomes(house), [undefined]);
    }));

    it('that was settled stays so when a rewind is undone that had left its file', () => play(async (house, file) => {
      await house.command(() => editAt(house, outside, 'o1', 'by the session'));
      await file.command('a1 line', 'by the session');
      editAt(house, outside, 'by the session', 'by the user');
      await house.act(toBase);
      const rewind = lastRewind(house);
      await decide(house, rewind, outside, () => 'o1\n');
      await undo(house, rewind);
      assert.ok(file.text().includes('by the session'));
      assert.deepEqual(outcomes(house), ['rewound']);
    }));
  });

  it('permissions that a rewind had to leave are the session\'s once the user has put them back', () => play(async (house) => {
    const at = path.join(house.root, name);
    const usual = fs.statSync(at).mode;
    await house.command(() => fs.chmodSync(at, 0o600));
    fs.chmodSync(at, 0o640);
    assert.equal((await house.act(toBase)).ok, false);
    fs.chmodSync(at, 0o600);
    assert.deepEqual([(await house.act(toBase)).ok, fs.statSync(at).mode], [true, usual]);
  }));

  describe('where the process ends in between', () => {
    for (const [what, prepare, act] of [
      ['a rewind', async () => undefined, () => toBase],
      ['its undoing', (house: House) => house.act(toBase), (house: House) => ({ type: 'undo-rewind', rewind: lastRewind(house) }) as const],
      ['doing it again', async (house: House) => [await house.act(toBase), await undo(house)], (house: House) => ({ type: 'redo-rewind', rewind: lastRewind(house) }) as const],
    ] as const) it(`what the user changed while ${what} took place is on record`, () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await prepare(house);
      house.afterRestore = () => {
        house.afterRestore = () => undefined;
        fs.writeFileSync(path.join(house.root, 'src/b.txt'), 'mine\n');
      };
      await house.look();
      house.crashAt({ record: 2, kept: true });
      await assert.rejects(house.act(act(house)), Crash);
      await house.restart();
      await house.look();
      assert.deepEqual(house.session.userChanges.map((one) => one.path), ['src/b.txt']);
      assert.equal(house.session.rewinding, undefined);
    }));

    it('the lines of a file whose mode is back already come back, too', () => play(async (house, file) => {
      const [start, at] = [file.text(), path.join(house.root, name)];
      await house.command(() => {
        file.edit('a1 line', 'by the session');
        fs.chmodSync(at, 0o755);
      });
      const hunks = (await house.hunks()).map(({ path: of, hunk }) => ({ path: of, hunk }));
      house.crashAt({ restore: 1 });
      await assert.rejects(house.act({ type: 'rewind-hunks', hunks }), Crash);
      assert.equal(fs.statSync(at).mode & 0o111, 0);
      await house.restart();
      assert.deepEqual([file.text(), house.session.rewinds.map((one) => one.left)], [start, [[]]]);
    }));
  });
});
