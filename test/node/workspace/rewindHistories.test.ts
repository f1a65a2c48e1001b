import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { watching } from './faults.ts';
import { type File, type History, lastRewind, name, playFixed } from './histories/fixed.ts';
import { Crash, type House, Template } from './histories/house.ts';

describe('fixed histories of rewinds', () => {
  const template = new Template();
  before(() => template.make());
  after(() => template.remove());

  const play = (history: History): Promise<void> => playFixed(template, history);

  it('a line of the user that came back with a hunk is not taken by a rewind to a boundary', () => play(async (house, file) => {
    await file.command('a0 line\n', '');
    file.edit('a1 line\n', 'of the user\na1 line\n');
    const [hunk] = (await house.hunks()).filter((one) => one.path === name);
    await house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
    assert.ok(file.text().startsWith('a0 line\na1 line\n'));
    await house.cross();
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    assert.ok(file.text().startsWith('of the user\na1 line\n'));
    const boundary = house.session.line.boundaries.at(-1)?.id ?? '';
    await house.act({ type: 'rewind-boundary', to: boundary });
    assert.ok(file.text().includes('of the user\n'));
  }));

  it('a line that came back, and that the user took out then, is theirs: to take that back is no change of the session that a rewind undoes', () => play(async (house, file) => {
    const start = file.text();
    await file.command('a0 line\n', '');
    await house.act({ type: 'rewind-path', path: name });
    assert.equal(file.text(), start);
    file.edit('a0 line\n', '');
    const hunks = await house.hunks();
    assert.deepEqual(hunks.map(({ writes, users, standing }) => [writes.length, users, standing]), [[0, true, 'user']]);
    await house.act({ type: 'rewind-hunks', hunks });
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start);
  }));

  it('a file of which all that the session did was taken back is no part of its change, whatever the user has there: not of the budget, a boundary or its size', () => play(async (house, file) => {
    await file.command('a0 line\n', '');
    file.edit('a5 line\n', 'of the user\na5 line\n');
    await house.act({ type: 'rewind-path', path: name });
    assert.ok(file.text().includes('a0 line\na1 line\n') && file.text().includes('of the user\n'));
    await house.command(() => fs.appendFileSync(path.join(house.root, 'src/b.txt'), 'more\n'));
    assert.deepEqual(house.session.line.uses.base, { files: 1, lines: 1 });
    await house.cross();
    assert.deepEqual(house.session.line.boundaries.at(-1)?.change, { files: 1, added: 1, removed: 0 });
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    assert.deepEqual(house.session.line.uses.base, { files: 2, lines: 3 }, 'what came back counts again at once, with the user\'s line in the same file');
    await house.act({ type: 'redo-rewind', rewind: lastRewind(house) });
    assert.deepEqual(house.session.line.uses.base, { files: 1, lines: 1 });
  }));

  it('the same where the session had changed other lines meanwhile', () => play(async (house, file) => {
    const start = file.text();
    await file.command('a0 line\n', '');
    await file.command('a9 line', 'by the session');
    await house.act({ type: 'rewind-hunks', hunks: (await house.hunks()).slice(0, 1) });
    assert.equal(file.text(), start.replace('a9 line', 'by the session'));
    file.edit('a0 line\n', '');
    const hunks = await house.hunks();
    assert.deepEqual(hunks.map(({ writes, users }) => [writes.length, users]), [[0, true], [1, false]]);
    await house.act({ type: 'rewind-hunks', hunks: hunks.slice(0, 1) });
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start);
  }));

  it('what the user took out as the session had, before that was to come back, stays out: it is theirs', () => play(async (house, file) => {
    await file.command('a0 line\n', '');
    await house.act({ type: 'rewind-boundary', to: 'base' });
    const rewind = lastRewind(house);
    file.edit('a0 line\n', '');
    file.edit('a5 line', 'of the user');
    const theirs = file.text();
    await house.act({ type: 'undo-rewind', rewind });
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), theirs);
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    await house.act({ type: 'redo-rewind', rewind });
    assert.equal(file.text(), theirs);
  }));

  it('the same where another part of what the session had done does come back', () => play(async (house, file) => {
    await file.command('a0 line\n', '');
    await file.command('a9 line', 'by the session');
    await house.act({ type: 'rewind-boundary', to: 'base' });
    file.edit('a0 line\n', '');
    file.edit('a5 line', 'of the user');
    const theirs = file.text();
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    assert.equal(file.text(), theirs.replace('a9 line', 'by the session'));
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), theirs);
  }));

  it('a line that the user wrote before the session did, and that came back with a hunk, is not taken either', () => play(async (house, file) => {
    file.edit('a1 line\n', 'of the user\na1 line\n');
    await file.command('a0 line\n', '');
    const [hunk] = (await house.hunks()).filter((one) => one.path === name);
    await house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
    await house.cross();
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
    assert.ok(file.text().includes('of the user\n'));
  }));

  it('what the user edited since a hunk came back stays, and the session\'s own part goes', () => play(async (house, file) => {
    const start = file.text();
    await file.command('a0 line\n', '');
    file.edit('a1 line\n', 'of the user\na1 line\n');
    const [hunk] = (await house.hunks()).filter((one) => one.path === name);
    await house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    file.edit('of the user\n', '');
    assert.deepEqual(await house.act({ type: 'rewind-boundary', to: 'base' }), { ok: true, message: '1 file restored' });
    assert.equal(file.text(), start);
  }));

  it('a hunk of the session alone is its own again when it came back', () => play(async (house, file) => {
    await file.command('a0 line', 'by the session');
    const [hunk] = (await house.hunks()).filter((one) => one.path === name);
    await house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
    await house.cross();
    const crossed = file.text();
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    assert.ok(file.text().startsWith('by the session'));
    await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
    assert.equal(file.text(), crossed);
  }));

  it('the same where an undo had to leave the file, so that its writes do not lead to what it has', () => play(async (house, file) => {
    const start = file.text();
    await file.command('a0 line', 'by the session');
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    await house.startPhase();
    await file.command('a0 line', 'by the session, later');
    assert.equal((await house.act({ type: 'undo-rewind', rewind: lastRewind(house) })).ok, false);
    const [hunk] = (await house.hunks()).filter((one) => one.path === name);
    await house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
    const taken = lastRewind(house);
    await house.act({ type: 'rewind-boundary', to: 'explore' });
    await house.act({ type: 'undo-rewind', rewind: taken });
    assert.ok(file.text().startsWith('by the session, later'));
    await house.act({ type: 'rewind-boundary', to: 'explore' });
    assert.equal(file.text(), start);
  }));

  it('the base comes back exactly where doing a rewind again merged with what the user changed', () => play(async (house, file) => {
    const start = file.text();
    await house.write(name, start.replace('a9 line', 'the rest'));
    await house.cross();
    await file.command('the rest', 'a9 line');
    await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    file.edit('a1 line', 'by the user');
    await house.act({ type: 'redo-rewind', rewind: lastRewind(house) });
    assert.ok(file.text().includes('the rest'));
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start.replace('a1 line', 'by the user'));
  }));

  describe('a file that a person took back with what was theirs in it', () => {
    const other = 'src/b.txt';
    const link = (house: House): void => {
      fs.rmSync(path.join(house.root, other), { force: true });
      fs.symlinkSync('a.txt', path.join(house.root, other));
    };
    const isLink = (house: House): boolean => fs.lstatSync(path.join(house.root, other), { throwIfNoEntry: false })?.isSymbolicLink() === true;
    const isFile = (house: House): boolean => fs.lstatSync(path.join(house.root, other), { throwIfNoEntry: false })?.isFile() === true;
    const toBase = { type: 'rewind-boundary', to: 'base' } as const;

    /** The session makes a link of a file, `before` something else happens the user deletes it, and takes back that the file is gone. */
    async function takenBack(house: House, before: () => Promise<void> = async () => undefined): Promise<void> {
      await house.command(() => link(house));
      await before();
      fs.rmSync(path.join(house.root, other));
      const [hunk] = await house.hunks();
      await house.act({ type: 'rewind-hunks', hunks: [{ path: other, hunk: hunk?.hunk ?? '' }] });
      assert.ok(isFile(house));
    }

    it('has nothing of the session\'s any more: the same again is the user\'s', () => play(async (house) => {
      await takenBack(house);
      link(house);
      assert.deepEqual((await house.hunks()).map(({ writes, users }) => [writes.length, users]), [[0, true]]);
      await house.act(toBase);
      assert.ok(isLink(house));
    }));

    it('the same of one that the user had changed before the session, which is as in the base again', () => play(async (house) => {
      fs.writeFileSync(path.join(house.root, other), 'by the user\n');
      await takenBack(house);
      link(house);
      await house.act(toBase);
      assert.ok(isLink(house));
    }));

    it('has what the session wrote to it since, and a rewind takes that', () => play(async (house) => {
      await takenBack(house);
      await house.command(() => link(house));
      await house.act(toBase);
      assert.ok(isFile(house));
    }));

    it('stays so where the rewind of a boundary in between cuts the line', () => play(async (house) => {
      await takenBack(house, () => house.cross());
      await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
      assert.ok(isFile(house));
      link(house);
      await house.act(toBase);
      assert.ok(isLink(house));
    }));

    it('has the session\'s part again once that was undone, and not where it was done again', () => play(async (house) => {
      await takenBack(house);
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      link(house);
      await house.act(toBase);
      assert.ok(isFile(house));
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      fs.rmSync(path.join(house.root, other));
      await house.look();
      await house.act({ type: 'redo-rewind', rewind: house.session.rewinds[0]?.id ?? '' });
      assert.ok(isFile(house));
      link(house);
      await house.act(toBase);
      assert.ok(isLink(house));
    }));

    /** A line of the session that the user changed, too, and its hunk. */
    async function sharedLine(house: House, file: File): Promise<void> {
      file.edit('by the session', 'by both');
      const hunk = (await house.hunks()).find(({ lines }) => lines?.lines.includes('+by both') === true);
      await house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
      assert.equal(file.text().includes('by both'), false);
    }

    it('has nothing of the session\'s either where the user had changed other lines before', () => play(async (house, file) => {
      file.edit('a9 line', 'by the user');
      await file.command('a1 line', 'by the session');
      await sharedLine(house, file);
      file.edit('a1 line', 'by the session');
      await house.act(toBase);
      assert.ok(file.text().includes('by the session'));
    }));

    it('is no work of the session\'s where it never was for certain', () => play(async (house, file) => {
      await house.act(toBase);
      await house.startPhase();
      // In explore, where whatever changes while a command runs may be the user's.
      await file.command('a1 line', 'by somebody');
      await house.act({ type: 'rewind-file', flag: house.session.line.flags.at(-1)?.id ?? '' });
      assert.ok(file.text().includes('a1 line'));
      assert.deepEqual(house.session.line.writes, []);
    }));

    it('has the rest of the session\'s where only a part was taken back', () => play(async (house, file) => {
      const start = file.text();
      await house.write(name, start.replace('a1 line', 'by the session').replace('a9 line', 'the rest'));
      await sharedLine(house, file);
      assert.ok(file.text().includes('the rest'));
      await house.act(toBase);
      assert.equal(file.text(), start);
    }));

    it('has what an undo brings back of a later boundary\'s rewind, which a rewind takes', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      await house.cross();
      await file.command('a9 line', 'the rest');
      await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
      await sharedLine(house, file);
      await house.act({ type: 'undo-rewind', rewind: house.session.rewinds[0]?.id ?? '' });
      assert.equal(file.text(), start.replace('a9 line', 'the rest'));
      await house.act(toBase);
      assert.equal(file.text(), start);
    }));

    it('has what doing such a rewind again brings back, too', () => play(async (house, file) => {
      const start = file.text();
      await house.write(name, start.replace('a1 line', 'by the session').replace('a9 line', 'the rest'));
      await house.cross();
      await file.command('the rest', 'a9 line');
      await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      await sharedLine(house, file);
      assert.equal(file.text(), start);
      await house.act({ type: 'redo-rewind', rewind: house.session.rewinds[0]?.id ?? '' });
      assert.equal(file.text(), start.replace('a9 line', 'the rest'));
      await house.act(toBase);
      assert.equal(file.text(), start);
    }));

    it('has what the session wrote between the undo and doing it again', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      await sharedLine(house, file);
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      await file.command('a9 line', 'the rest');
      await house.act({ type: 'redo-rewind', rewind: lastRewind(house) });
      assert.equal(file.text(), start.replace('a9 line', 'the rest'));
      await house.act(toBase);
      assert.equal(file.text(), start);
    }));
  });

  for (const [what, rewind] of [
    ['file', (flag: string) => ({ type: 'rewind-file', flag }) as const],
    ['hunk', (flag: string, hunk: string) => ({ type: 'rewind-hunk', flag, hunk }) as const],
  ] as const) {
    it(`what a person takes back of a change that may have been theirs, as a ${what}, no later rewind takes away again`, () => play(async (house, file) => {
      file.edit('a1 line\n', 'of the user\na1 line\n');
      await house.act({ type: 'rewind-boundary', to: 'base' });
      await house.startPhase();
      // In explore the work tree is read-only for a command: whatever changes meanwhile may be the user's.
      await file.command('of the user\n', '');
      const flag = house.session.line.flags.at(-1) ?? assert.fail('nothing was flagged');
      assert.equal(flag.maybeUser, true);
      await house.act(rewind(flag.id, flag.hunks[0]?.id ?? ''));
      assert.ok(file.text().includes('of the user\n'));
      await house.act({ type: 'rewind-boundary', to: 'base' });
      assert.ok(file.text().includes('of the user\n'));
    }));
  }

  it('a file that cannot be rewound to its end is left wholly as it was', () => play(async (house, file) => {
    await file.command('a1 line', 'by the session');
    file.edit('by the session', 'by the user');
    await file.command('a9 line', 'by the session');
    const before = file.text();
    const acted = await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(acted.ok, false);
    assert.match(acted.message, /^0 files restored; left alone: src\/a\.txt \(you changed the same lines since: line 2\)$/);
    assert.equal(file.text(), before);
    const { writes, restored, merged } = house.session.rewinds.at(-1) ?? assert.fail('nothing was rewound');
    assert.deepEqual({ writes, restored, merged }, { writes: [], restored: [], merged: [] });
    assert.equal(house.session.line.writes.length, 2, 'what was left is still the session\'s');
  }));

  it('the same for one file alone', () => play(async (house, file) => {
    await file.command('a1 line', 'by the session');
    file.edit('by the session', 'by the user');
    await file.command('a9 line', 'by the session');
    const before = file.text();
    assert.equal((await house.act({ type: 'rewind-path', path: name })).ok, false);
    assert.equal(file.text(), before);
  }));

  it('what the session wrote after a rewind is still its own when the undoing of the rewind merges with it', () => play(async (house, file) => {
    const start = file.text();
    await file.command('a1 line', 'by the session');
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    await house.startPhase();
    await file.command('a9 line', 'by the session, later');
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    assert.ok(file.text().includes('by the session\n') && file.text().includes('by the session, later\n'));
    assert.deepEqual(await house.act({ type: 'rewind-boundary', to: 'base' }), { ok: true, message: '1 file restored' });
    assert.equal(file.text(), start);
  }));

  it('a boundary of an attempt comes back exactly, also where the undoing of the rewind that had left it had to leave the file', () => play(async (house, file) => {
    await file.command('a0 line', 'first attempt');
    const first = file.text();
    await house.cross();
    const boundary = house.session.line.boundaries.at(-1)?.id ?? '';
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const rewind = lastRewind(house);
    await house.startPhase();
    await file.command('a0 line', 'second attempt');
    const second = file.text();
    await house.act({ type: 'undo-rewind', rewind });
    assert.equal(file.text(), second, 'two attempts on the same line: nobody decided which it shall be');
    await house.act({ type: 'rewind-boundary', to: boundary });
    assert.equal(file.text(), first);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.ok(file.text().startsWith('a0 line\n'));
  }));

  it('a file that cannot be put back, because a folder of the user came into its place on the way, is foretold as it comes', () => play(async (house, file) => {
    const folder = path.join(house.root, name);
    await file.command('a0 line', 'by the session');
    fs.rmSync(folder);
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'mine.txt'), 'mine\n');
    await house.command(() => fs.rmSync(folder, { recursive: true }));
    await house.command(() => fs.writeFileSync(folder, 'a file again\n'));
    const { files, stays } = await house.controller.preview({ type: 'rewind-boundary', to: 'base' });
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(fs.readFileSync(path.join(folder, 'mine.txt'), 'utf8'), 'mine\n');
    assert.deepEqual(files.map((one) => one.path).sort(), [name, `${name}/mine.txt`]);
    assert.deepEqual(stays.map((one) => one.path), house.session.rewinds.at(-1)?.left.map((one) => one.path));
  }));

  it('a boundary comes back exactly where the undoing of an earlier rewind found everything back already', () => play(async (house, file) => {
    await file.command('a0 line', 'by the session');
    const there = file.text();
    await house.cross();
    const boundary = house.session.line.boundaries.at(-1)?.id ?? '';
    await house.act({ type: 'rewind-path', path: name });
    const rewind = lastRewind(house);
    await house.act({ type: 'rewind-boundary', to: boundary });
    assert.equal(file.text(), there);
    await house.act({ type: 'undo-rewind', rewind });
    await house.act({ type: 'rewind-boundary', to: boundary });
    assert.equal(file.text(), there);
    await house.act({ type: 'redo-rewind', rewind });
    assert.equal(file.text(), there, 'nothing was undone, so there is nothing to do again');
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.ok(file.text().startsWith('a0 line\n'));
  }));

  it('the base comes back exactly where doing an earlier rewind again found everything gone already', () => play(async (house, file) => {
    const start = file.text();
    await file.command('a0 line', 'by the session');
    await house.act({ type: 'rewind-path', path: name });
    const rewind = lastRewind(house);
    await house.act({ type: 'undo-rewind', rewind });
    await house.act({ type: 'rewind-boundary', to: 'base' });
    await house.act({ type: 'redo-rewind', rewind });
    assert.equal(file.text(), start);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start, 'what the session wrote is gone, and no rewind brings it back');
  }));

  it('the same where a merge came to nothing, which does not write the file', () => play(async (house, file) => {
    const start = file.text();
    await house.command(() => {
      file.edit('a1 line', 'by the session');
      file.edit('a9 line', 'by the session');
    });
    const [hunk] = await house.hunks();
    await house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
    const rewind = lastRewind(house);
    await house.act({ type: 'undo-rewind', rewind });
    await house.act({ type: 'rewind-boundary', to: 'base' });
    const { ino } = fs.statSync(path.join(house.root, name));
    await house.act({ type: 'redo-rewind', rewind });
    assert.deepEqual([file.text(), fs.statSync(path.join(house.root, name)).ino], [start, ino]);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start);
  }));

  it('a boundary comes back exactly where an undo brought back a part of what the rewind took, because the rest had come back before', () => play(async (house, file) => {
    await house.command(() => {
      file.edit('a1 line', 'one');
      file.edit('a9 line', 'two');
    });
    const there = file.text();
    await house.cross();
    const to = house.session.line.boundaries.at(-1)?.id ?? '';
    await house.act({ type: 'rewind-path', path: name });
    const rewind = lastRewind(house);
    await house.act({ type: 'rewind-boundary', to });
    await house.startPhase();
    await file.command('one', 'a1 line');
    await house.act({ type: 'undo-rewind', rewind });
    assert.equal(file.text(), there);
    await file.command('a5 line', 'three');
    await house.act({ type: 'rewind-boundary', to });
    assert.equal(file.text(), there);
  }));

  it('the same where doing a rewind again took a part', () => play(async (house, file) => {
    const start = file.text();
    await house.command(() => {
      file.edit('a1 line', 'one');
      file.edit('a9 line', 'two');
    });
    await house.act({ type: 'rewind-path', path: name });
    const rewind = lastRewind(house);
    await house.act({ type: 'undo-rewind', rewind });
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    await house.startPhase();
    await file.command('a1 line', 'one');
    await house.act({ type: 'redo-rewind', rewind });
    assert.equal(file.text(), start);
    await file.command('a5 line', 'three');
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    assert.equal(file.text(), start);
  }));

  for (const [what, since] of [
    ['edited', (at: string) => fs.appendFileSync(at, 'mine\n')], ['deleted', (at: string) => fs.rmSync(at)],
  ] as const) it(`an undo and a redo leave a file alone, and do not speak of it, that the rewind found as it should be and the user ${what} since`, () => play(async (house, file) => {
    const other = path.join(house.root, 'src/b.txt');
    const start = fs.readFileSync(other, 'utf8');
    await house.command(() => [other, path.join(house.root, name)].forEach((at) => fs.appendFileSync(at, 'by the session\n')));
    fs.writeFileSync(other, start);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    since(other);
    const state = () => fs.statSync(other, { throwIfNoEntry: false })?.ino;
    const before = state();
    for (const type of ['undo-rewind', 'redo-rewind'] as const) {
      const act = { type, rewind: lastRewind(house) };
      const { files, stays } = await house.controller.preview(act);
      assert.deepEqual([files.map((one) => one.path), stays, await house.act(act)], [[name], [], { ok: true, message: '1 file restored' }]);
      assert.equal(state(), before);
    }
    assert.ok(!file.text().includes('by the session'));
  }));

  it('a file that an undo leaves keeps its permissions, too', () => play(async (house, file) => {
    const at = path.join(house.root, name);
    await house.command(() => {
      fs.appendFileSync(at, 'by the session\n');
      fs.chmodSync(at, 0o600);
    });
    await house.act({ type: 'rewind-path', path: name });
    fs.appendFileSync(at, 'mine\n');
    const mode = fs.statSync(at).mode;
    assert.equal((await house.act({ type: 'undo-rewind', rewind: lastRewind(house) })).ok, false);
    assert.deepEqual([fs.statSync(at).mode, file.text().endsWith('mine\n')], [mode, true]);
  }));

  it('an undo takes no permission and no empty folder for its own that the user had put back before the rewind', () => play(async (house) => {
    const [at, empty] = [path.join(house.root, name), path.join(house.root, 'src/empty')];
    const usual = fs.statSync(at).mode;
    await house.command(() => {
      fs.appendFileSync(at, 'by the session\n');
      fs.chmodSync(at, 0o600);
      fs.mkdirSync(empty);
    });
    fs.chmodSync(at, usual);
    fs.rmdirSync(empty);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    const act = { type: 'undo-rewind', rewind: lastRewind(house) } as const;
    assert.deepEqual((await house.controller.preview(act)).beside, []);
    await house.act(act);
    assert.deepEqual([fs.statSync(at).mode, fs.existsSync(empty)], [usual, false]);
  }));

  it('permissions that the user gives a file after its rewind are theirs, and those that an undo brought back are the session\'s', () => play(async (house) => {
    const at = path.join(house.root, name);
    const usual = fs.statSync(at).mode;
    await house.command(() => {
      fs.appendFileSync(at, 'by the session\n');
      fs.chmodSync(at, 0o600);
    });
    const given = fs.statSync(at).mode;
    await house.act({ type: 'rewind-path', path: name });
    assert.equal(fs.statSync(at).mode, usual);
    fs.chmodSync(at, given);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(fs.statSync(at).mode, given);
    fs.chmodSync(at, usual);
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    await house.act({ type: 'undo-rewind', rewind: house.session.rewinds[0]?.id ?? '' });
    assert.equal(fs.statSync(at).mode, given);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(fs.statSync(at).mode, usual);
  }));

  describe('a file that the session deleted comes back with its mode and permissions', () => {
    for (const [how, file, before] of [
      ['by its part of the change', 'src/b.txt', 0o600], ['the same, executable, where the user had taken a line out', 'src/run.sh', 0o755],
      ['by the hunk of a flag', 'docs/out.txt', 0o755], ['the same, with permissions', 'docs/out.txt', 0o600],
    ] as const) it(how, () => play(async (house) => {
      const at = path.join(house.root, file);
      fs.chmodSync(at, before);
      if (file === 'src/run.sh') fs.writeFileSync(at, '#!/bin/bash\n');
      await house.look();
      await house.command(() => fs.rmSync(at));
      const [flag] = house.session.line.flags;
      const hunks = (await house.hunks()).filter((one) => one.path === file);
      assert.equal(hunks.some((one) => one.users), file === 'src/run.sh');
      const act = flag === undefined ? { type: 'rewind-hunks', hunks } as const : { type: 'rewind-hunk', flag: flag.id, hunk: flag.hunks[0]?.id ?? '' } as const;
      assert.deepEqual((await house.controller.preview(act)).files.map((one) => [one.path, one.does]), [[file, 'back']]);
      assert.equal((await house.act(act)).ok, true);
      assert.equal(fs.statSync(at).mode & 0o777, before);
    }));
  });

  it('a file that the session made goes with the hunk of its flag, and is not left empty', () => play(async (house) => {
    const at = path.join(house.root, 'docs/new.txt');
    await house.command(() => fs.writeFileSync(at, 'by the session\n'));
    const flag = house.session.line.flags[0] ?? assert.fail('nothing was flagged');
    const act = { type: 'rewind-hunk', flag: flag.id, hunk: flag.hunks[0]?.id ?? '' } as const;
    assert.deepEqual((await house.controller.preview(act)).files.map((one) => one.does), ['delete']);
    assert.equal((await house.act(act)).ok, true);
    assert.deepEqual([fs.existsSync(at), house.session.line.flags.map((one) => one.outcome)], [false, ['rewound']]);
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    assert.equal(fs.readFileSync(at, 'utf8'), 'by the session\n');
  }));

  it('the hunk of a flag whose file a folder has taken the place of is foretold as it comes: it stays', () => play(async (house) => {
    const at = path.join(house.root, 'docs/out.txt');
    await house.command(() => fs.rmSync(at));
    const flag = house.session.line.flags[0] ?? assert.fail('nothing was flagged');
    fs.mkdirSync(at);
    fs.writeFileSync(path.join(at, 'mine.txt'), 'mine\n');
    const act = { type: 'rewind-hunk', flag: flag.id, hunk: flag.hunks[0]?.id ?? '' } as const;
    const { files, stays } = await house.controller.preview(act);
    assert.deepEqual([files, stays.map((one) => one.path), (await house.act(act)).ok], [[], ['docs/out.txt'], false]);
    assert.equal(fs.readFileSync(path.join(at, 'mine.txt'), 'utf8'), 'mine\n');
  }));

  it('the preview of an undo says of no hunk that it stays: it goes with the file that comes back', () => play(async (house, file) => {
    await file.command('a0 line', 'by the session');
    await house.cross();
    await house.act({ type: 'rewind-path', path: name });
    await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
    const act = { type: 'undo-rewind', rewind: lastRewind(house) } as const;
    const { files, stays } = await house.controller.preview(act);
    assert.deepEqual([files.map((one) => [one.path, one.does]), stays], [[[name, 'back']], []]);
    await house.act(act);
    assert.deepEqual(await house.hunks(), []);
  }));

  it('a boundary comes back exactly where an earlier rewind was undone before a later one', () => play(async (house, file) => {
    await file.command('a0 line', 'by the session');
    const there = file.text();
    await house.cross();
    const boundary = house.session.line.boundaries.at(-1)?.id ?? '';
    await house.act({ type: 'rewind-boundary', to: boundary });
    const earlier = lastRewind(house);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    await house.act({ type: 'undo-rewind', rewind: earlier });
    assert.ok(file.text().startsWith('a0 line\n'), 'the later one stands');
    await house.act({ type: 'rewind-boundary', to: boundary });
    assert.equal(file.text(), there);
  }));

  it('a boundary comes back exactly where an earlier rewind was done again after a later one', () => play(async (house, file) => {
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const earlier = lastRewind(house);
    await house.startPhase();
    await file.command('a0 line', 'by the session');
    const there = file.text();
    await house.cross();
    const boundary = house.session.line.boundaries.at(-1)?.id ?? '';
    await house.act({ type: 'undo-rewind', rewind: earlier });
    await house.act({ type: 'rewind-boundary', to: 'explore' });
    await house.act({ type: 'redo-rewind', rewind: earlier });
    assert.ok(file.text().startsWith('a0 line\n'), 'the later one stands');
    await house.act({ type: 'rewind-boundary', to: boundary });
    assert.equal(file.text(), there);
  }));

  it('the same where the rewind that stands was done again itself, after the one that is undone', () => play(async (house, file) => {
    await file.command('a0 line', 'by the session');
    const there = file.text();
    await house.cross();
    const boundary = house.session.line.boundaries.at(-1)?.id ?? '';
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const [first] = [lastRewind(house), await house.act({ type: 'undo-rewind', rewind: lastRewind(house) })];
    await house.act({ type: 'rewind-boundary', to: boundary });
    const second = lastRewind(house);
    await house.act({ type: 'redo-rewind', rewind: first });
    assert.ok(file.text().startsWith('a0 line\n'));
    await house.act({ type: 'undo-rewind', rewind: second });
    assert.ok(file.text().startsWith('a0 line\n'), 'the one that was done again stands');
    await house.act({ type: 'rewind-boundary', to: boundary });
    assert.equal(file.text(), there);
  }));

  it('the base comes back exactly where a rewind that was done again after another found everything gone already', () => play(async (house, file) => {
    const start = file.text();
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const earlier = lastRewind(house);
    await house.startPhase();
    await file.command('a0 line', 'by the session');
    await house.act({ type: 'rewind-boundary', to: 'explore' });
    const later = lastRewind(house);
    await house.act({ type: 'undo-rewind', rewind: later });
    await house.act({ type: 'rewind-path', path: name });
    await house.act({ type: 'undo-rewind', rewind: earlier });
    await house.act({ type: 'redo-rewind', rewind: later });
    await house.act({ type: 'redo-rewind', rewind: earlier });
    assert.equal(file.text(), start);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start, 'what the session wrote is gone, and no rewind brings it back');
  }));

  it('the same where two were undone and done again in the order in which they were made', () => play(async (house, file) => {
    const start = file.text();
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const earlier = lastRewind(house);
    await house.startPhase();
    await file.command('a0 line', 'by the session');
    await house.act({ type: 'rewind-boundary', to: 'explore' });
    const later = lastRewind(house);
    for (const rewind of [earlier, later]) await house.act({ type: 'undo-rewind', rewind });
    for (const rewind of [later, earlier]) await house.act({ type: 'redo-rewind', rewind });
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start);
  }));

  it('what the user makes of lines that a rewind took again, beside newer ones of the session, stays, and the newer ones go', () => play(async (house, file) => {
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const earlier = lastRewind(house);
    await house.startPhase();
    await file.command('a0 line', 'by the session');
    await house.act({ type: 'rewind-boundary', to: 'explore' });
    const later = lastRewind(house);
    await house.act({ type: 'undo-rewind', rewind: later });
    await house.startPhase();
    await file.command('a9 line', 'by the session since');
    await house.act({ type: 'undo-rewind', rewind: earlier });
    for (const rewind of [later, earlier]) await house.act({ type: 'redo-rewind', rewind });
    file.edit('a0 line', 'by the user');
    assert.equal((await house.act({ type: 'rewind-boundary', to: 'base' })).ok, true);
    assert.ok(file.text().startsWith('by the user\na1 line\n') && file.text().includes('a9 line\n'));
  }));

  it('the base comes back exactly where the undoing of a rewind merges after that of an earlier one', () => play(async (house, file) => {
    const start = file.text();
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const earlier = lastRewind(house);
    await house.startPhase();
    await file.command('a0 line', 'by the session');
    await house.act({ type: 'rewind-boundary', to: 'explore' });
    const later = lastRewind(house);
    await house.act({ type: 'undo-rewind', rewind: earlier });
    await house.startPhase();
    await file.command('a9 line', 'by the session since');
    await house.act({ type: 'undo-rewind', rewind: later });
    assert.ok(file.text().startsWith('by the session\n') && file.text().includes('by the session since\n'), 'both stand');
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start);
  }));

  it('the same where a rewind since then had cut that from the line', () => play(async (house, file) => {
    const start = file.text();
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const earlier = lastRewind(house);
    await house.startPhase();
    await file.command('a0 line', 'by the session');
    await house.act({ type: 'rewind-boundary', to: 'explore' });
    const later = lastRewind(house);
    await house.act({ type: 'undo-rewind', rewind: earlier });
    await house.startPhase();
    await file.command('a5 line', 'by the session then');
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    await house.startPhase();
    await file.command('a9 line', 'by the session since');
    await house.act({ type: 'undo-rewind', rewind: later });
    assert.ok(file.text().startsWith('by the session\n') && file.text().includes('by the session since\n'), 'both stand');
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(file.text(), start);
  }));

  it('the base comes back exactly where doing a rewind again had to leave the file', () => play(async (house, file) => {
    await file.command('a0 line', 'first attempt');
    await house.cross();
    await house.act({ type: 'rewind-boundary', to: 'baseline' });
    const rewind = lastRewind(house);
    await house.act({ type: 'undo-rewind', rewind });
    await house.startPhase();
    await file.command('first attempt', 'more of it');
    await house.act({ type: 'redo-rewind', rewind });
    assert.ok(file.text().startsWith('more of it\n'));
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.ok(file.text().startsWith('a0 line\n'));
  }));

  it('a file that is already as it shall be in the end meets no conflict on a way there, nor does its preview', () => play(async (house, file) => {
    const start = file.text();
    await file.command('a1 line', 'by the session');
    file.edit('by the session', 'by the user');
    await file.command('by the user', 'by the session again');
    file.edit('by the session again', 'a1 line');
    assert.equal(file.text(), start);
    const back = { type: 'rewind-boundary', to: 'base' } as const;
    const { files, stays } = await house.controller.preview(back);
    assert.deepEqual([files, stays.filter((one) => one.conflict === true)], [[], []]);
    assert.equal((await house.act(back)).ok, true);
    assert.equal(file.text(), start);
  }));

  it('a file that is already as it was has nothing left to rewind, which is no rewind that could be undone', () => play(async (house, file) => {
    await file.command('a1 line', 'by the session');
    assert.deepEqual(await house.act({ type: 'rewind-path', path: name }), { ok: true, message: 'src/a.txt was rewound' });
    const seen = house.session.seq;
    assert.deepEqual(await house.act({ type: 'rewind-path', path: name }), { ok: true, message: 'nothing was left to do: what the session did to src/a.txt is not there any more' });
    assert.deepEqual([house.session.seq, house.session.rewinds.length], [seen, 1]);
  }));

  it('the same of a flagged file that the user put back, whose flag is settled', () => play(async (house) => {
    const outside = path.join(house.root, 'docs/out.txt');
    const start = fs.readFileSync(outside);
    await house.command(() => fs.writeFileSync(outside, 'by the session\n'));
    fs.writeFileSync(outside, start);
    const acted = await house.act({ type: 'rewind-file', flag: house.session.line.flags[0]?.id ?? '' });
    assert.match(acted.message, /^nothing was left to do/);
    assert.deepEqual([house.session.rewinds, house.session.line.flags.map((flag) => flag.outcome)], [[], ['restored']]);
  }));

  it('to a boundary names what no checkpoint holds and what was not there then', () => play(async (house) => {
    const clone = (folder: string): void => void execFileSync('git', ['init', '-q', path.join(house.root, folder)]);
    clone('src/known');
    await house.cross();
    await house.command(() => clone('src/clone'));
    const { message } = await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
    assert.match(message, /^0 files restored; not in any checkpoint, and still there: [^,]*src\/clone[^,]*$/);
    const [{ notHeld = [] } = {}] = house.session.rewinds;
    assert.equal(notHeld.length, 1);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.deepEqual(house.session.rewinds.at(-1)?.notHeld?.map((one) => /src\/\w+/.exec(one)?.[0]).toSorted(), ['src/clone', 'src/known']);
  }));

  describe('what the user writes into a file the moment it has come back, before the look after it', () => {
    /** The user edits the file right after the next restore. */
    function armed(house: House, file: File): void {
      house.afterRestore = () => {
        house.afterRestore = () => undefined;
        file.edit('a9 line', 'by the user');
      };
    }

    const back = { type: 'rewind-boundary', to: 'base' } as const;
    const hunks = async (house: House) => ({ type: 'rewind-hunks', hunks: (await house.hunks()).map(({ path: at, hunk }) => ({ path: at, hunk })) }) as const;

    for (const how of ['everything', 'hunk', 'undo', 'redo'] as const) it(`is theirs after ${how === 'undo' || how === 'redo' ? `an ${how === 'undo' ? 'undo' : 'undone undo'}` : how === 'hunk' ? 'a hunk' : how}: neither undo nor redo takes it`, () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      const undo = () => house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      const redo = () => house.act({ type: 'redo-rewind', rewind: lastRewind(house) });
      const acts = [async () => house.act(how === 'hunk' ? await hunks(house) : back), undo, redo];
      const raced = how === 'undo' ? 1 : how === 'redo' ? 2 : 0;
      for (const [index, act] of acts.entries()) {
        if (index === raced) armed(house, file);
        const { ok, message } = await act();
        assert.deepEqual([ok, message.includes('you changed it the moment it had come back')], [index !== raced, index === raced]);
        assert.equal(file.text().includes('by the user'), index >= raced);
      }
      if (how === 'redo') await undo();
      await house.act(back);
      assert.ok(file.text().includes('by the user'));
    }));
  });

  it('what the user writes into a file between two rounds of a rewind that has to leave it stays, and no undo takes it', () => play(async (house, file) => {
    await file.command('a1 line', 'by the session');
    file.edit('a5 line', 'by the user');
    await file.command('a9 line', 'by the session');
    house.afterRestore = () => {
      house.afterRestore = () => undefined;
      file.edit('by the session', 'mine');
    };
    const { ok, message } = await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.deepEqual([ok, message.includes('you changed it meanwhile')], [false, true]);
    const there = file.text();
    assert.ok(there.includes('mine\n') && there.includes('by the user\n'));
    assert.deepEqual(house.session.userChanges.at(-1)?.path, name);
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    assert.equal(file.text(), there);
  }));

  it('a file that a second round is known to leave is not touched by the first', () => play(async (house, file) => {
    await file.command('a1 line', 'by the session');
    file.edit('by the session', 'by the user');
    await file.command('a9 line', 'by the session');
    const before = fs.statSync(path.join(house.root, name), { bigint: true });
    await house.act({ type: 'rewind-boundary', to: 'base' });
    const after = fs.statSync(path.join(house.root, name), { bigint: true });
    assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
    assert.deepEqual(house.session.rewinds.at(-1)?.left.map((one) => [one.path, one.conflict]), [[name, true]]);
  }));

  it('a line of the user that the rewind of a file brought back goes again with the boundary by which the session had taken it out', () => play(async (house, file) => {
    file.edit('a1 line', 'by the user');
    await file.command('by the user', 'by the session');
    await house.cross();
    const there = file.text();
    await file.command('a5 line', 'more by the session');
    await house.act({ type: 'rewind-path', path: name });
    assert.ok(file.text().includes('by the user'));
    await house.act({ type: 'rewind-boundary', to: 'minimal-hook' });
    assert.equal(file.text(), there);
  }));

  it('a file in whose place the session put a folder is left for that, also where a later round would meet a conflict', () => play(async (house, file) => {
    await file.command('a1 line', 'by the session');
    file.edit('by the session', 'by the user');
    const at = path.join(house.root, name);
    await house.command(() => {
      fs.rmSync(at);
      fs.mkdirSync(at);
      fs.writeFileSync(path.join(at, 'e.txt'), 'of the session\n');
    });
    const { stays } = await house.controller.preview({ type: 'rewind-path', path: name });
    await house.act({ type: 'rewind-path', path: name });
    const left = house.session.rewinds.at(-1)?.left.map(({ path: one, why, conflict }) => ({ path: one, why, conflict }));
    assert.deepEqual(left, stays.filter((one) => one.path === name).map(({ path: one, why, conflict }) => ({ path: one, why, conflict })));
    assert.equal(left?.[0]?.conflict, undefined);
  }));

  it('what the user changes elsewhere while files come back is noted as theirs, after a rewind and after its undo', () => play(async (house, file) => {
    await file.command('a1 line', 'by the session');
    const meanwhile = (text: string) => {
      house.afterRestore = () => {
        house.afterRestore = () => undefined;
        fs.writeFileSync(path.join(house.root, 'src/b.txt'), text);
      };
    };
    meanwhile('one\n');
    await house.act({ type: 'rewind-boundary', to: 'base' });
    meanwhile('two\n');
    await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
    assert.deepEqual(house.session.userChanges.map((change) => change.path), ['src/b.txt', 'src/b.txt']);
    assert.equal(house.session.tree, await house.look());
  }));

  describe('where the process ends in the middle', () => {
    /** The act, and its end just before its record number `record`. */
    async function crashed(house: House, record: number, act: Parameters<House['act']>[0]): Promise<void> {
      await house.look();
      house.crashAt({ record, kept: false });
      await assert.rejects(house.act(act), Crash);
    }

    /** That the last rewind is one of this file, that nothing counts as the user's, and that it can be undone. */
    async function undone(house: House, file: File, before: string): Promise<void> {
      assert.deepEqual(house.session.rewinds.map(({ restored, left }) => ({ restored, left })), [{ restored: [name], left: [] }]);
      assert.deepEqual(house.session.userChanges, []);
      assert.equal(house.session.rewinding, undefined);
      assert.equal((await house.act({ type: 'undo-rewind', rewind: lastRewind(house) })).ok, true);
      assert.equal(file.text(), before);
    }

    it('what a rewind to a boundary brought back is the rewind\'s, and can be undone', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      const before = file.text();
      await crashed(house, 2, { type: 'rewind-boundary', to: 'base' });
      assert.equal(file.text(), start);
      await house.restart();
      assert.deepEqual(house.session.line.writes, []);
      await undone(house, file, before);
    }));

    it('what a rewind of a hunk took back is the rewind\'s, and can be undone', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      const before = file.text();
      const [hunk] = (await house.hunks()).filter((one) => one.path === name);
      await crashed(house, 2, { type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
      assert.equal(file.text(), start);
      await house.restart();
      await undone(house, file, before);
    }));

    for (const [what, act] of [
      ['a rewind', (house: House) => house.act({ type: 'rewind-boundary', to: 'base' })], ['a file tool', (house: House) => house.write(name, 'all by the session\n')],
    ] as const) {
      it(`nothing that ${what} had beside a file stays there, and nothing of it counts as the user's`, () => play(async (house, file) => {
        await file.command('a1 line', 'by the session');
        await house.look();
        let dead = false;
        const die = (change: string, args: readonly unknown[]) => {
          dead ||= change === 'rename' && String(args[0]).endsWith('.tmp') && String(args[1]).endsWith('/a.txt');
          if (dead) throw new Crash();
        };
        await assert.rejects(watching(die, () => Promise.resolve(act(house))), Crash);
        const beside = () => fs.readdirSync(path.join(house.root, 'src')).filter((one) => one.startsWith('.bounded-')).length;
        assert.equal(beside(), 2);
        await house.restart();
        assert.deepEqual([beside(), house.session.userChanges], [0, []]);
      }));
    }

    it('what was begun and not done yet is done', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      const before = file.text();
      await house.look();
      house.crashAt({ record: 1, kept: true });
      await assert.rejects(house.act({ type: 'rewind-boundary', to: 'base' }), Crash);
      assert.equal(file.text(), before);
      await house.restart();
      assert.equal(file.text(), start);
      await undone(house, file, before);
    }));

    it('a hunk that was not taken back yet is taken back', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      const before = file.text();
      const [hunk] = (await house.hunks()).filter((one) => one.path === name);
      house.crashAt({ record: 1, kept: true });
      await assert.rejects(house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] }), Crash);
      await house.restart();
      assert.equal(file.text(), start);
      await undone(house, file, before);
    }));

    it('some paths back and others not: all are', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      await house.write('src/b.txt', 'all by the session\n');
      house.crashAt({ restore: 1 });
      await assert.rejects(house.act({ type: 'rewind-boundary', to: 'base' }), Crash);
      await house.restart();
      assert.equal(file.text(), start);
      assert.deepEqual(house.session.rewinds.at(-1)?.restored.toSorted(), [name, 'src/b.txt']);
      assert.deepEqual(house.session.userChanges, []);
    }));

    /** The session changes two lines and the user another in between, so that a rewind has two rounds; it ends after the first. */
    async function halfWay(house: House, file: File): Promise<void> {
      await file.command('a1 line', 'by the session');
      file.edit('a5 line', 'by the user');
      await file.command('a9 line', 'by the session');
      house.crashAt({ restore: 1 });
      await assert.rejects(house.act({ type: 'rewind-boundary', to: 'base' }), Crash);
      assert.ok(file.text().includes('a9 line'));
      await house.restart();
    }

    it('a file between two rounds goes on with the second', () => play(async (house, file) => {
      const start = file.text();
      await halfWay(house, file);
      assert.equal(file.text(), start.replace('a5 line', 'by the user'));
      assert.deepEqual(house.session.rewinds.map(({ merged, left }) => ({ merged, left })), [{ merged: [name], left: [] }]);
    }));

    it('a file between two rounds gets back what it had where the second leaves it', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      file.edit('by the session', 'by the user');
      await file.command('a9 line', 'by the session');
      const before = file.text();
      house.crashAt({ record: 1, kept: true });
      await assert.rejects(house.act({ type: 'rewind-boundary', to: 'base' }), Crash);
      // As a process leaves it that did not know of the second round yet.
      file.edit('by the session', 'a9 line');
      await house.restart();
      assert.equal(before, file.text());
      assert.deepEqual(house.session.rewinds.map(({ restored, merged, left }) => [restored, merged, left.length]), [[[], [], 1]]);
      assert.equal(house.session.line.writes.length, 2);
    }));

    for (const [when, point] of [['nothing is back yet', { record: 1, kept: true }], ['everything is back', { record: 2, kept: false }], ['some paths are back', { restore: 1 }]] as const) {
      it(`an undo is taken to its end where ${when}: what came back is the session's`, () => play(async (house, file) => {
        const start = file.text();
        await file.command('a1 line', 'by the session');
        await house.write('src/b.txt', 'all by the session\n');
        const before = file.text();
        await house.act({ type: 'rewind-boundary', to: 'base' });
        house.crashAt(point);
        await assert.rejects(house.act({ type: 'undo-rewind', rewind: lastRewind(house) }), Crash);
        await house.restart();
        assert.equal(file.text(), before);
        assert.deepEqual([house.session.rewinds.map((one) => one.undone), house.session.rewinding, house.session.userChanges], [[true], undefined, []]);
        await house.act({ type: 'rewind-boundary', to: 'base' });
        assert.equal(file.text(), start);
      }));
    }

    it('what the user edits before an undo is taken to its end is theirs', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await house.act({ type: 'rewind-boundary', to: 'base' });
      await crashed(house, 2, { type: 'undo-rewind', rewind: lastRewind(house) });
      file.edit('a9 line', 'by the user');
      await house.restart();
      assert.deepEqual(house.session.rewinding, undefined);
      await house.act({ type: 'rewind-boundary', to: 'base' });
      assert.ok(file.text().includes('by the user'));
    }));

    it('what the user edits before the session goes on is theirs, and no undo takes it', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await crashed(house, 2, { type: 'rewind-boundary', to: 'base' });
      file.edit('a9 line', 'by the user');
      await house.restart();
      assert.deepEqual(house.session.rewinds.map(({ restored, left }) => ({ restored, left })), [{ restored: [], left: [{ path: name, why: 'it changed while the rewind was interrupted' }] }]);
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      assert.ok(file.text().includes('by the user'));
      await house.act({ type: 'rewind-boundary', to: 'base' });
      assert.ok(file.text().includes('by the user'));
    }));

    for (const line of ['a9 line', 'a2 line']) it(`the same after a hunk, at ${line}: it is not told as rewound`, () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      const [hunk] = (await house.hunks()).filter((one) => one.path === name);
      await crashed(house, 2, { type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] });
      file.edit(line, 'by the user');
      await house.restart();
      assert.deepEqual([house.session.rewinds, house.session.rewinding], [[], undefined]);
      await house.act({ type: 'rewind-boundary', to: 'base' });
      assert.ok(file.text().includes('by the user'));
    }));

    it('what the user does to another file meanwhile is seen as theirs', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      await crashed(house, 2, { type: 'rewind-boundary', to: 'base' });
      fs.writeFileSync(path.join(house.root, 'src/b.txt'), 'by the user\n');
      await house.restart();
      assert.deepEqual(house.session.userChanges.map((change) => change.path), ['src/b.txt']);
    }));

    it('the flag of a file that was rewound is settled', () => play(async (house) => {
      await house.command(() => fs.writeFileSync(path.join(house.root, 'docs/out.txt'), 'by the session\n'));
      assert.deepEqual(house.session.line.flags.map((flag) => flag.outcome), [undefined]);
      await crashed(house, 2, { type: 'rewind-file', flag: house.session.line.flags[0]?.id ?? '' });
      await house.restart();
      assert.deepEqual(house.session.line.flags.map((flag) => flag.outcome), ['rewound']);
    }));

    it('the same of a hunk', () => play(async (house) => {
      await house.command(() => fs.appendFileSync(path.join(house.root, 'docs/out.txt'), 'by the session\n'));
      await crashed(house, 2, { type: 'rewind-hunks', hunks: await house.hunks() });
      await house.restart();
      assert.deepEqual(house.session.line.flags.map((flag) => flag.outcome), ['rewound']);
    }));

    it('whatever a person does next comes after the rewind is over', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      const before = file.text();
      await crashed(house, 2, { type: 'rewind-boundary', to: 'base' });
      await house.act({ type: 'rewind-path', path: 'src/b.txt' });
      await undone(house, file, before);
    }));

    it('one that can never be taken to its end ends with what it did', () => play(async (house, file) => {
      const start = file.text();
      await file.command('a1 line', 'by the session');
      for (const other of ['src/b.txt', 'src/deep/c.txt', 'src/new.txt']) await house.write(other, 'all by the session\n');
      house.crashAt({ restore: 1 });
      await assert.rejects(house.act({ type: 'rewind-boundary', to: 'base' }), Crash);
      assert.equal((await house.act({ type: 'note', text: 'go on' })).ok, true);
      assert.equal(file.text(), start);
      assert.deepEqual(house.session.rewinds.map(({ restored, left }) => [restored, left.map((one) => one.path)]), [[[name, 'src/b.txt', 'src/deep/c.txt'], ['src/new.txt']]]);
      assert.deepEqual(house.session.line.writes.map((write) => write.path), ['src/new.txt']);
    }));

    it('a hunk that can never be taken back is refused', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      const [hunk] = (await house.hunks()).filter((one) => one.path === name);
      house.beforeHunk = () => assert.fail('the system refuses');
      await assert.rejects(house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] }));
      assert.equal((await house.act({ type: 'note', text: 'go on' })).ok, true);
      assert.deepEqual([house.session.rewinds, house.session.rewinding], [[], undefined]);
      assert.ok(file.text().includes('by the session'));
    }));

    it('a hunk that is refused leaves nothing to finish', () => play(async (house, file) => {
      await file.command('a1 line', 'by the session');
      const [hunk] = (await house.hunks()).filter((one) => one.path === name);
      house.beforeHunk = () => file.edit('by the session', 'by the user');
      assert.equal((await house.act({ type: 'rewind-hunks', hunks: [{ path: name, hunk: hunk?.hunk ?? '' }] })).ok, false);
      assert.deepEqual([house.session.rewinds, house.session.rewinding], [[], undefined]);
      assert.ok(file.text().includes('by the user'));
    }));
  });
});
