import type { FromWebview, OpenTarget } from '../../core/protocol.ts';
import type { Intention } from '../../core/session/view.ts';

type Fields = Readonly<Record<string, (value: unknown) => boolean>>;

const text = (value: unknown): boolean => typeof value === 'string' && value.length <= mostCharacters;
const optionalText = (value: unknown): boolean => value === undefined || text(value);
const optionalTexts = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length <= 1000 && value.every(text));
const oneOf = (...words: readonly string[]) => (value: unknown): boolean => typeof value === 'string' && words.includes(value);

const hunkNames = (value: unknown): boolean => Array.isArray(value) && value.length <= mostHunks && value.every((one) => isName(one));

const mostCharacters = 20_000;

/** The marks of a file are set for all of its hunks at once; of a generated file these are very many. */
const mostHunks = 100_000;

/** What each message may carry; a new one that has no line here does not compile. */
const intentions: Readonly<Record<Intention['type'], Fields>> = {
  'approve': { gate: text, ids: optionalTexts },
  'send-back': { gate: text, note: optionalText },
  'rewind-boundary': { to: text },
  'rewind-file': { flag: text },
  'rewind-hunk': { flag: text, hunk: text },
  'rewind-flags': {},
  'rewind-path': { path: text },
  'rewind-hunks': { hunks: hunkNames },
  'mark-hunks': { hunks: hunkNames, reviewed: (value) => typeof value === 'boolean' },
  'undo-rewind': { rewind: text },
  'redo-rewind': { rewind: text },
  // Comes from the merge editor alone.
  'resolve-conflict': { never: () => false },
  'restore-flag': { flag: text },
  'allow-flag': { flag: text },
  'note': { text: optionalText },
  'pause': {},
  'continue': {},
  'stop': {},
  'keep': { how: oneOf('branch', 'squash', 'patch', 'leave', 'undo', 'drop'), withoutMine: (value) => value === undefined || typeof value === 'boolean' },
};

const targets: Readonly<Record<OpenTarget['kind'], Fields>> = {
  'flag': { flag: text },
  'artifact': { id: text },
  'report': { file: oneOf('PLAN.md', 'ORACLE.md', 'PROGRESS.md', 'REVIEW.md', 'EVIDENCE.md') },
  'contract': {},
  'diff': {},
  'verdict-diff': {},
  'change': { path: text, hunk: optionalText },
  'hunks': {},
  'conflict': { rewind: text, path: text },
  'boundary-diff': { boundary: text },
};

const messages: Readonly<Record<FromWebview['type'], Fields>> = {
  'ready': {},
  'intention': { intention: (value) => isOne(value, 'type', intentions) },
  'start': { contract: optionalText },
  'start-example': {},
  'resume': { session: text },
  'open': { target: (value) => isOne(value, 'kind', targets) },
};

/** A message of the side view, or undefined for anything that is not exactly one. */
export function readMessage(data: unknown): FromWebview | undefined {
  return isOne(data, 'type', messages) ? (data as FromWebview) : undefined;
}

function isName(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 2 && 'path' in value && text(value.path) && 'hunk' in value && text(value.hunk);
}

function isOne(data: unknown, tag: string, kinds: Readonly<Record<string, Fields>>): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const { [tag]: kind, ...rest } = data as Readonly<Record<string, unknown>>;
  const fields = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (fields === undefined) return false;
  return Object.keys(rest).every((name) => Object.hasOwn(fields, name)) && Object.entries(fields).every(([name, fits]) => fits(rest[name]));
}
