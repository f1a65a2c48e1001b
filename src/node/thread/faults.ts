import { Paused } from '../../agent/run.ts';
import { WorkspaceRefusal } from '../workspace/openWorkspace.ts';

/** An error on its way between threads: a copy of one keeps neither its class nor what the system said about it. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** What the system said: such as `code`, `path`. */
  readonly details: Readonly<Record<string, string | number>>;
  readonly cause?: Fault;
}

/** Errors that somebody tells from others by their class. */
const classes: Readonly<Record<string, new (message: string) => Error>> = { Paused, WorkspaceRefusal };

export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), details: {} };
  const details = Object.entries(error).filter((entry): entry is [string, string | number] => typeof entry[1] === 'string' || typeof entry[1] === 'number');
  return {
    name: error.name, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }), details: Object.fromEntries(details),
    ...(error.cause === undefined ? {} : { cause: faultOf(error.cause) }),
  };
}

export function errorOf({ name, message, stack, details, cause }: Fault): Error {
  const known = Object.hasOwn(classes, name) ? classes[name] : undefined;
  const error = known === undefined ? new Error(message) : new known(message);
  const { name: _own, ...said } = details;
  return Object.assign(error, said, known === undefined ? { name } : {}, stack === undefined ? {} : { stack }, cause === undefined ? {} : { cause: errorOf(cause) });
}
