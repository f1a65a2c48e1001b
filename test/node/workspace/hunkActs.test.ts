import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { namesInWords } from '../../../src/agent/rewind/preview.ts';
import { isReviewed } from '../../../src/core/session/listedHunk.ts';
import type { ListedHunk } from '../../../src/core/session/listedHunk.ts';
import { viewOf } from '../../../src/core/session/viewOf.ts';
import { Crash, House, Template } from './histories/house.ts';

const [a, b] = ['src/a.txt', 'src/b.txt'];

describe('what a person does with hunks', () => {
  const template = new Template();
  before(() => template.make());
  after(() => template.remove());

  interface Work {
    text(file: string): string;
    at(file: string): string;
    edit(file: string, from: string, to: string): void;
    command(file: string, from: string, to: string): Promise<void>;
  }

  async function play(history: (house: House, work: Work) => Promise<void>): Promise<void> {
    const folder = template.copy('flag');
    const house = await House.takeUp(folder);
    const at = (file: string): string => path.join(folder, 'work', file);
    const text = (file: string): string => fs.readFileSync(at(file), 'utf8');
    const edit = (file: string, from: string, to: string): void => {
      assert.ok(text(file).includes(from), `${from} is not in ${file}`);
      fs.writeFileSync(at(file), text(file).replace(from, to));
    };
    try {
      await history(house, { text, at, edit, command: (file, from, to) => house.command(() => edit(file, from, to)) });
    } finally {
      await house.close();
    }
  }

  const named = ({ path: file, hunk }: ListedHunk) => ({ path: file, hunk });
  const find = async (house: House, line: string): Promise<ListedHunk> => (await house.hunks()).find(({ lines }) => lines?.lines.some((one) => one.includes(line))) ?? assert.fail(`no hunk has ${line}`);
  const marked = async (house: House): Promise<readonly string[]> => (await house.hunks()).filter((hunk) => isReviewed(house.session, hunk)).map(({ lines }) => lines?.lines.at(-1) ?? '');
  const lastRewind = (house: House): string => house.session.rewinds.at(-1)?.id ?? assert.fail('nothing was rewound');

  describe('the mark of a hunk that a person has looked at', () => {
    it('stays when hunks come, grow and go elsewhere in the file, when the user edits it, and over a restart', () => play(async (house, { command, edit }) => {
      await command(a, 'a6 line', 'session six');
      assert.equal((await house.act({ type: 'mark-hunks', hunks: [named(await find(house, 'session six'))], reviewed: true })).ok, true);
      await command(a, 'a1 line\n', 'session one\n');
      await command(a, 'session one\n', 'session one\nand more\nand more\n');
      edit(a, 'a0 line\n', 'of the user\nof the user\na0 line\n');
      assert.deepEqual(await marked(house), ['+session six']);
      await house.restart();
      await command(a, 'session one\nand more\nand more\n', 'a1 line\n');
      edit(a, 'a11 line\n', '');
      assert.deepEqual(await marked(house), ['+session six']);
    }));

    it('is gone when the hunk changes, whoever changed it, and is for no other hunk', () => play(async (house, { command, edit }) => {
      await command(a, 'a6 line', 'session six');
      await command(a, 'a9 line', 'session nine');
      await house.act({ type: 'mark-hunks', hunks: (await house.hunks()).map(named), reviewed: true });
      await command(a, 'session six', 'session six!');
      await house.look();
      assert.deepEqual(await marked(house), ['+session nine']);
      edit(a, 'session nine', 'session nine, said the user');
      assert.deepEqual(await marked(house), []);
      await command(b, 'b1', 'session nine');
      assert.deepEqual(await marked(house), []);
    }));

    it('is taken off again, and is not given to what was changed since it was looked at', () => play(async (house, { command }) => {
      await command(a, 'a6 line', 'session six');
      const hunk = named(await find(house, 'session six'));
      await house.act({ type: 'mark-hunks', hunks: [hunk], reviewed: true });
      await house.act({ type: 'mark-hunks', hunks: [hunk], reviewed: false });
      assert.deepEqual(await marked(house), []);
      await command(a, 'session six', 'session seven');
      const late = await house.act({ type: 'mark-hunks', hunks: [hunk], reviewed: true });
      assert.deepEqual([late.ok, house.session.reviewed], [false, []]);
      assert.match(late.message, /no such hunk now/);
    }));
  });

  describe('hunks tell who made them', () => {
    it('by call and turn, through writes of the session and of the user', () => play(async (house, { command, edit }) => {
      edit(a, 'a0 line', 'of the user');
      await command(a, 'a5 line', 'session five');
      edit(a, 'a9 line', 'of the user, too');
      await command(a, 'session five\n', 'session five\nand again\n');
      const told = (await house.hunks()).filter((one) => one.path === a).map(({ lines, writes, users, standing }) => [lines?.lines.at(-1), writes.length, users, standing]);
      assert.deepEqual(told, [['+of the user', 0, true, 'user'], ['+and again', 2, false, 'in-scope'], ['+of the user, too', 0, true, 'user']]);
    }));

    it('the change of the mode by itself, where text and mode came one after the other', () => play(async (house, { command, at }) => {
      await command(a, 'a5 line', 'session five');
      await house.command(() => fs.chmodSync(at(a), 0o755));
      const told = (await house.hunks()).map(({ mode, writes, users }) => [mode, writes.map(({ after }) => after?.mode), users]);
      assert.deepEqual(told, [['100644', ['100755'], false], [undefined, ['100644'], false]]);
    }));

    it('the change of the mode by itself, where the file was gone in between', () => play(async (house, { command, text, at }) => {
      await command(a, 'a5 line', 'session five');
      const was = text(a);
      for (const mode of [0o644, 0o755]) {
        await house.command(() => fs.rmSync(at(a)));
        await house.command(() => fs.writeFileSync(at(a), was, { mode }));
      }
      const told = (await house.hunks()).map(({ mode, writes, users, standing }) => [mode, writes.map(({ after }) => after?.mode), users, standing]);
      assert.deepEqual(told[0], ['100644', ['100755'], false, 'in-scope']);
    }));

    it('and whether they are flagged', () => play(async (house, { command }) => {
      await command('docs/out.txt', 'o1', 'stray');
      assert.deepEqual((await house.hunks()).map(({ path: file, standing }) => [file, standing]), [['docs/out.txt', 'out-of-scope']]);
    }));
  });

  describe('several hunks at once', () => {
    const three = async (house: House, { command }: Work): Promise<readonly ListedHunk[]> => {
      await command(a, 'a2 line', 'session two');
      await command(a, 'a6 line', 'session six');
      await command(a, 'a9 line', 'session nine');
      await command(b, 'b3', 'session b');
      return house.hunks();
    };

    it('go in one rewind and come back with one undo; the others and the user\'s lines stay', () => play(async (house, work) => {
      const all = await three(house, work);
      work.edit(a, 'a0 line', 'of the user');
      const before = [work.text(a), work.text(b)];
      const chosen = all.filter(({ lines }) => lines?.lines.some((line) => /two|nine|session b/.test(line)));
      const preview = await house.controller.preview({ type: 'rewind-hunks', hunks: chosen.map(named) });
      assert.deepEqual(preview.files.map((file) => [file.path, file.does, file.hunks.length]), [[a, 'back', 2], [b, 'back', 1]]);
      assert.deepEqual(preview.stays, [{ path: a, why: '2 other hunks of it, 1 of them yours' }]);
      const done = await house.act({ type: 'rewind-hunks', hunks: chosen.map(named) });
      assert.equal(done.message, `3 hunks of ${a}, ${b} rewound`);
      assert.match(work.text(a), /^of the user\n.*a2 line\n.*session six\n.*a9 line\n/s);
      assert.doesNotMatch(work.text(b), /session/);
      assert.equal(house.session.rewinds.length, 1);
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      assert.deepEqual([work.text(a), work.text(b)], before);
    }));

    it('are refused as a whole when one of them is not there any more', () => play(async (house, work) => {
      const all = await three(house, work);
      work.edit(a, 'session two', 'session two, said the user');
      const before = [work.text(a), work.text(b)];
      const done = await house.act({ type: 'rewind-hunks', hunks: all.map(named) });
      assert.deepEqual([done.ok, house.session.rewinds.length, work.text(a), work.text(b)], [false, 0, ...before]);
      assert.match(done.message, /src\/a\.txt has no such hunk now/);
      const preview = await house.controller.preview({ type: 'rewind-hunks', hunks: all.map(named) });
      assert.deepEqual([preview.files, preview.stays], [[], [{ path: a, why: 'it has no such hunk now: it was changed or rewound since; nothing would be done' }]], 'nor does the preview promise any');
    }));

    it('of which one file cannot be changed are told as done in part', () => play(async (house, work) => {
      const all = await three(house, work);
      house.beforeHunk = () => {
        house.beforeHunk = () => undefined;
        work.edit(a, 'session two', 'of the user');
      };
      const done = await house.act({ type: 'rewind-hunks', hunks: all.map(named) });
      assert.equal(done.ok, false);
      assert.match(done.message, /^1 file restored; left alone: src\/a\.txt \(the hunk at line 3: its lines have changed since\)$/);
      assert.match(work.text(a), /of the user.*session six.*session nine/s);
      assert.doesNotMatch(work.text(b), /session/);
    }));

    it('are taken to their end after a crash in the middle', () => play(async (house, work) => {
      const all = await three(house, work);
      house.crashAt({ record: 2, kept: false });
      await assert.rejects(house.act({ type: 'rewind-hunks', hunks: all.map(named) }), Crash);
      await house.restart();
      assert.deepEqual([house.session.rewinds.length, house.session.userChanges.length, (await house.hunks()).length], [1, 0, 0]);
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      assert.equal((await house.hunks()).length, all.length);
    }));

    it('take a file that the session made away, and bring one that it deleted back with its permissions', () => play(async (house, work) => {
      await house.command(() => {
        fs.rmSync(path.join(house.root, 'src/run.sh'));
        fs.writeFileSync(path.join(house.root, 'src/new.txt'), 'made\n');
        fs.writeFileSync(path.join(house.root, 'src/d/e.txt'), Buffer.from([0, 1, 2]));
      });
      const all = await house.hunks();
      assert.deepEqual(all.map((hunk) => [hunk.path, hunk.what, hunk.lines === undefined]), [['src/d/e.txt', 'changed', true], ['src/new.txt', 'created', false], ['src/run.sh', 'deleted', false]]);
      const preview = await house.controller.preview({ type: 'rewind-hunks', hunks: all.map(named) });
      assert.deepEqual(preview.files.map((file) => file.does), ['back', 'delete', 'back']);
      assert.equal((await house.act({ type: 'rewind-hunks', hunks: all.map(named) })).message, '3 hunks of src/d/e.txt, src/new.txt, src/run.sh rewound');
      assert.match(viewOf(house.session).rewinds[0]?.text ?? '', /^3 hunks of src\/d\/e\.txt, src\/new\.txt, src\/run\.sh · 3 files · by you$/);
      assert.deepEqual([fs.existsSync(path.join(house.root, 'src/new.txt')), fs.statSync(path.join(house.root, 'src/run.sh')).mode & 0o777, work.text('src/d/e.txt')], [false, 0o755, 'e0\n']);
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      assert.deepEqual((await house.hunks()).map(named), all.map(named));
    }));

    it('tell the mode of a file from its lines, and a link is one part', () => play(async (house, work) => {
      const link = path.join(house.root, 'src/link');
      await house.command(() => {
        work.edit(a, 'a2 line', 'session two');
        fs.chmodSync(path.join(house.root, a), 0o755);
        fs.rmSync(link);
        fs.symlinkSync('b.txt', link);
      });
      const isExecutable = () => (fs.statSync(path.join(house.root, a)).mode & 0o111) !== 0;
      const state = () => [work.text(a).includes('session two'), isExecutable(), fs.readlinkSync(link)];
      const all = await house.hunks();
      assert.deepEqual(all.map((hunk) => [hunk.path, hunk.mode, hunk.lines?.lines.length]), [[a, '100644', undefined], [a, undefined, 2], ['src/link', undefined, undefined]]);
      for (const [chosen, left] of [[[0], [true, false, 'b.txt']], [[1], [false, true, 'b.txt']], [[2], [true, true, 'a.txt']], [[0, 1, 2], [false, false, 'a.txt']]] as const) {
        const hunks = chosen.map((index) => named(all[index] ?? assert.fail()));
        const preview = await house.controller.preview({ type: 'rewind-hunks', hunks });
        assert.deepEqual(preview.files.map((file) => [file.path, file.hunks.length]).sort(), [...new Set(hunks.map((hunk) => hunk.path))].map((file) => [file, hunks.filter((hunk) => hunk.path === file).length]));
        const done = await house.act({ type: 'rewind-hunks', hunks });
        assert.deepEqual([done.ok, state()], [true, left]);
        await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
        assert.deepEqual(state(), [true, true, 'b.txt']);
      }
    }));

    it('that hold lines of the user are taken back by the user: no later rewind brings those lines again', () => play(async (house, work) => {
      await work.command(a, 'a2 line', 'session two');
      work.edit(a, 'a3 line', 'of the user');
      const [hunk, ...others] = (await house.hunks()).filter((one) => one.path === a);
      assert.deepEqual([hunk?.users, others], [true, []]);
      const before = work.text(a);
      await house.act({ type: 'rewind-hunks', hunks: [named(hunk ?? assert.fail())] });
      assert.doesNotMatch(work.text(a), /session two|of the user/);
      // What ends the session's part there is nothing that a rewind could undo.
      assert.deepEqual(house.session.line.writes.filter(({ by, ends }) => by === 'rewind' && ends !== true), []);
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      assert.equal(work.text(a), before);
      await house.act({ type: 'redo-rewind', rewind: lastRewind(house) });
      await house.act({ type: 'rewind-boundary', to: 'base' });
      assert.doesNotMatch(work.text(a), /session two|of the user/);
    }));

    it('settle a flag of which nothing is left', () => play(async (house, work) => {
      await work.command('docs/out.txt', 'o1', 'stray');
      await work.command(a, 'a2 line', 'session two');
      assert.deepEqual(house.session.line.flags.map((flag) => flag.outcome), [undefined]);
      await house.act({ type: 'rewind-hunks', hunks: (await house.hunks()).map(named) });
      assert.deepEqual(house.session.line.flags.map((flag) => flag.outcome), ['rewound']);
    }));
  });

  describe('a preview', () => {
    const told = async (house: House, intention: Parameters<House['act']>[0]) => {
      const { files, stays, beside } = await house.controller.preview(intention);
      return [files.map((file) => file.path), stays.map((one) => `${one.path}: ${one.why}`), beside.map((one) => `${one.path}: ${one.does}`)];
    };

    it('of hunks says what is left, as the rewind does: where a folder took the place, where one is gone', () => play(async (house, work) => {
      await work.command(a, 'a2 line', 'session two');
      await work.command(b, 'b3', 'session b');
      const all = await house.hunks();
      fs.rmSync(path.join(house.root, b));
      fs.mkdirSync(path.join(house.root, b));
      fs.writeFileSync(path.join(house.root, b, 'mine'), 'mine\n');
      const both = { type: 'rewind-hunks', hunks: [...all.filter((one) => one.path === a), ...(await house.hunks()).filter((one) => one.path === b)].map(named) } as const;
      assert.deepEqual(await told(house, both), [[a], [`${b}: there is a folder in its place`], []]);
      const gone = { type: 'rewind-hunks', hunks: all.map(named) } as const;
      assert.deepEqual((await told(house, gone))[0], [], 'nothing goes where one of them is not there any more');
      assert.equal((await house.act(gone)).ok, false);
      assert.match((await house.act(both)).message, /^1 file restored; left alone: src\/b\.txt/);
    }));

    it('of a flagged hunk says so where its lines have changed since', () => play(async (house, work) => {
      await work.command('docs/out.txt', 'o1', 'stray');
      const [flag] = house.session.line.flags;
      const intention = { type: 'rewind-hunk', flag: flag?.id ?? '', hunk: flag?.hunks[0]?.id ?? '' } as const;
      assert.deepEqual(await told(house, intention), [['docs/out.txt'], [], []]);
      work.edit('docs/out.txt', 'stray', 'mine');
      assert.deepEqual(await told(house, intention), [[], ['docs/out.txt: its lines have changed since'], []]);
    }));

    it('of a file names its permissions where only they come back, and those of the user stay', () => play(async (house, work) => {
      const file = path.join(house.root, a);
      const start = work.text(a);
      await house.command(() => {
        work.edit(a, 'a2 line', 'session two');
        fs.chmodSync(file, 0o600);
      });
      fs.writeFileSync(file, start);
      const back = { type: 'rewind-path', path: a } as const;
      assert.deepEqual(await told(house, back), [[], [], [`${a}: back`]]);
      fs.chmodSync(file, 0o640);
      assert.deepEqual(await told(house, back), [[], [`${a}: permissions 640, which are yours`], []]);
      await house.act(back);
      assert.equal(fs.statSync(file).mode & 0o777, 0o640);
    }));

    it('names files with several names: what comes back takes the place of one, and the others keep what is there', () => play(async (house, work) => {
      const outside = path.join(house.root, '..', 'outside.txt');
      fs.linkSync(path.join(house.root, a), outside);
      await work.command(a, 'a2 line', 'session two');
      const back = { type: 'rewind-path', path: a } as const;
      const hunks = { type: 'rewind-hunks', hunks: (await house.hunks()).map(named) } as const;
      for (const intention of [back, hunks]) {
        const { files } = await house.controller.preview(intention);
        assert.deepEqual(files.map((file) => `${file.path}${namesInWords(file)}`), [`${a} (becomes a file of its own: 1 other name of it, by hard link, changes only where listed)`]);
      }
      await house.act(back);
      assert.deepEqual([work.text(a).includes('session two'), fs.readFileSync(outside, 'utf8').includes('session two')], [false, true]);
      await work.command(a, 'a2 line', 'session two');
      assert.deepEqual((await house.controller.preview(back)).files.map(namesInWords), ['']);
    }));
  });

  describe('a conflict', () => {
    const conflict = async (house: House, work: Work) => {
      await work.command(a, 'a1 line', 'by the session');
      await work.command(a, 'a9 line', 'by the session, nine');
      work.edit(a, 'by the session\n', 'by the user\n');
      const before = work.text(a);
      const acted = await house.act({ type: 'rewind-path', path: a });
      assert.deepEqual([acted.ok, acted.conflicts, work.text(a)], [false, { rewind: lastRewind(house), paths: [a] }, before]);
      const found = await house.controller.conflict(lastRewind(house), a, []);
      assert.ok(typeof found === 'object' && found.sides !== undefined);
      return { rewind: lastRewind(house), path: a, sides: found.sides, before };
    };

    it('is foretold, shows its three sides, and writes nothing before a person accepts', () => play(async (house, work) => {
      const { sides, before } = await conflict(house, work);
      assert.deepEqual([/by the session\n/.test(sides.base), /by the user\n/.test(sides.yours), /a1 line\n/.test(sides.rewound)], [true, true, true]);
      assert.deepEqual((await house.controller.preview({ type: 'rewind-path', path: a })).stays, [{ path: a, why: 'you changed the same lines since: line 2', conflict: true }]);
      assert.equal(work.text(a), before);
    }));

    it('ends as the person decided, once, in a rewind that can be undone', () => play(async (house, work) => {
      const { rewind, path: file, sides, before } = await conflict(house, work);
      const text = sides.yours.replace('by the session, nine', 'a9 line');
      const acted = await house.act({ type: 'resolve-conflict', rewind, path: file, answers: [text], seen: sides.yours });
      assert.deepEqual([acted.ok, work.text(a)], [true, text]);
      assert.equal(typeof (await house.controller.conflict(rewind, a, [])), 'string', 'it is settled');
      await house.act({ type: 'undo-rewind', rewind: lastRewind(house) });
      assert.equal(work.text(a), before);
      assert.equal(typeof (await house.controller.conflict(rewind, a, [])), 'object', 'it is open again');
    }));

    it('is not written over what the person changed meanwhile', () => play(async (house, work) => {
      const { rewind, path: file, sides } = await conflict(house, work);
      work.edit(a, 'by the user', 'by the user, later');
      const acted = await house.act({ type: 'resolve-conflict', rewind, path: file, answers: [sides.rewound], seen: sides.yours });
      assert.deepEqual([acted.ok, /has changed since the conflict was opened/.test(acted.message), /by the user, later/.test(work.text(a))], [false, true, true]);
    }));

    it('is not written as decided either where the file meets none any more', () => play(async (house, work) => {
      const { rewind, path: file, sides } = await conflict(house, work);
      work.edit(a, 'by the user\n', 'by the session\n');
      const now = work.text(a);
      const acted = await house.act({ type: 'resolve-conflict', rewind, path: file, answers: [`${sides.yours}typed\n`], seen: sides.yours });
      assert.deepEqual([acted.ok, /has changed since the conflict was opened/.test(acted.message), work.text(a)], [false, true, now]);
      assert.equal((await house.act({ type: 'resolve-conflict', rewind, path: file, answers: [], seen: '' })).ok, true, 'without a decision it is a rewind like any other');
    }));

    it('asks again where the file meets a second one on the way back', () => play(async (house, work) => {
      await work.command(a, 'a1 line', 'by the session');
      work.edit(a, 'by the session\n', 'by the user\n');
      await work.command(a, 'a9 line', 'by the session, nine');
      work.edit(a, 'by the session, nine', 'by the user, nine');
      await house.act({ type: 'rewind-path', path: a });
      const rewind = lastRewind(house);
      const first = await house.controller.conflict(rewind, a, []);
      assert.ok(typeof first === 'object' && first.sides !== undefined);
      const answers = [first.sides.yours];
      const second = await house.controller.conflict(rewind, a, answers);
      assert.ok(typeof second === 'object' && second.does === 'conflict');
      const early = await house.act({ type: 'resolve-conflict', rewind, path: a, answers, seen: first.sides.yours });
      assert.equal(early.ok, false);
      const done = await house.act({ type: 'resolve-conflict', rewind, path: a, answers: [...answers, second.sides?.rewound ?? ''], seen: first.sides.yours });
      assert.deepEqual([done.ok, work.text(a)], [true, second.sides?.rewound]);
    }));

    it('pauses the session when a boundary is gone back to: the model does not work on lines that a person decides about', () => play(async (house, work) => {
      await work.command(a, 'a1 line', 'by the session');
      work.edit(a, 'by the session\n', 'by the user\n');
      const acted = await house.act({ type: 'rewind-boundary', to: 'base' });
      assert.deepEqual(acted.conflicts?.paths, [a]);
      assert.equal(house.session.paused, `you and the session both changed the same lines of ${a}; decide about them first`);
    }));

    it('settles the flag when nothing of the session is left', () => play(async (house, work) => {
      await work.command('docs/out.txt', 'o1', 'stray');
      work.edit('docs/out.txt', 'stray', 'stray, said the user');
      await house.act({ type: 'rewind-file', flag: house.session.line.flags[0]?.id ?? '' });
      const found = await house.controller.conflict(lastRewind(house), 'docs/out.txt', []);
      assert.ok(typeof found === 'object' && found.sides !== undefined);
      await house.act({ type: 'resolve-conflict', rewind: lastRewind(house), path: 'docs/out.txt', answers: [found.sides.rewound], seen: found.sides.yours });
      assert.deepEqual(house.session.line.flags.map((flag) => flag.outcome), ['rewound']);
    }));
  });

  it('a rewind is at its end before the session is let go', () => play(async (house, work) => {
    await work.command(a, 'a2 line', 'session two');
    const acting = house.act({ type: 'rewind-boundary', to: 'base' });
    await house.controller.close();
    assert.deepEqual([house.session.rewinds.length, house.session.rewinding, /session two/.test(work.text(a))], [1, undefined, false]);
    assert.equal((await acting).ok, true);
  }));

  describe('undoing everything after the end', () => {
    const everything = async (house: House, { command }: Work): Promise<string> => {
      await command(a, 'a2 line', 'session two');
      await house.act({ type: 'stop' });
      await house.act({ type: 'keep', how: 'undo' });
      return lastRewind(house);
    };
    const card = (house: House) => viewOf(house.session).card;

    it('can itself be undone: the work is there to be kept again', () => play(async (house, work) => {
      const rewind = await everything(house, work);
      assert.deepEqual([card(house)?.question, card(house)?.actions.length], ['Everything was undone', 0]);
      await house.act({ type: 'undo-rewind', rewind });
      assert.match(work.text(a), /session two/);
      assert.deepEqual([card(house)?.question, card(house)?.actions[0]?.label, house.session.verdict?.change.files], ['What shall become of the work?', 'Keep as branch', 1]);
      assert.equal(house.session.verdict?.tree, house.session.tree, 'the verdict is of what is there now');
      assert.match(house.session.end?.detail ?? '', /and brought back$/);
    }));

    it('is not said to be everything where lines stay that the user changed, too', () => play(async (house, { command, edit, text }) => {
      await command(a, 'a2 line', 'session two');
      edit(a, 'session two', 'session two, and the user');
      await house.act({ type: 'stop' });
      const acted = await house.act({ type: 'keep', how: 'undo' });
      assert.deepEqual([acted.ok, /and the user/.test(text(a)), card(house)?.question], [false, true, 'Undone, but not everything']);
      assert.doesNotMatch(house.session.end?.detail ?? '', /everything/);
    }));

    it('is not said to be everything where something stays that no checkpoint holds', () => play(async (house, { command }) => {
      await command(a, 'a2 line', 'session two');
      await house.command(() => void execFileSync('git', ['init', '-q', path.join(house.root, 'src/clone')]));
      await house.act({ type: 'stop' });
      const acted = await house.act({ type: 'keep', how: 'undo' });
      assert.deepEqual([/still there: [^,]*src\/clone/.test(acted.message), card(house)?.question], [true, 'Undone, but not everything'], acted.message);
    }));

    it('can be done again', () => play(async (house, work) => {
      const rewind = await everything(house, work);
      await house.act({ type: 'undo-rewind', rewind });
      await house.act({ type: 'redo-rewind', rewind });
      assert.doesNotMatch(work.text(a), /session two/);
      assert.deepEqual([card(house)?.question, house.session.verdict?.change.files, house.session.end?.detail], ['Everything was undone', 0, 'the work was undone by a person']);
    }));
  });

  describe('undoing an undoing', () => {
    const rewound = async (house: House, work: Work): Promise<string> => {
      await work.command(a, 'a2 line', 'session two');
      await work.command(a, 'a9 line', 'session nine');
      await work.command(b, 'b3', 'session b');
      await house.act({ type: 'rewind-hunks', hunks: [named(await find(house, 'session two')), named(await find(house, 'session b'))] });
      return lastRewind(house);
    };

    it('rewinds hunks again, as often as wanted, and keeps what came between', () => play(async (house, work) => {
      const rewind = await rewound(house, work);
      const [taken, writes] = [[work.text(a), work.text(b)], house.session.line.writes.length];
      for (let round = 0; round < 3; round += 1) {
        assert.equal((await house.act({ type: 'undo-rewind', rewind })).ok, true);
        assert.match(work.text(a) + work.text(b), /session two.*session b/s);
        assert.equal((await house.act({ type: 'redo-rewind', rewind })).ok, true);
        assert.deepEqual([work.text(a), work.text(b)], taken);
      }
      assert.equal((await house.act({ type: 'redo-rewind', rewind })).ok, false, 'it is not undone now');
      await house.act({ type: 'undo-rewind', rewind });
      work.edit(a, 'a6 line', 'of the user');
      await house.act({ type: 'redo-rewind', rewind });
      assert.match(work.text(a), /a2 line.*of the user.*session nine/s);
      assert.ok(house.session.line.writes.length > writes);
      await house.act({ type: 'rewind-boundary', to: 'base' });
      assert.match(work.text(a), /a2 line.*of the user.*a9 line/s);
      assert.doesNotMatch(work.text(b), /session/);
    }));

    it('goes to the boundary again: same line, same attempt, same files', () => play(async (house, work) => {
      await work.command(a, 'a2 line', 'session two');
      const before = work.text(a);
      await house.act({ type: 'rewind-boundary', to: 'base' });
      const [rewind, after, line] = [lastRewind(house), work.text(a), house.session.line];
      await house.act({ type: 'undo-rewind', rewind });
      assert.deepEqual([work.text(a), house.session.line.attempt], [before, 1]);
      await house.restart();
      await house.act({ type: 'redo-rewind', rewind });
      assert.deepEqual([work.text(a), house.session.line.attempt, house.session.line.phase, house.session.line.writes], [after, line.attempt, line.phase, line.writes]);
      await house.act({ type: 'undo-rewind', rewind });
      assert.deepEqual([work.text(a), house.session.line.attempt], [before, 1]);
    }));

    it('leaves what the user changed in the same lines, and says so', () => play(async (house, work) => {
      const rewind = await rewound(house, work);
      await house.act({ type: 'undo-rewind', rewind });
      work.edit(a, 'session two', 'session two, said the user');
      const acted = await house.act({ type: 'redo-rewind', rewind });
      assert.equal(acted.ok, false);
      assert.match(acted.message, /^1 file restored; left alone: src\/a\.txt \(you changed the same lines since: line 3\)$/);
      assert.match(work.text(a), /said the user/);
      assert.doesNotMatch(work.text(b), /session/);
    }));

    it('is taken to its end after a crash in the middle, and can be undone then', () => play(async (house, work) => {
      const rewind = await rewound(house, work);
      const taken = [work.text(a), work.text(b)];
      await house.act({ type: 'undo-rewind', rewind });
      const back = [work.text(a), work.text(b)];
      house.crashAt({ restore: 1 });
      await assert.rejects(house.act({ type: 'redo-rewind', rewind }), Crash);
      await house.restart();
      assert.deepEqual([[work.text(a), work.text(b)], house.session.userChanges.length, house.session.rewinds.at(-1)?.undone], [taken, 0, false]);
      await house.act({ type: 'undo-rewind', rewind });
      assert.deepEqual([work.text(a), work.text(b)], back);
    }));
  });
});
