import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { call, type Reply } from '../../support/messagesServer/replies.ts';
import type { Project } from './project.ts';

/** A command that does its work, says so, and waits for the user to make the file `go`. It lists the folder: what it has looked for by name it may not see any more. */
export const waiting = (text: string): Reply => call('bash', { command: `${text}; echo > begun; until ls | grep -qx go; do sleep 0.05; done; rm begun`, timeout_ms: 60_000 });

/** Whether such a command has done its work, be it in the work tree or beside it. */
export function hasBegun({ root, env }: Project): boolean {
  const state = path.join(env['XDG_STATE_HOME'] ?? '', 'bounded');
  try {
    return existsSync(path.join(root, 'begun')) || readdirSync(state).some((repository) => readdirSync(path.join(state, repository, 'sessions')).some((id) => existsSync(path.join(state, repository, 'sessions', id, 'layers/0/upper/begun'))));
  } catch {
    // Not made yet.
    return false;
  }
}
