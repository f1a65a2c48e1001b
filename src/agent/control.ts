import type { BesideChange, Path } from '../core/session/changes.ts';
import type { Session } from '../core/session/session.ts';
import { besideChanges } from './beside.ts';
import type { Capture } from './ports.ts';

/** What a call did to git's control files, by who is to decide. Paths are those of the work tree: `.git/config`, `sub/.git/HEAD`. */
export interface ControlShare {
  /** The session's for certain: part of its write set. */
  readonly session: readonly BesideChange[];
  /** The session's or the user's: flagged, and rewound by a person alone. */
  readonly unsure: readonly BesideChange[];
  /** No rewind brings it back, or nobody knows whose it is. */
  readonly reported: readonly Path[];
}

export interface Doing {
  readonly call: string;
  readonly by: 'tool' | 'command';
  /** In a sandbox git's files are read-only, except those of a repository that the command made itself. */
  readonly sandboxed: boolean;
  /** Nobody saw the end of the call. */
  readonly interrupted: boolean;
}

/**
 * Decides whose a change of git's control files is. Pure. A file tool writes its one file, a command in a sandbox none of these: whatever changed
 * meanwhile, it was the user. A command without a sandbox has done it, unless HEAD, a ref or the operation at hand moved too: then a commit, a
 * checkout or a fetch of the user's may explain all of it.
 */
export function shareOfControl(before: Capture['control'], after: Capture['control'], doing: Doing): ControlShare {
  const changes = besideChanges(doing.call, before, after);
  const moved = changes.some(({ path }) => isHistory(path));
  const repositories = changes.filter(({ path }) => isRepository(path)).map(({ path }) => controlPath(path));
  const inOld = changes.filter(({ path }) => (path !== 'index' || moved) && !repositories.some((one) => controlPath(path) === one || controlPath(path).startsWith(`${one}/`)));
  const others = inOld.map((change) => ({ ...change, path: controlPath(change.path) }));
  const nothing = { session: [], unsure: [], reported: doing.by === 'tool' ? [] : repositories };
  if (doing.by === 'tool' || doing.sandboxed) return nothing;
  if (doing.interrupted) return { ...nothing, reported: [...repositories, ...others.map(({ path }) => path)] };
  const back = others.filter(comesBack);
  const reported = [...repositories, ...others.filter((change) => !back.includes(change)).map(({ path }) => path)];
  return moved ? { session: [], unsure: back, reported } : { session: back, unsure: [], reported };
}

/** Whether a rewind can bring a change of a control file back: its states are held, or are the value of a ref. */
function comesBack({ before, after }: BesideChange): boolean {
  return [before, after].every((word) => word === undefined || isControlWord(word));
}

export const isControlWord = (word: string | undefined): boolean => /^(file|link|ref) /.test(word ?? '');

/** The workspace path that stands for a name of `Capture.control`. */
export function controlPath(name: string): Path {
  return name.split('/').includes('.git') ? name : `.git/${name}`;
}

/** Where a work tree stands in its history: what a commit, a checkout, a fetch or a merge moves. */
export function isHistory(name: string): boolean {
  return /^(.*\.git\/|modules\/.*\/)?(HEAD|refs\/.*|logs\/.*|[A-Z]+_(HEAD|MODE))$/.test(name);
}

const isRepository = (name: string): boolean => name === '.git' || name.endsWith('/.git');

/** The word of a control file at the last look. */
export const controlAt = ({ control }: Session, path: Path): string | undefined => control[path] ?? control[path.replace(/^\.git\//, '')];
