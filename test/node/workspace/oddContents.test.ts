import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import type { Path } from '../../../src/core/session/changes.ts';
import { decodeBytes } from '../../../src/node/workspace/common/bytes.ts';
import { gitEnvironment, gitRunner } from '../../../src/node/workspace/git/git.ts';
import { findUserRepository, headOf } from '../../../src/node/workspace/repository/userRepository.ts';
import type { TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';
import { edit, playOdd } from './oddSession.ts';

const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

/** A repository whose settings and attributes are in force when its first files are committed. */
function withSettings(settings: Readonly<Record<string, string>>, files: Readonly<Record<string, string | Buffer>>): TestRepo {
  const repo = newRepo();
  for (const [key, value] of Object.entries(settings)) repo.git('config', key, value);
  for (const [file, content] of Object.entries(files)) repo.write(file, content);
  repo.git('add', '-A');
  repo.git('commit', '-qm', 'first');
  return repo;
}

describe('a session in a work tree with', function () {
  this.timeout(60_000);
  afterEach(removeRepos);

  it('contents that are no plain UTF-8 text keeps them byte for byte', async () => {
    const before: Readonly<Record<Path, string | Buffer>> = {
      'latin1.txt': Buffer.from('caf\xe9\nol\xe9\nend\n', 'latin1'), 'utf16.txt': utf16('one\ntwo\n'), 'bom.txt': '\ufeffone\ntwo\nthree\n', 'open-end.txt': 'one\ntwo', 'mixed.txt': 'a\r\nb\nc\r\n',
      'nul.bin': Buffer.from([0, 1, 2, 0]), 'empty.txt': '', 'cr.txt': 'a\rb\rc', 'long.txt': `${'x'.repeat(70_000)}\n`,
    };
    const edits = {
      'latin1.txt': Buffer.from('caf\xe9\nOL\xc9\nend\n', 'latin1'), 'utf16.txt': utf16('one\n2\n'), 'bom.txt': 'one\ntwo\n3\n', 'open-end.txt': 'one\n2\n', 'mixed.txt': 'a\nb\r\nc\r\n',
      'nul.bin': Buffer.from([0, 1, 3, 0]), 'empty.txt': Buffer.from([0xfe]), 'cr.txt': 'a\rb\nc', 'long.txt': `${'x'.repeat(70_000)}y\n`,
    };
    await playOdd({ repo: newRepo(before), edits });
  });

  for (const autocrlf of ['true', 'input']) {
    it(`core.autocrlf=${autocrlf} keeps its line ends, and commits what git would`, async () => {
      const repo = withSettings({ 'core.autocrlf': autocrlf, 'core.safecrlf': 'false' }, { 'dos.txt': crlf('a\nb\n'), 'unix.txt': 'a\nb\n', 'd.bin': Buffer.from('\0\r\n') });
      const edits = { 'dos.txt': crlf('a\nB\n'), 'unix.txt': 'a\nB\n', 'new.txt': crlf('n\n'), 'd.bin': Buffer.from('\0\r\nx') };
      await playOdd({ repo, edits, committed: { 'dos.txt': 'a\nB\n', 'new.txt': 'n\n' }, patchElsewhere: true });
    });
  }

  it('attributes for line ends, keywords, encodings and filters keeps what is on the disk, and commits what git would, or says where not', async () => {
    const attributes = '*.lf text eol=lf\n*.dos text eol=crlf\n*.auto text=auto\n*.raw -text\n*.id ident\n*.u16 text working-tree-encoding=UTF-16LE-BOM\n*.up filter=up\n';
    const repo = withSettings({ 'filter.up.clean': 'tr a-z A-Z', 'filter.up.smudge': 'tr A-Z a-z' }, {
      '.gitattributes': attributes, 'a.lf': 'a\n', 'a.dos': crlf('a\n'), 'a.auto': 'a\n', 'a.raw': crlf('a\n'), 'a.id': '$Id$\n', 'a.u16': utf16('a\n'), 'a.up': 'a\n',
    });
    fs.rmSync(repo.at('a.id'));
    repo.git('checkout', '--', 'a.id');
    assert.match(repo.read('a.id'), /\$Id: \w{40} \$/);
    const edits = { 'a.lf': crlf('b\n'), 'a.dos': crlf('b\n'), 'a.auto': crlf('b\n'), 'a.raw': crlf('b\n'), 'a.id': `b\n${repo.read('a.id')}`, 'a.u16': utf16('b\n'), 'a.up': 'b\n' };
    await playOdd({ repo, edits, committed: { 'a.lf': 'b\n', 'a.dos': 'b\n', 'a.auto': 'b\n', 'a.id': 'b\n$Id$\n' }, unfiltered: ['a.u16', 'a.up'], patchElsewhere: true });
  });

  it('names of every kind', async () => {
    const bytes = (...some: number[]): Path => decodeBytes(Buffer.from(some));
    const names: readonly Path[] = [
      ' leading and trailing ', 'two\nlines', 'quo"te', "apo'strophe", '-dash', '--', '--help', 'tab\tin', '*.star', '[ab]', 'back\\slash', ':(top)magic', '!bang', '#hash', '~home', '$HOME', '%00',
      '\u00e9.nfc', 'e\u0301.nfc', bytes(0x66, 0xff, 0x2e, 0x78), `${bytes(0xfe)}/${bytes(0x80)}`, '\ufffd.txt', '\u202ertl', '\ud83d\ude00', 'x'.repeat(255), `${'d'.repeat(200)}/${'f'.repeat(200)}`, 'con', 'a./b. ', '.gitmodules.', 'git~',
    ];
    const repo = newRepo({ 'Readme': 'r\n', 'plain.txt': 'p\n' });
    edit(repo, Object.fromEntries(names.filter((_, index) => index % 2 === 0).map((name) => [name, 'one\ntwo\n'])));
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'names');
    const edits = Object.fromEntries(names.map((name, index) => [name, index % 4 === 0 ? null : `one\n${index}\n`]));
    await playOdd({ repo, edits: { ...edits, 'Readme': null, 'README': 'r\n' } });
  });

  it('a pipe where git looks for rules or attributes says so instead of waiting without end', async function () {
    const repo = newRepo({ 'a.txt': 'a\n', 'src/b.txt': 'b\n' });
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    repo.write('src/b.txt', 'c\n');
    const after = (await workspace.capture()).tree;
    const work = { name: 'odd', base: tree, dirty: [], head: repo.git('rev-parse', 'HEAD'), steps: [{ tree: after, message: 'work', seconds: 1, writes: [] }] };
    for (const [name, ask] of [['.gitignore', () => workspace.glob('**')], ['.gitattributes', () => workspace.keepBranch(work)]] as const) {
      const pipe = repo.at(`src/${name}`);
      execFileSync('mkfifo', [pipe]);
      // What reads it all the same is let go in the end.
      const writer = setTimeout(() => fs.closeSync(fs.openSync(pipe, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)), 20_000);
      try {
        await assert.rejects(ask(), { name: 'Paused', message: new RegExp(`src/\\${name} is a pipe`) });
      } finally {
        clearTimeout(writer);
        fs.rmSync(pipe);
      }
      await ask();
    }
  });

  it('a pipe in the place of what git reads in its folder says so instead of waiting without end', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.git('pack-refs', '--all');
    repo.git('branch', 'other');
    repo.git('checkout', '-q', 'other');
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    repo.write('a.txt', 'b\n');
    const after = (await workspace.capture()).tree;
    const head = await workspace.head();
    const work = { name: 'odd', base: tree, dirty: [], head: head.commit ?? assert.fail(), steps: [{ tree: after, message: 'work', seconds: 1, writes: [] }] };
    for (const name of ['HEAD', 'index', 'config', 'config.worktree', 'packed-refs', 'shallow', 'commondir', 'info/attributes', 'objects/info/alternates', 'refs/heads/other']) {
      const file = repo.at(`.git/${name}`);
      const there = fs.existsSync(file) ? fs.readFileSync(file) : undefined;
      fs.rmSync(file, { force: true });
      execFileSync('mkfifo', [file]);
      // What reads it all the same is let go in the end.
      const writer = setTimeout(() => fs.closeSync(fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)), 10_000);
      try {
        const words = new RegExp(`\\.git/${name.replace('.', '\\.')} is a pipe`);
        assert.match((await workspace.head()).unreadable ?? '', words);
        assert.match((await workspace.damage()) ?? '', words);
        for (const ask of [() => workspace.dirty(), () => workspace.glob('**'), () => workspace.keepBranch(work)]) await assert.rejects(ask(), { name: 'Paused', message: words });
        assert.match((await workspace.drop([{ branch: 'other', commit: work.head }])).detail, words);
        assert.equal((await (await open(repo)).capture()).tree, after, 'what is in the work tree is seen, and can be rewound');
        assert.equal((await workspace.restore((await workspace.diff(tree, after)).map((one) => ({ path: one.path, target: one.before ?? null, expected: one.after ?? null })))).restored.length, 1);
      } finally {
        clearTimeout(writer);
        fs.rmSync(file);
        if (there !== undefined) fs.writeFileSync(file, there);
        repo.write('a.txt', 'b\n');
      }
      assert.deepEqual(await workspace.head(), head);
    }
    const included = `${repo.outside}/included`;
    execFileSync('mkfifo', [included]);
    repo.git('config', 'include.path', included);
    const git = gitRunner('git', { ...gitEnvironment('/dev/null'), GIT_DIR: repo.store }, repo.store);
    assert.match((await headOf(git, await findUserRepository(repo.root), 300)).unreadable ?? '', /no answer within 0\.3 seconds/);
  });

  it('pipes in a repository inside is looked at without waiting for them', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.git('init', '-q', '--template=', 'inner');
    const pipes = ['inner/.git/packed-refs', 'inner/.git/refs/heads/x'].map(repo.at);
    fs.mkdirSync(repo.at('inner/.git/refs/heads'), { recursive: true });
    execFileSync('mkfifo', pipes);
    // Whoever reads all the same gets something.
    const writers = pipes.map((pipe) => spawn('sh', ['-c', `while :; do echo "${'1'.repeat(40)} refs/heads/piped" > ${pipe} || exit; done`], { stdio: 'ignore' }));
    try {
      const { control } = await (await open(repo)).capture();
      assert.deepEqual([control['inner/.git/refs/heads/piped'], control['inner/.git/refs/heads/x'], control['inner/.git']], [undefined, 'special', 'folder']);
    } finally {
      for (const writer of writers) writer.kill('SIGKILL');
    }
  });

  it('links among the refs of a repository inside never has what they lead to in its record', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.git('init', '-q', '--template=', 'inner');
    fs.mkdirSync(repo.at('inner/.git/refs/heads'), { recursive: true });
    const secret = `${repo.outside}/key`;
    fs.writeFileSync(secret, 'hunter2');
    for (const name of ['packed-refs', 'refs/heads/x']) fs.symlinkSync(secret, repo.at(`inner/.git/${name}`));
    fs.writeFileSync(repo.at('inner/.git/refs/heads/y'), 'no ref');
    fs.writeFileSync(repo.at('inner/.git/refs/heads/z'), `${'1'.repeat(40)}\n`);
    const { control } = await (await open(repo)).capture();
    assert.match(['x', 'y', 'z'].map((name) => control[`inner/.git/refs/heads/${name}`]).join(), /^seen link \w{40},seen file \w{40},ref 1{40}$/);
    assert.doesNotMatch(JSON.stringify(control), /hunter2/);
  });

  it('permissions that git does not know', async () => {
    const repo = newRepo({ 'read-only.txt': 'r\n', 'group/in.txt': 'i\n', 'run.sh': '#!/bin/sh\n' });
    for (const [file, mode] of [['read-only.txt', 0o444], ['group/in.txt', 0o400], ['run.sh', 0o751], ['group', 0o2770]] as const) fs.chmodSync(repo.at(file), mode);
    await playOdd({ repo, edits: { 'read-only.txt': 'R\n', 'group/in.txt': 'I\n', 'run.sh': '#!/bin/sh\nexit 0\n' } });
  });

  it('a folder that is read-only says of what lies in it that it stays, and why; the rest comes back', async () => {
    const repo = newRepo({ 'a.txt': 'a\n', 'closed/in.txt': 'i\n' });
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    for (const file of ['a.txt', 'closed/in.txt', 'closed/new.txt']) repo.write(file, 'session\n');
    fs.chmodSync(repo.at('closed'), 0o555);
    const items = (await workspace.diff(tree, (await workspace.capture()).tree)).map((one) => ({ path: one.path, target: one.before ?? null, expected: one.after ?? null }));
    const { restored, left } = await workspace.restore(items);
    fs.chmodSync(repo.at('closed'), 0o755);
    const refused = process.getuid?.() === 0 ? [] : ['closed/in.txt', 'closed/new.txt'];
    assert.deepEqual([restored, left.map(({ path }) => path)], [items.map(({ path }) => path).filter((file) => !refused.includes(file)), refused]);
    for (const { why } of left) assert.match(why, /the system refuses to write it \(EACCES\)/);
    for (const file of refused) assert.equal(repo.read(file), 'session\n');
    assert.equal((await workspace.restore(items.filter(({ path }) => refused.includes(path)))).restored.length, refused.length);
    assert.deepEqual([repo.read('closed/in.txt'), repo.exists('closed/new.txt')], ['i\n', false]);
  });

  it('files of 2 GiB, pipes, sockets and paths that are too long names what it leaves out, and needs neither time nor memory for it', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const file = fs.openSync(repo.at('huge.bin'), 'w');
    fs.ftruncateSync(file, 2 * 1024 ** 3);
    fs.closeSync(file);
    const long = '0'.repeat(250);
    execFileSync('sh', ['-c', `mkfifo pipe; for i in $(seq 18); do mkdir ${long} && cd -P ${long}; done; echo deep > file`], { cwd: repo.root });
    const server = net.createServer().listen(repo.at('socket'));
    await once(server, 'listening');
    const [memory, began] = [process.memoryUsage().rss, process.cpuUsage()];
    try {
      const notCovered = [`${Array.from({ length: Math.floor((4095 - repo.root.length) / 251) + 1 }, () => long).join('/')}: it cannot be read (ENAMETOOLONG)`, 'huge.bin: larger than 256 MiB (1 file)', 'pipe: a pipe', 'socket: a socket'];
      await playOdd({ repo, edits: { 'a.txt': 'b\n', [`${long}/${long}/near.txt`]: 'near\n' }, notCovered });
    } finally {
      server.close();
      execFileSync('rm', ['-rf', repo.at(long)]);
    }
    assert.ok(process.memoryUsage().rss - memory < 200 * 1024 ** 2, 'memory');
    assert.ok(process.cpuUsage(began).user < 10_000_000, 'ten seconds would mean that it was read');
  });
});
