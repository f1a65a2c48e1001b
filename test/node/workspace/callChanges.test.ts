import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openFlags } from '../../../src/core/session/line.ts';
import { Crash, House, type OnStray, Template } from './histories/house.ts';
import { snapshot } from './histories/snapshot.ts';

const outside = 'docs/out.txt';
const first = 'o0\no1\no2\n';

/** A session in minimal-hook, and its files. */
interface Played {
  readonly house: House;
  read(file: string): string;
  write(file: string, text: string): void;
  flagged(): readonly string[];
}

/** What the model was told of each call. */
const answers = ({ events }: House): readonly string[] => events.flatMap((event) => (event.type === 'tool/answered' ? [event.text] : []));

describe('a change that a call of the model made', function () {
  this.timeout(60_000);
  const template = new Template();
  before(() => template.make());
  after(() => template.remove());

  async function play(onStray: OnStray, work: (played: Played) => Promise<void>): Promise<void> {
    const folder = template.copy(onStray);
    const house = await House.takeUp(folder);
    const at = (file: string): string => path.join(house.root, file);
    try {
      await work({
        house, read: (file) => fs.readFileSync(at(file), 'utf8'), write: (file, text) => fs.writeFileSync(at(file), text),
        flagged: () => openFlags(house.session.line).map((flag) => flag.path).sort(),
      });
    } finally {
      await house.close();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  /** A command that changes these files, in which or after which the process dies. */
  async function dies({ house, write }: Played, how: 'in the command' | { readonly record: number }, ...files: readonly string[]): Promise<void> {
    if (typeof how === 'object') house.crashAt({ record: how.record, kept: true });
    await assert.rejects(house.command(() => {
      for (const file of files) write(file, 'stray\n');
      if (typeof how === 'string') throw new Crash();
    }), Crash);
    await house.reopen();
  }

  for (const [record, after] of [[4, 'the write'], [6, 'the first flag'], [7, 'the last flag']] as const) {
    it(`outside of the scope is flagged once, also where the process died after the record of ${after}`, () => play('flag', async (played) => {
      await dies(played, { record }, outside, 'stray.txt');
      await played.house.restart();
      assert.deepEqual(played.flagged(), [outside, 'stray.txt']);
    }));
  }

  it('through a file tool is the user\'s where they changed the permissions at the same moment: no rewind takes those', () => play('flag', async ({ house }) => {
    const file = path.join(house.root, 'src/a.txt');
    await house.write('src/a.txt', 'by the session\n', () => fs.chmodSync(file, 0o755));
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(fs.statSync(file).mode & 0o777, 0o755);
  }));

  for (const how of ['link', 'folder'] as const) {
    it(`is not looked for in a ${how} that took the place of the workspace folder: nothing there is rewound`, () => play('rewind', async ({ house, read }) => {
      const [other, aside] = [`${house.root}-other`, `${house.root}-aside`];
      fs.mkdirSync(path.join(other, 'docs'), { recursive: true });
      fs.writeFileSync(path.join(other, outside), 'precious');
      fs.writeFileSync(path.join(other, 'new.txt'), 'precious');
      await assert.rejects(house.command(() => {
        fs.writeFileSync(path.join(house.root, outside), 'stray\n');
        fs.renameSync(house.root, aside);
        if (how === 'link') fs.symlinkSync(other, house.root);
        else fs.renameSync(other, house.root);
      }), /is not the folder that the session began to work in; put it back as it was, then go on/);
      assert.deepEqual([read(outside), read('new.txt')], ['precious', 'precious']);
      fs.rmSync(house.root, { recursive: true });
      fs.renameSync(aside, house.root);
      await house.workspace.capture();
      assert.equal(read(outside), 'stray\n');
    }));
  }

  it('outside of the scope is flagged before anything that a person does after a crash', () => play('flag', async (played) => {
    await played.house.write('src/a.txt', 'one\n');
    await dies(played, 'in the command', outside);
    assert.equal((await played.house.act({ type: 'rewind-path', path: 'src/a.txt' })).ok, true);
    assert.deepEqual(played.flagged(), [outside]);
  }));

  it('goes back with the boundary that a person rewinds to after a crash, where the command surely made it', () => play('flag', async (played) => {
    await dies(played, 'in the command', outside);
    const { boundaries } = played.house.session.line;
    const back = { type: 'rewind-boundary', to: boundaries.at(-1)?.id ?? '' } as const;
    assert.match((await played.house.controller.preview(back)).before ?? '', /^what a call changed that runs or was interrupted/);
    await played.house.act(back);
    assert.equal((await played.house.controller.preview(back)).before, undefined);
    assert.deepEqual([played.read(outside), played.flagged()], [first, []]);
  }));

  it('stays flagged over a rewind to a boundary that does not take it back, because the user may have made it', () => play('flag', async ({ house, read, write, flagged }) => {
    await house.command(() => {
      write(outside, 'saved\n');
      house.saved.push(outside);
    });
    await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
    assert.deepEqual([read(outside), flagged()], ['saved\n', [outside]]);
  }));

  it('that takes a line of the user away stays flagged, whatever content it puts there', () => play('flag', async ({ house, write, flagged }) => {
    write(outside, `${first}mine\n`);
    await house.command(() => write(outside, first));
    assert.deepEqual(flagged(), [outside]);
  }));

  it('that takes a line of the user away is rewound, also the second time', () => play('rewind', async ({ house, read, write }) => {
    write(outside, `${first}mine\n`);
    for (const _ of ['once', 'twice']) {
      await house.command(() => write(outside, first));
      assert.equal(read(outside), `${first}mine\n`);
    }
  }));

  it('is nobody\'s question any more where the session puts back what was there before', () => play('flag', async ({ house, write, flagged }) => {
    await house.command(() => write(outside, 'stray\n'));
    await house.command(() => write(outside, 'another\n'));
    assert.deepEqual(flagged(), [outside, outside]);
    await house.command(() => write(outside, first));
    assert.deepEqual(flagged(), []);
  }));

  it('is the user\'s where they saved the file in the editor while the command ran: no rewind takes it', () => play('flag', async ({ house, read, write }) => {
    await house.command(() => {
      for (const file of ['src/a.txt', 'src/b.txt']) write(file, 'while it ran\n');
      house.saved.push('src/a.txt');
    });
    assert.deepEqual([house.session.line.writes.map((one) => one.path), house.session.userChanges.map((one) => one.path)], [['src/b.txt'], ['src/a.txt']]);
    assert.equal((await house.act({ type: 'rewind-boundary', to: 'base' })).ok, true);
    assert.deepEqual([read('src/a.txt'), read('src/b.txt').slice(0, 2)], ['while it ran\n', 'b0']);
  }));

  it('is not taken from the user where the command could change nothing: in explore the work tree is read-only', () => play('rewind', async ({ house, read, write, flagged }) => {
    await house.act({ type: 'rewind-boundary', to: 'base' });
    await house.command(() => write(outside, `${first}mine\n`));
    assert.deepEqual([read(outside), house.session.line.writes, flagged()], [`${first}mine\n`, [], [outside]]);
  }));

  for (const to of ['src/aside', 'aside']) {
    it(`is the user's where it is new and may be what is missing where no checkpoint looks, as a git folder moved to ${to}: no rewind takes it, and they are told`, () => play('rewind', async (played) => {
      const { house, read, write, flagged } = played;
      const at = (file: string): string => path.join(house.root, file);
      execFileSync('git', ['init', '-q', '--template=', at('inner')]);
      const whole = snapshot(at('inner/.git'));
      await house.command(() => {
        fs.renameSync(at('inner/.git'), at(to));
        write('src/new.txt', 'in scope\n');
        write('src/a.txt', 'by the command\n');
        write(outside, 'stray\n');
      });
      const outOfScope = to === 'aside';
      assert.deepEqual([flagged(), read(outside)], [outOfScope ? ['aside/HEAD', 'aside/config'] : [], first]);
      assert.deepEqual(house.session.line.writes.map(({ path: file, by }) => `${file} ${by}`).sort(), ['docs/out.txt command', 'docs/out.txt rewind', 'src/a.txt command']);
      const told = `New since then, and maybe what is missing there: 3 files (${[`${to}/HEAD`, `${to}/config`, 'src/new.txt'].sort().join(', ')}). That counts as`;
      const asked = house.events.flatMap((event) => (event.type === 'gate/opened' ? [event.question] : []));
      assert.ok(asked.some((question) => question.includes(`${told} yours, and no rewind takes it away.`)), asked.join('\n'));
      assert.ok(answers(house).some((answer) => answer.includes(`${told} the user's`)), answers(house).join('\n'));
      await house.command(() => write('stray.txt', 'nothing is missing\n'));
      assert.equal(fs.existsSync(at('stray.txt')), false);
      const preview = await house.controller.preview({ type: 'rewind-boundary', to: 'base' });
      assert.deepEqual([preview.files.map((one) => one.path), preview.beside], [['src/a.txt'], []]);
      assert.match(preview.stays.find((one) => one.path === `${to}/HEAD`)?.why ?? '', /^maybe what is missing in inner\/\.git, so it counts as yours$/);
      const kept = await house.act({ type: 'keep', how: 'branch' });
      assert.match(kept.message, /look before you share it, among your changes are 3 files \(\S+\/HEAD, .*, maybe what is missing in inner\/\.git$/);
      assert.doesNotMatch((await house.act({ type: 'keep', how: 'branch', withoutMine: true })).message, /look before you share it/);
      const done = await house.act({ type: 'rewind-boundary', to: 'base' });
      assert.match(done.message, /; left as yours: 3 files \(/);
      assert.deepEqual([done.ok, snapshot(at(to)), read('src/new.txt'), read('src/a.txt').slice(0, 2)], [true, whole, 'in scope\n', 'a0']);
    }));
  }

  it('is the user\'s where it may be what git kept in store: the folder of its objects is looked for, too', () => play('rewind', async ({ house }) => {
    const at = (file: string): string => path.join(house.root, file);
    const whole = snapshot(at('.git/objects'));
    await house.command(() => fs.renameSync(at('.git/objects'), at('src/aside')));
    assert.match(answers(house).join('\n'), /Files that steer git changed: \.git\/objects\. New since then, and maybe what is missing there: \d+ files/);
    assert.equal((await house.act({ type: 'rewind-boundary', to: 'base' })).ok, true);
    assert.deepEqual(snapshot(at('src/aside')), whole);
  }));

  it('is the user\'s where it may be of what is ignored and too much for a checkpoint', () => play('rewind', async ({ house, read, write }) => {
    const at = (file: string): string => path.join(house.root, file);
    write('built/only.txt', 'the only copy\n');
    write('built/large', '');
    fs.truncateSync(at('built/large'), 70 * 1024 ** 2);
    await house.command(() => fs.renameSync(at('built/only.txt'), at('src/only.txt')));
    assert.match(answers(house).join('\n'), /changed what no checkpoint covers: built\. New since then, and maybe what is missing there: 1 file \(src\/only\.txt\)\. That counts as the user's/);
    assert.equal((await house.act({ type: 'rewind-boundary', to: 'base' })).ok, true);
    assert.equal(read('src/only.txt'), 'the only copy\n');
  }));

  it('is the session\'s where nothing is missing but a pipe, which no file can be', () => play('flag', async ({ house, write }) => {
    execFileSync('mkfifo', [path.join(house.root, 'src/pipe')]);
    await house.command(() => {
      fs.rmSync(path.join(house.root, 'src/pipe'));
      write('src/new.txt', 'new\n');
    });
    assert.deepEqual(house.session.line.writes.map((one) => one.path), ['src/new.txt']);
  }));

  it('is the command\'s where they saved the file before it began', () => play('flag', async ({ house, write }) => {
    house.saved.push('src/a.txt');
    await house.command(() => write('src/a.txt', 'by the command\n'));
    assert.deepEqual(house.session.line.writes.map((one) => one.path), ['src/a.txt']);
  }));

  for (const record of [4, 5]) {
    it(`of HEAD is a person's question, also where the process died after record ${record}`, () => play('flag', async ({ house }) => {
      house.crashAt({ record, kept: true });
      const commit = () => void execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '--allow-empty', '-m', 'moved'], { cwd: house.root });
      await assert.rejects(house.command(commit), Crash);
      await house.restart();
      assert.deepEqual([house.session.gate?.kind, house.session.queued], ['head-moved', []]);
    }));
  }

  it('by a file tool is the user\'s as a whole where they wrote into the file before it was measured: no rewind takes their line', () => play('flag', async ({ house, read, write }) => {
    await house.write('src/a.txt', 'by the tool\n', () => write('src/a.txt', 'by the tool\nmine\n'));
    assert.deepEqual([house.session.line.writes, house.session.userChanges.map((one) => one.path)], [[], ['src/a.txt']]);
    await house.act({ type: 'rewind-boundary', to: 'base' });
    assert.equal(read('src/a.txt'), 'by the tool\nmine\n');
  }));
});
