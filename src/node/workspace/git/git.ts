import { type ProgramCall, runProgram, startProgram } from './program.ts';

/** One git process. Directory and environment are the runner's unless the call has its own; its environment comes on top. */
export interface GitCall extends Omit<ProgramCall, 'program' | 'env' | 'cwd'> {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Exit statuses that are an answer rather than a failure; 0 always is. */
  readonly also?: readonly number[];
}

export interface GitAnswer {
  readonly status: number;
  readonly stdout: Buffer;
  readonly truncated: boolean;
}

/** Runs git. A process that ends with a status that was not expected throws a `GitFailure`. */
export interface Git {
  run(call: GitCall): Promise<GitAnswer>;
  /** The output while it comes. Leaving the loop early ends the process. */
  stream(call: GitCall): AsyncIterable<Buffer>;
}

/** A git process that failed: its arguments and what it said. */
export class GitFailure extends Error {
  readonly status: number | null;

  constructor(args: readonly string[], status: number | null, stderr: string) {
    super(`git ${args.slice(0, 4).join(' ')} ended with status ${status ?? 'none'}: ${stderr.trim() || 'no message'}`);
    this.name = 'GitFailure';
    this.status = status;
  }
}

/**
 * The whole environment of our git processes: nothing of the user's configuration, no prompts, no optional locks, no
 * replacement objects or grafts, no hooks, no file system monitor, no transport.
 */
export function gitEnvironment(home: string): Record<string, string> {
  const fixed: [string, string][] = [
    ['core.fsmonitor', 'false'], ['core.hooksPath', '/dev/null'], ['core.quotePath', 'false'], ['core.untrackedCache', 'false'],
    ['core.fsync', 'committed,loose-object,reference'], ['gc.auto', '0'], ['maintenance.auto', 'false'],
    ['protocol.allow', 'never'], ['safe.bareRepository', 'explicit'], ['safe.directory', '*'],
  ];
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '', HOME: home, XDG_CONFIG_HOME: home, LANG: 'C', LC_ALL: 'C', TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_ATTR_NOSYSTEM: '1', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0',
    // A repository that allows one kind of transport wins over what allows none at all; a list of those that are allowed wins over both.
    GIT_ALLOW_PROTOCOL: 'none', GIT_NO_REPLACE_OBJECTS: '1', GIT_GRAFT_FILE: '/dev/null', GIT_NO_LAZY_FETCH: '1', GIT_LITERAL_PATHSPECS: '1', GIT_PAGER: 'cat', GIT_CONFIG_COUNT: String(fixed.length),
  };
  fixed.forEach(([key, value], index) => Object.assign(env, { [`GIT_CONFIG_KEY_${index}`]: key, [`GIT_CONFIG_VALUE_${index}`]: value }));
  const root = process.env['SystemRoot'];
  return root === undefined ? env : { ...env, SystemRoot: root };
}

export function gitRunner(program: string, base: Readonly<Record<string, string>>, directory: string): Git {
  const ready = (call: GitCall): ProgramCall => ({ ...call, program, env: { ...base, ...call.env }, cwd: call.cwd ?? directory });
  return {
    async run(call) {
      const { status, stdout, stderr, truncated } = await runProgram(ready(call));
      if (!truncated) requireStatus(call, status, stderr);
      return { status: status ?? -1, stdout, truncated };
    },
    async *stream(call) {
      const { child, ended } = startProgram(ready(call));
      let whole = false;
      try {
        for await (const chunk of child.stdout) yield chunk as Buffer;
        whole = true;
      } finally {
        if (!whole) child.kill('SIGKILL');
        const { status, stderr } = await ended;
        if (whole) requireStatus(call, status, stderr);
      }
    },
  };
}

function requireStatus(call: GitCall, status: number | null, stderr: string): void {
  if (status !== 0 && (status === null || call.also?.includes(status) !== true)) throw new GitFailure(call.args, status, stderr);
}
