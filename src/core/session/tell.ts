import type { SessionEvent } from './events.ts';
import type { RewindRecord } from './facts.ts';
import { someOf } from './someOf.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/** What the model is told of a rewind. */
export function tellRewind(event: Of<'rewind/done'>): string {
  const { kind, to, restored, beside = [], by } = event.rewind;
  const paths = [...new Set([...restored, ...beside.map(({ path }) => path)])];
  const who = by === 'person' ? 'The user' : 'Bounded';
  if (kind === 'boundary') return `${who} rewound the work tree to ${to}.`;
  if (event.rewind.resolves !== undefined) return `The user resolved a conflict about ${to} by hand. What is there now is theirs to change.`;
  return `${who} rewound ${kind === 'hunk' ? hunksInWords(event.rewind) : someOf(paths)}: the change was outside of what was agreed. Do not make it again.`;
}

/** What a rewind of hunks took back. */
export function hunksInWords({ hunks = [], to }: Pick<RewindRecord, 'hunks' | 'to'>): string {
  return hunks.length > 1 ? `${hunks.length} hunks of ${to}` : `a hunk of ${to}`;
}

/** What the model is told when a rewind is undone. */
export function tellUndo(event: Of<'rewind/undone'>): string {
  return `The user undid a rewind. Back in the work tree: ${pathsOf(event)}.`;
}

/** What the model is told when it is done again. */
export function tellRedo(event: Of<'rewind/redone'>): string {
  return `The user did a rewind again that they had undone. Rewound in the work tree: ${pathsOf(event)}.`;
}

function pathsOf({ restored, control = [] }: Of<'rewind/undone'> | Of<'rewind/redone'>): string {
  return someOf([...restored, ...control]) || 'nothing';
}
