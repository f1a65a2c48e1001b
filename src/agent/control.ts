import { isSandboxed } from '../core/guard/rule.ts';
import type { BesideChange, Path } from '../core/session/changes.ts';
import type { BesideItem } from '../core/session/facts.ts';
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
  /** Folders of git, and of what it keeps in store, that were there and are not. */
  readonly gone: readonly Path[];
}

/** What the session knows before it. */
export type Before = Pick<Session, 'control' | 'sandbox'> & { readonly contract: Pick<Session['contract'], 'commands'>; readonly line: Pick<Session['line'], 'beside'> };

export interface Doing {
  readonly call: string;
  readonly by: 'tool' | 'command';
  /** Nobody saw the end of the call. */
  readonly interrupted: boolean;
}

/**
 * Decides whose a change of git's control files is. Pure. A file tool writes its one file, a command in a sandbox none of these, except those of a
 * repository that it makes itself: whatever else changed meanwhile, it was the user. A command without a sandbox has done it, unless HEAD, a ref or
 * the operation at hand moved too: then a commit, a checkout or a fetch of the user's may explain all of it.
 */
export function shareOfControl(session: Before, after: Capture['control'], { call, by, interrupted }: Doing): ControlShare {
  const all = besideChanges(call, controlStates(session.control), controlStates(after));
  const went = by === 'tool' ? [] : all.filter((change) => change.after === undefined && (isRepository(change) || change.before === folder)).map(({ path }) => path);
  const gone = went.filter((path) => !went.some((one) => path.startsWith(`${one}/`)));
  // What git keeps in store steers nothing: where it comes, or goes with its folder, there is nothing to tell.
  const changes = all.filter((change) => isRepository(change) || ![change.before, change.after].includes(folder));
  const repositories = by === 'tool' ? [] : changes.filter(isRepository).map(({ path }) => path);
  const lost = [...new Set([...repositories, ...gone])];
  if (by === 'tool' || isSandboxed(session)) return { session: [], unsure: [], reported: lost, gone };
  const moved = changes.some(({ path }) => isHistory(path));
  const known = new Set(session.line.beside.filter((change) => change.call === call).map(({ path }) => path));
  const others = changes.filter(({ path }) => (moved || !path.endsWith('.git/index')) && !repositories.some((one) => path === one || path.startsWith(`${one}/`)) && !known.has(path));
  const canGoBack = (change: BesideChange): boolean => !interrupted && [change.before, change.after].every((word) => word === undefined || isControlWord(word));
  const back = others.filter(canGoBack);
  const reported = [...lost, ...others.filter((change) => !canGoBack(change)).map(({ path }) => path)];
  return { ...(moved ? { session: [], unsure: back } : { session: back, unsure: [] }), reported, gone };
}

/** The word of `Capture.control` for a git folder, and for what it keeps in store. */
const folder = 'folder';

const isRepository = ({ path }: BesideChange): boolean => path === '.git' || path.endsWith('/.git');

/** Whether a change beside the tree is one of a control file. */
export const isControlChange = ({ before, after }: Pick<BesideChange, 'before' | 'after'>): boolean => isControlWord(before) || isControlWord(after);

/** Whether a word of `Capture.control` stands for what a rewind can bring back. */
export const isControlWord = (word: string | undefined): boolean => /^(file|link|ref) /.test(word ?? '');

/** The words of `Capture.control` by workspace path instead of by name. */
export function controlStates(control: Capture['control']): Readonly<Record<Path, string>> {
  return Object.fromEntries(Object.entries(control).map(([name, word]) => [controlPath(name), word]));
}

/** What is beside the tree at a look, control files included, by workspace path. */
export function besideStates({ beside = {}, control }: Pick<Capture, 'beside' | 'control'>): ReadonlyMap<Path, string> {
  return new Map([beside, controlStates(control)].flatMap((states) => Object.entries(states)));
}

/** What a rewind still has to do: what is as it shall be already was brought back by somebody else, and no undo takes that for its own. */
export function notYetBack(items: readonly BesideItem[], now: Pick<Capture, 'beside' | 'control'>): readonly BesideItem[] {
  const states = besideStates(now);
  return items.filter(({ path, target }) => states.get(path) !== target);
}

/** The workspace path that stands for a name of `Capture.control`; that of another root begins with it (`../api: HEAD`). */
function controlPath(name: string): Path {
  const [, root = '', rest = name] = /^(\.\.\/.*?): (.*)$/s.exec(name) ?? [];
  const path = rest.split('/').includes('.git') ? rest : `.git/${rest}`;
  return root === '' ? path : `${root}/${path}`;
}

/** Where a work tree stands in its history: what a commit, a checkout, a fetch or a merge moves. */
export function isHistory(path: Path): boolean {
  return /(^|\/)\.git\/(modules\/.*\/)?(HEAD|refs\/.*|logs\/.*|[A-Z]+_(HEAD|MODE))$/s.test(path);
}
