import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import fc from 'fast-check';
import { withHunks } from '../../../src/agent/hunks.ts';
import type { Blob, FileDiff } from '../../../src/core/session/changes.ts';
import { decodeBytes, encodeText, linesOf } from '../../../src/node/workspace/common/bytes.ts';
import { Diffs } from '../../../src/node/workspace/diff/diffs.ts';
import { hunksOf } from '../../../src/node/workspace/diff/hunks.ts';
import { lineChanges } from '../../../src/node/workspace/diff/lineDiff.ts';
import { takeBack } from '../../../src/node/workspace/rewind/revertHunk.ts';
import type { Dir, TreeChange } from '../../../src/node/workspace/store/tree.ts';
import { treeOf } from '../../../src/node/workspace/store/trees.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'a\r\n'), { maxLength: 12 }).chain((lines) => fc.constantFrom(lines.join(''), `${lines.join('')}end`));

const sameLines = (a: readonly string[], b: readonly string[]) => a.join('|') === b.join('|');

describe('line changes', () => {
  it('turn one text into the other', () => {
    fc.assert(fc.property(text, text, (before, after) => {
      const [old, now] = [linesOf(before), linesOf(after)];
      const result: string[] = [];
      let at = 0;
      for (const change of lineChanges(old, now) ?? assert.fail()) {
        result.push(...old.slice(at, change.oldStart), ...now.slice(change.newStart, change.newStart + change.newLines));
        at = change.oldStart + change.oldLines;
      }
      assert.deepEqual([...result, ...old.slice(at)], now);
    }));
  });

  it('give up where the search would grow with the square', () => {
    const numbers = Array.from({ length: 5000 }, (_, i) => `${i}\n`);
    assert.equal(lineChanges(numbers, [...numbers].reverse()), undefined);
  });
});

describe('one hunk taken back', () => {
  it('and then the next, the last first, give the text of before', () => {
    fc.assert(fc.property(text, text, (before, after) => {
      const [old, now] = [linesOf(before), linesOf(after)];
      let lines: readonly string[] = now;
      for (const hunk of hunksOf('f', old, now, lineChanges(old, now) ?? assert.fail()).toReversed()) {
        const done = takeBack(lines, [hunk], now);
        if ('hindrance' in done) return assert.equal(done.hindrance, 'the end of the file has changed since');
        lines = done.lines;
      }
      assert.deepEqual(lines, old);
    }));
  });

  it('is found by the text that it stands in where the user has written elsewhere, and nowhere else', () => {
    fc.assert(fc.property(text, text, fc.nat(), fc.nat(), fc.boolean(), (before, after, which, where, instead) => {
      const [old, now] = [linesOf(before), linesOf(after)];
      const hunks = hunksOf('f', old, now, lineChanges(old, now) ?? assert.fail());
      const hunk = hunks[which % Math.max(1, hunks.length)];
      const edited = now.toSpliced(where % (now.length + 1), instead ? 1 : 0, 'user\n');
      if (hunk === undefined) return;
      const done = takeBack(edited, [hunk], now);
      if ('hindrance' in done) return;
      // The user's line stands between the same lines whether the hunk is taken back before or after it was written.
      const alone = takeBack(now, [hunk], now);
      if ('lines' in alone) assert.ok(alone.lines.some((_, at) => [0, 1].some((taken) => sameLines(alone.lines.toSpliced(at, taken, 'user\n'), done.lines))) || sameLines([...alone.lines, 'user\n'], done.lines));
    }), { numRuns: 1000 });
  });

  it('is told from its twin when the user has changed what is around it', () => {
    const block = ['a\n', 'b\n', 'c\n', 'd\n', 'e\n', 'f\n'];
    const twice = ['1\n', ...block, '2\n', ...block, '3\n'];
    const added = ['1\n', ...block.toSpliced(3, 0, 'new\n'), '2\n', ...block.toSpliced(3, 0, 'new\n'), '3\n'];
    const [first] = hunksOf('f', twice, added, lineChanges(twice, added) ?? []);
    const edited = added.with(2, 'user\n');
    assert.deepEqual(takeBack(edited, [first ?? assert.fail()], added), { lines: edited.toSpliced(4, 1) });
    assert.ok('hindrance' in takeBack(edited.with(4, 'user\n'), [first ?? assert.fail()], added));
  });

  it('and any of them at once give the text with only the others', () => {
    fc.assert(fc.property(text, text, fc.infiniteStream(fc.boolean()), (before, after, stream) => {
      const [old, now] = [linesOf(before), linesOf(after)];
      const changes = lineChanges(old, now) ?? assert.fail();
      const chosen = changes.map(() => stream.next().value === true);
      const rest: string[] = [];
      let at = 0;
      for (const [index, change] of changes.entries()) {
        rest.push(...old.slice(at, change.oldStart), ...(chosen[index] === true ? old.slice(change.oldStart, change.oldStart + change.oldLines) : now.slice(change.newStart, change.newStart + change.newLines)));
        at = change.oldStart + change.oldLines;
      }
      rest.push(...old.slice(at));
      const done = takeBack(now, hunksOf('f', old, now, changes).filter((_, index) => chosen[index]));
      if (!('hindrance' in done)) assert.deepEqual(done.lines, rest);
      else assert.ok(rest.slice(0, -1).some((line) => !line.endsWith('\n')), done.hindrance);
    }));
  });

  const lines = ['1\n', '2\n', '3\n', '4\n', '5\n', '6\n', '7\n'];
  const hunkOf = (before: string[], after: string[]) => hunksOf('f', before, after, lineChanges(before, after) ?? [])[0] ?? assert.fail();

  it('is found again when lines were added above', () => {
    const hunk = hunkOf(lines, lines.with(3, 'x\n'));
    assert.deepEqual(takeBack(['new\n', ...lines.with(3, 'x\n')], [hunk]), { lines: ['new\n', ...lines] });
    const removal = hunkOf(lines, lines.toSpliced(3, 1));
    assert.deepEqual(takeBack(['new\n', ...lines.toSpliced(3, 1)], [removal]), { lines: ['new\n', ...lines] });
  });

  it('is refused when its lines have changed or are there twice', () => {
    const hunk = hunkOf(lines, lines.with(3, 'x\n'));
    assert.ok('hindrance' in takeBack(lines.with(3, 'y\n'), [hunk]));
    assert.ok('hindrance' in takeBack(['x\n', 'q\n', 'x\n'], [hunk]));
    assert.ok('hindrance' in takeBack(['q\n'], [hunkOf(lines, lines.toSpliced(3, 1))]));
  });

  it('never runs two lines together at the end of the file', () => {
    const hunk = hunkOf(['a\n', 'b'], ['a\n', 'c\n']);
    assert.equal(hunk.noEndOfLine, 'old');
    assert.ok('hindrance' in takeBack(['a\n', 'c\n', 'd\n'], [hunk]));
    assert.deepEqual(takeBack(['a\n', 'c\n'], [hunk]), { lines: ['a\n', 'b'] });
  });
});

