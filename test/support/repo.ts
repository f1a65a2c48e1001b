import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A git repository in a temporary folder, and a folder for a checkpoint store beside it. */
export interface TestRepo {
  /** Real path of the work tree. */
  readonly root: string;
  readonly store: string;
  /** The temporary folder that holds both; anything outside of the work tree may be put here. */
  readonly outside: string;
  /** Runs git in the work tree and answers its output without the last end-of-line. */
  git(...args: string[]): string;
  /** Writes a file with the folders above it. */
  write(file: string, content: string | Buffer, mode?: number): void;
  /** Text of a file. */
  read(file: string): string;
  exists(file: string): boolean;
  at(file: string): string;
  remove(): void;
}

/** Makes a repository with these files in one commit on `main`; without files it has no commit. */
export function makeRepo(files?: Readonly<Record<string, string | Buffer>>): TestRepo {
  const outside = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-repo-')));
  const root = path.join(outside, 'work');
  fs.mkdirSync(root);
  const repo = repoAt(root, outside);
  repo.git('init', '-q', '-b', 'main');
  for (const [key, value] of [['user.name', 'Ada'], ['user.email', 'ada@example.org'], ['commit.gpgsign', 'false']] as const) repo.git('config', key, value);
  if (files === undefined) return repo;
  for (const [file, content] of Object.entries(files)) repo.write(file, content);
  repo.git('add', '-A');
  repo.git('commit', '-q', '--allow-empty', '-m', 'first');
  return repo;
}

/** The same handle for another work tree in the temporary folder. */
export function repoAt(root: string, outside: string): TestRepo {
  const at = (file: string) => path.join(root, file);
  return {
    root, outside, at, store: path.join(outside, 'store'),
    git: (...args) => execFileSync('git', args, { cwd: root, env: gitEnv(outside), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(/\n$/, ''),
    write(file, content, mode) {
      fs.mkdirSync(path.dirname(at(file)), { recursive: true });
      fs.writeFileSync(at(file), content);
      if (mode !== undefined) fs.chmodSync(at(file), mode);
    },
    read: (file) => fs.readFileSync(at(file), 'utf8'),
    exists: (file) => fs.lstatSync(at(file), { throwIfNoEntry: false }) !== undefined,
    remove: () => fs.rmSync(outside, { recursive: true, force: true }),
  };
}

function gitEnv(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: home, LANG: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
}

/** Every file below a folder with its kind, permissions and content; names as bytes in latin1. Git folders are left out. */
export function contentsOf(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: Buffer, name: string) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }) as unknown as fs.Dirent<Buffer>[]) {
      const place = Buffer.concat([folder, Buffer.from('/'), entry.name]);
      const inner = name === '' ? entry.name.toString('latin1') : `${name}/${entry.name.toString('latin1')}`;
      if (entry.name.toString() === '.git') continue;
      if (entry.isDirectory()) visit(place, inner);
      else if (entry.isSymbolicLink()) found[inner] = `link ${fs.readlinkSync(place, 'buffer').toString('latin1')}`;
      else if (entry.isFile()) found[inner] = `${fs.statSync(place).mode & 0o111 ? 'x' : '-'} ${createHash('sha1').update(fs.readFileSync(place)).digest('hex')}`;
    }
  };
  visit(Buffer.from(root), '');
  return found;
}

/** Everything of a repository that a session must leave alone: git's files with their bytes, and the times of all files. */
export function untouchable(repo: TestRepo): Record<string, string> {
  const state: Record<string, string> = { status: repo.git('--no-optional-locks', 'status', '--porcelain', '--ignored'), stash: repo.git('stash', 'list') };
  const visit = (folder: string) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const place = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(place);
      else if (entry.isFile()) state[path.relative(repo.root, place)] = `${fs.statSync(place, { bigint: true }).mtimeNs} ${createHash('sha1').update(fs.readFileSync(place)).digest('hex')}`;
    }
  };
  visit(repo.root);
  return state;
}
