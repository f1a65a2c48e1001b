import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Environment of every git process of a bench but the product's own: nothing of the machine's configuration. */
export const gitEnvironment = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'], HOME: home, LANG: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org',
});

/** A clean work tree as a fresh clone has it: one commit, its contents in one pack, an index with the state of every file. */
export interface Fixture {
  /** Temporary folder that holds everything; it goes with `remove`. */
  readonly outside: string;
  readonly root: string;
  readonly files: readonly string[];
  /** What file number `index` has after `version` changes, 0 being the commit's. */
  content(index: number, version: number): string;
  remove(): void;
}

const filesPerFolder = 40;
const bytesPerFile = 2048;
/** Files whose times are this young are read twice, by git as by us. */
const settledMs = 2500;

export async function makeFixture(count: number): Promise<Fixture> {
  const outside = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-bench-')));
  const root = path.join(outside, 'work');
  const files = Array.from({ length: count }, (_, index) => `${folderOf(index)}/file${index}.ts`);
  try {
    for (let index = 0; index < count; index += filesPerFolder) fs.mkdirSync(path.join(root, folderOf(index)), { recursive: true });
    for (const [index, file] of files.entries()) fs.writeFileSync(path.join(root, file), contentOf(index, 0));
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, env: gitEnvironment(outside), stdio: ['ignore', 'ignore', 'inherit'] });
    git('init', '-q', '-b', 'main');
    await importCommit(root, outside, files);
    git('read-tree', 'HEAD');
    await sleep(settledMs);
    git('update-index', '-q', '--refresh');
    await sleep(settledMs);
  } catch (error) {
    fs.rmSync(outside, { recursive: true, force: true });
    throw error;
  }
  return { outside, root, files, content: contentOf, remove: () => fs.rmSync(outside, { recursive: true, force: true }) };
}

const folderOf = (index: number): string => {
  const folder = Math.floor(index / filesPerFolder);
  return `src/part${Math.floor(folder / 50)}/folder${folder}`;
};

/** Text that compresses about as source code does, no two files alike. */
function contentOf(index: number, version: number): string {
  const lines: string[] = [`// file ${index}, version ${version}`];
  for (let line = 0, length = 0; length < bytesPerFile - 60; line += 1) {
    const words = createHash('md5').update(`${index}:${line}`).digest('hex');
    const text = `export const name${words.slice(0, 6)} = compute(${words.slice(6, 12)}n, 'value');`;
    lines.push(text);
    length += text.length + 1;
  }
  return `${lines.join('\n')}\n`;
}

/** The commit as one pack, which a clone has too, rather than as one object file each. */
async function importCommit(root: string, home: string, files: readonly string[]): Promise<void> {
  const child = spawn('git', ['-c', 'fastimport.unpackLimit=0', 'fast-import', '--quiet', '--done'], { cwd: root, env: gitEnvironment(home), stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject).once('close', (status) => (status === 0 ? resolve() : reject(new Error(`git fast-import ended with ${status}`))));
  });
  const say = async (text: string) => { if (!child.stdin.write(text)) await new Promise((resolve) => child.stdin.once('drain', resolve)); };
  await say('commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 5\nfirst\n');
  for (const [index, file] of files.entries()) {
    const content = contentOf(index, 0);
    await say(`M 100644 inline ${file}\ndata ${Buffer.byteLength(content)}\n${content}\n`);
  }
  await say('done\n');
  child.stdin.end();
  await ended;
}