describe('bytes that are no UTF-8', () => {
  it('survive the way into text and back', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const round = encodeText(JSON.parse(JSON.stringify(decodeBytes(Buffer.from(bytes)))) as string);
      assert.deepEqual([...round], [...bytes]);
    }));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (value) => {
      if (!/\p{Surrogate}/u.test(value)) assert.equal(decodeBytes(encodeText(value)), value);
    }));
  });
});

describe('differences between checkpoints', () => {
  afterEach(removeRepos);

  it('agree with git in files and lines', async () => {
    const repo = newRepo({ 'same.txt': 's', 'edit.txt': 'a\nb\nc\n', 'crlf.txt': 'a\r\nb\r\n', 'gone.txt': '1\n2', 'bin': Buffer.from([0, 1]), 'mode.sh': 'x', 'link': 'file' });
    const workspace = await open(repo);
    const before = (await workspace.capture()).tree;
    repo.write('edit.txt', 'a\nB\nc\nd');
    repo.write('crlf.txt', 'a\nb\n');
    repo.write('bin', Buffer.from([0, 2, 3]));
    repo.write('made/new.txt', 'x\ny\n');
    fs.chmodSync(repo.at('mode.sh'), 0o755);
    for (const file of ['gone.txt', 'link']) fs.rmSync(repo.at(file));
    fs.symlinkSync('edit.txt', repo.at('link'));
    const after = (await workspace.capture()).tree;
    const diff = await workspace.diff(before, after);
    const show = (one: FileDiff) => `${one.path} ${one.binary ? '-' : one.added} ${one.binary ? '-' : one.removed}`;
    const git = execFileSync('git', ['diff-tree', '-r', '--numstat', '--no-renames', before, after], { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8' });
    assert.deepEqual(diff.map(show), git.trim().split('\n').map((line) => line.split('\t')).map(([added, removed, file]) => `${file} ${added} ${removed}`));
    assert.deepEqual(diff.map((one) => [one.path, one.before?.mode, one.after?.mode]), [
      ['bin', '100644', '100644'], ['crlf.txt', '100644', '100644'], ['edit.txt', '100644', '100644'], ['gone.txt', '100644', undefined],
      ['link', '100644', '120000'], ['made/new.txt', undefined, '100644'], ['mode.sh', '100644', '100755'],
    ]);
    const edit = diff.find((one) => one.path === 'edit.txt') ?? assert.fail();
    assert.deepEqual(((await workspace.hunks([edit]))[0] ?? []).map(({ oldStart, oldLines, newStart, newLines, lines, noEndOfLine }) => ({ oldStart, oldLines, newStart, newLines, lines, noEndOfLine })), [
      { oldStart: 2, oldLines: 1, newStart: 2, newLines: 1, lines: ['-b', '+B'], noEndOfLine: undefined },
      { oldStart: 3, oldLines: 0, newStart: 4, newLines: 1, lines: ['+d'], noEndOfLine: 'new' },
    ]);
    const each = await workspace.hunks(diff);
    assert.deepEqual(each.map((hunks) => hunks.length), [0, 1, 2, 1, 0, 1, 0], 'each in its place, with those that have none');
    assert.deepEqual(await workspace.hunks([...diff].reverse()), [...each].reverse(), 'what is known stands among what is read');
    assert.deepEqual(await (await open(repo)).hunks([...diff].reverse()), [...each].reverse());
  });

  it('stay quick for thousands of lines that all differ, and are the same by count and by hunk', async () => {
    const lines = Array.from({ length: 6000 }, (_, i) => `${i}\n`);
    const repo = newRepo({ 'a.txt': lines.join('') });
    const workspace = await open(repo);
    const before = (await workspace.capture()).tree;
    const after = [...lines].reverse().join('');
    const counted = await workspace.countLines('a.txt', after, before);
    repo.write('a.txt', after);
    const [diff] = await workspace.diff(before, (await workspace.capture()).tree);
    assert.ok(diff);
    assert.deepEqual(counted, { added: diff.added, removed: diff.removed, binary: false });
    const [hunks = []] = await workspace.hunks([diff]);
    assert.deepEqual([hunks.reduce((sum, hunk) => sum + hunk.newLines, 0), hunks.reduce((sum, hunk) => sum + hunk.oldLines, 0)], [diff.added, diff.removed]);
  });

  it('count a proposal as they count the change afterwards', async () => {
    const repo = newRepo({ 'a.txt': 'a\nb\nc\n', 'b.bin': Buffer.from([0]) });
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    assert.deepEqual(await workspace.countLines('a.txt', 'a\nx\ny\nc\n', tree), { added: 2, removed: 1, binary: false });
    assert.deepEqual(await workspace.countLines('a.txt', null, tree), { added: 0, removed: 3, binary: false });
    assert.deepEqual(await workspace.countLines('new.txt', 'one\ntwo', tree), { added: 2, removed: 0, binary: false });
    assert.deepEqual(await workspace.countLines('b.bin', 'text', tree), { added: 0, removed: 0, binary: true });
    assert.deepEqual(await workspace.countLines('empty.txt', '', tree), { added: 0, removed: 0, binary: false });
    assert.deepEqual([await workspace.countLines('a.txt', 'a\nb\nc\n', tree), await workspace.countLines('none.txt', null, tree)], [undefined, undefined]);
  });

  it('let one hunk be taken back in the file, byte for byte', async () => {
    const repo = newRepo({ 'a.txt': Buffer.from('un\r\ndeux\r\ntrois\xe9\r\nquatre', 'latin1') });
    const workspace = await open(repo);
    const before = (await workspace.capture()).tree;
    fs.writeFileSync(repo.at('a.txt'), Buffer.from('UN\r\ndeux\r\ntrois\xe9\r\nQUATRE\xff', 'latin1'));
    const [diff] = await workspace.diff(before, (await workspace.capture()).tree);
    const [hunks = []] = await workspace.hunks([diff ?? assert.fail()]);
    assert.equal(hunks.length, 2);
    const stored = JSON.parse(JSON.stringify(hunks)) as typeof hunks;
    assert.equal((await workspace.revertHunks('a.txt', [stored[1] ?? assert.fail()])).ok, true);
    assert.equal(fs.readFileSync(repo.at('a.txt'), 'latin1'), 'UN\r\ndeux\r\ntrois\xe9\r\nquatre');
    assert.ok(!(await workspace.revertHunks('a.txt', [stored[1] ?? assert.fail()])).ok, 'a second time there is nothing to take back');
    assert.ok(!(await workspace.revertHunks('.git/config', [stored[0] ?? assert.fail()])).ok);
  });

  it('of a secret file are counted but never shown', async () => {
    const repo = newRepo({ '.env': 'KEY=1\n' });
    const workspace = await open(repo);
    const before = (await workspace.capture()).tree;
    repo.write('.env', 'KEY=2\n');
    const [diff] = await workspace.diff(before, (await workspace.capture()).tree);
    assert.deepEqual([diff?.path, diff?.added, diff?.removed], ['.env', 1, 1]);
    assert.deepEqual(await workspace.hunks([diff ?? assert.fail()]), [[]]);
  });

  it('of many files whose contents are in memory leave the event loop its turns', async () => {
    const lines = (word: string) => Array.from({ length: 5000 }, (_, n) => `${word} ${n}\n`).join('');
    const files = Array.from({ length: 25 }, (_, n) => `${n}.txt`);
    const repo = newRepo(Object.fromEntries(files.map((file) => [file, lines(file)])));
    const workspace = await open(repo);
    const before = (await workspace.capture()).tree;
    for (const file of files) repo.write(file, lines(`changed ${file}`));
    const after = (await workspace.capture()).tree;
    let [turns, over] = [0, false];
    const count = () => { if (!over) setImmediate(() => { turns += 1; count(); }); };
    count();
    assert.equal((await workspace.diff(before, after)).length, files.length);
    over = true;
    assert.ok(turns > 0, `${turns} turns`);
  });

  it('of lines of megabytes are answered a part at a time, and not all of them are kept', async () => {
    const [names, line] = [['a.js', 'b.js', 'c.js'], (word: string) => `${word.repeat(7_000_000)}\n`];
    const repo = newRepo(Object.fromEntries([...names.map((name) => [name, line('o')]), ['.env', 'KEY=1\n'], ['d/.env', 'KEY=1\n'], ['z.js', 'one\n']]));
    const workspace = await open(repo, { secret: ['**/.env'] });
    const before = (await workspace.capture()).tree;
    for (const [file, text] of [...names.map((name, at) => [name, line(String(at))] as const), ['.env', 'KEY=2\n'], ['d/.env', 'KEY=2\n'], ['z.js', 'two\n']] as const) repo.write(file, text);
    const diffs = await workspace.diff(before, (await workspace.capture()).tree);
    const first = await workspace.hunks(diffs);
    assert.deepEqual(first.map(([hunk]) => hunk?.lines[1]?.length), [undefined, 7_000_001], 'one at least, and the secret one before it');
    const found = [];
    for await (const [{ path }, hunks] of withHunks(workspace, diffs)) found.push([path, hunks[0]?.lines[1]?.slice(0, 4)]);
    assert.deepEqual(found, [['.env', undefined], ['a.js', '+000'], ['b.js', '+111'], ['c.js', '+222'], ['d/.env', undefined], ['z.js', '+two']]);
    assert.notEqual((await workspace.hunks(diffs.slice(1, 2)))[0], first[1], 'forgotten for those after it');
  });

  it('count the lines of every file, also of more than are kept for the next time', async () => {
    const paths = Array.from({ length: 50_100 }, (_, n) => `${n % 100}/${n}`);
    const oid = (n: number, side: string) => `${side}${String(n).padStart(39, '0')}`;
    const tree = async (side: string) => treeOf(paths.map((path, n): [string, Blob] => [path, { oid: oid(n, side), mode: '100644' }]));
    const [before, after] = [await tree('a'), await tree('b')];
    const lines = { a: Buffer.from('one\n'), b: Buffer.from('one\ntwo\n') };
    const blobs = { async *readAll(oids: readonly string[]) { for (const one of oids) yield lines[one.startsWith('a') ? 'a' : 'b']; } };
    const diffs = new Diffs({ store: {}, blobs, trees: { get: async (id: string) => (id === 'before' ? before : after) }, leftOut: { real: async (_from: Dir, _to: Dir, changes: Iterable<TreeChange>) => [...changes] } } as unknown as ConstructorParameters<typeof Diffs>[0]);
    assert.equal((await diffs.diff('before', 'after')).filter(({ added }) => added === 1).length, paths.length);
  });

  it('bring a deleted file back as a hunk', async () => {
    const repo = newRepo({ 'd/a.txt': 'one\ntwo\n' });
    const workspace = await open(repo);
    const before = (await workspace.capture()).tree;
    fs.rmSync(repo.at('d'), { recursive: true });
    const [diff] = await workspace.diff(before, (await workspace.capture()).tree);
    const [hunk] = (await workspace.hunks([diff ?? assert.fail()]))[0] ?? [];
    assert.equal((await workspace.revertHunks('d/a.txt', [hunk ?? assert.fail()])).ok, true);
    assert.equal(repo.read('d/a.txt'), 'one\ntwo\n');
  });
});
