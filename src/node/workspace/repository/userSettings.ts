import { execFile } from 'node:child_process';
import { devNull, homedir } from 'node:os';
import { promisify } from 'node:util';
import type { UserRepository } from './userRepository.ts';

const execute = promisify(execFile);

/** How long git may take, in milliseconds: the configuration may include a pipe. */
const patience = 10_000;

/**
 * One value of the user's own git configuration, as git in their terminal would take it; undefined where it is not set. Without a
 * repository, that of the user and the machine.
 * The only place where their configuration is read: asking for a value runs nothing that it names.
 */
export async function userSetting(program: string, repository: UserRepository | undefined, key: string, type?: 'path' | 'bool'): Promise<string | undefined> {
  if (repository?.pipe !== undefined) return undefined;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = { ...Object.fromEntries(inherited), GIT_DIR: repository?.gitDir ?? devNull, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
  try {
    const { stdout } = await execute(program, ['config', ...(type === undefined ? [] : [`--type=${type}`]), '--get', key], { env, cwd: repository?.gitDir ?? homedir(), timeout: patience });
    return stdout.replace(/\r?\n$/, '');
  } catch {
    // Not set, not of that type, or nobody can tell.
    return undefined;
  }
}
