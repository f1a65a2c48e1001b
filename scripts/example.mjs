import fs from 'node:fs';
import path from 'node:path';
import { must } from './programs.mjs';
import { inRoot } from './root.mjs';

/**
 * Git without the user's settings, hooks, templates and signing, and with an identity of its own. It writes nothing but the repository.
 * @param {string} folder @param {readonly string[]} args
 */
function git(folder, args) {
  const identity = ['-c', 'user.name=Bounded example', '-c', 'user.email=example@bounded.invalid'];
  const plain = ['-c', 'commit.gpgsign=false', '-c', `core.hooksPath=${devNull}`, '-c', 'init.defaultBranch=main'];
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LANG: 'C' };
  return must('git', [...identity, ...plain, ...args], { cwd: folder, env, quiet: true });
}

const devNull = process.platform === 'win32' ? 'NUL' : '/dev/null';

/** Copies the example into `folder`, which must be empty or new, and makes it a git repository with one commit. @param {string} folder absolute path */
export async function makeExample(folder) {
  fs.mkdirSync(folder, { recursive: true });
  if (fs.readdirSync(folder).length > 0) throw new Error(`${folder} is not empty.`);
  fs.cpSync(inRoot('examples', 'activations'), folder, { recursive: true });
  await git(folder, ['init', '--quiet', '--template=']);
  await git(folder, ['add', '--all']);
  await git(folder, ['commit', '--quiet', '--message', 'A small transformer in JavaScript']);
  return fs.realpathSync(folder);
}

/** A new folder for an example, in the user's cache. */
export function newExampleFolder() {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(process.env['HOME'] ?? process.env['USERPROFILE'] ?? '.', '.cache');
  const base = path.join(cache, 'bounded');
  fs.mkdirSync(base, { recursive: true });
  return fs.mkdtempSync(path.join(base, 'example-'));
}
