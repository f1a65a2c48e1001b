import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Entry } from '../../../src/core/session/events.ts';
import type { ResultLine } from '../../../src/cli/output.ts';
import type { Project } from './project.ts';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Journal entries of `--json`. */
  readonly entries: readonly Entry[];
  readonly result: ResultLine | undefined;
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Ran>;
}

const program = path.resolve('dist/cli.js');

/** Starts the built terminal host in a project, against a model server. */
export function startCli(project: Project, url: string | undefined, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const model = url === undefined ? {} : { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'test-key-0123456789' };
  const child = spawn(process.execPath, [program, ...args], { cwd: project.root, env: { ...project.env, ...model, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  const done = new Promise<Ran>((resolve) => {
    child.once('close', (status) => resolve({ status, stdout, stderr, ...readRun(stdout) }));
  });
  return { child, done };
}

export function runCli(project: Project, url: string | undefined, ...args: readonly string[]): Promise<Ran> {
  return startCli(project, url, args).done;
}

/** What a run recorded, by kind of event. */
export function events<T extends Entry['event']['type']>(ran: Ran, type: T): readonly Extract<Entry['event'], { type: T }>[] {
  return ran.entries.flatMap(({ event }) => (event.type === type ? [event as Extract<Entry['event'], { type: T }>] : []));
}

/** Journal entries and result line of `--json`. */
export function readRun(stdout: string): Pick<Ran, 'entries' | 'result'> {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Entry | ResultLine);
  return { entries: lines.filter((line): line is Entry => 'seq' in line), result: lines.find((line): line is ResultLine => 'type' in line && line.type === 'result') };
}
