import type { Check } from '../contract/contract.ts';
import type { CellClass, RawRun } from './result.ts';

/** Why a cell is not `pass`. */
export interface Fault {
  readonly class: Exclude<CellClass, 'pass'>;
  readonly reason: string;
}

/** Why a process did not end by itself in a way that can be judged; undefined where it did. */
export function unfitEnding(check: Check, raw: RawRun): Fault | undefined {
  if (raw.spawnError !== undefined) return blocked(`could not be started: ${raw.spawnError}`);
  if (raw.timedOut) return { class: 'timed-out', reason: `did not end within ${check.timeoutMs / 1000} s` };
  if (raw.signal !== null) return blocked(`was ended by ${raw.signal}`);
  if (raw.exit === null) return blocked('ended without an exit status');
  if (raw.exit !== check.exit && raw.exit === 126) return blocked('the command is not executable (exit status 126)');
  if (raw.exit !== check.exit && raw.exit === 127) return blocked('the command was not found (exit status 127)');
  // A shell, and the sandbox, tell of a death by signal n with the status 128 + n.
  if (raw.exit !== check.exit && raw.exit > 128 && raw.exit <= 128 + 64) return blocked(`was ended by signal ${raw.exit - 128} (exit status ${raw.exit})`);
  if (raw.changed !== undefined && raw.changed.length > 0) return { class: 'invalid-report', reason: `changed what was measured while it ran: ${raw.changed.join(', ')}` };
  return undefined;
}

/**
 * For a check that is judged by its exit status alone: an unwanted status with the mark of a program that could not be
 * loaded says nothing about the work.
 */
export function judgeExit(check: Check, raw: RawRun): Fault | undefined {
  if (raw.exit === check.exit) return undefined;
  const load = loadFault(raw);
  if (load !== undefined) return blocked(`could not be loaded: ${load}`);
  return { class: 'fail', reason: wrongStatus(check, raw) };
}

/** What the output says about a program that could not be read or found, if it says so. */
export function loadFault(raw: RawRun): string | undefined {
  return loadFailure.exec(raw.stderr ?? '')?.[0] ?? loadFailure.exec(raw.stdout.slice(-16_384))?.[0];
}

export function wrongStatus(check: Check, raw: RawRun): string {
  return `ended with exit status ${raw.exit}, wanted ${check.exit}`;
}

export function blocked(reason: string): Fault {
  return { class: 'could-not-run', reason };
}

/** How Node, Python and shells say that a program could not be read or found. */
const loadFailure = /^(?:SyntaxError|IndentationError|ImportError|ModuleNotFoundError)\b.{0,200}|^(?:Error|Error \[ERR_MODULE_NOT_FOUND\]): Cannot find (?:module|package).{0,200}|^npm (?:ERR!|error) Missing script:.{0,200}/m;
