import { flagsToRewind, openFlags } from '../line.ts';
import type { Flag, Session, Standing } from '../session.ts';
import type { Card, FlagRow } from '../view.ts';
import { count } from './figures.ts';

/** Changes that need the user. With one flag the card answers for it; with more, each row answers for itself. */
export function flagsCard(session: Session): Card {
  const flags = openFlags(session.line);
  const [first] = flags;
  return { kind: 'flags', attention: true, question: question(flags), facts: [], ...shown(flags), actions: first === undefined || flags.length > 1 ? rewindAll(session) : actions(first) };
}

/** Where several files are flagged, the one answer for all of them. */
export function rewindAll({ line }: Session): Card['actions'] {
  const files = flagsToRewind(line).length;
  return files < 2 ? [] : [{ label: `Rewind all ${files}`, title: 'Brings each flagged file back to what it was before; what may be your own change stays', intention: { type: 'rewind-flags' } }];
}

/** The flags of a line that a person may still act on: open ones, and rewound ones, which can be restored. */
export function listedFlags({ line }: Session): Pick<Card, 'flags' | 'moreFlags'> {
  return shown([...openFlags(line), ...line.flags.filter((flag) => flag.outcome === 'rewound')]);
}

/** Nobody answers more than these one by one, and the view is made anew with each change of the session. */
const flagsShown = 100;

function shown(flags: readonly Flag[]): Pick<Card, 'flags' | 'moreFlags'> {
  const rows = flags.slice(0, flagsShown).map(flagRow);
  return { flags: rows, ...(flags.length === rows.length ? {} : { moreFlags: flags.length - rows.length }) };
}

function question(flags: readonly Flag[]): string {
  const standings = new Set(flags.map((flag) => flag.standing));
  const [only] = standings;
  const what = standings.size === 1 && only !== undefined ? words[only] : 'outside of what was agreed';
  return `${count(flags.length, 'change')} ${what}`;
}

const words: Readonly<Record<Standing, string>> = {
  'in-scope': 'in the scope', 'out-of-scope': 'outside the scope', 'oracle-protected': "to the oracle's files", 'over-budget': 'over the diff budget', 'user': 'that may be yours',
};

function actions(flag: Flag): Card['actions'] {
  const [hunk] = flag.hunks;
  const yours = flag.maybeUser ? '; it may be your own change' : '';
  return [
    ...(hunk === undefined || flag.hunks.length > 1 ? [] : [{ label: 'Rewind hunk', title: `Undoes the change at line ${lineOf(hunk)} and nothing else${yours}`, intention: { type: 'rewind-hunk' as const, flag: flag.id, hunk: hunk.id } }]),
    { label: 'Rewind file', title: `Brings ${flag.path} back to what it was before this change${yours}`, intention: { type: 'rewind-file', flag: flag.id } },
    { label: 'Allow…', title: flag.beside === undefined ? `Amends the contract so that ${flag.path} may change` : `Accepts the change of ${flag.path} as it is; the contract stays`, intention: { type: 'allow-flag', flag: flag.id } },
  ];
}

export function flagRow(flag: Flag): FlagRow {
  const hunks = flag.hunks.map((hunk) => ({ id: hunk.id, line: lineOf(hunk), added: marked(hunk.lines, '+'), removed: marked(hunk.lines, '-') }));
  return {
    id: flag.id, path: flag.path, line: hunks[0]?.line ?? 1, added: flag.write.added, removed: flag.write.removed, standing: flag.standing, cause: flag.cause,
    ...(flag.outcome === undefined ? { ...(hunks.length > 0 ? { hunks } : {}) } : { outcome: flag.outcome }),
  };
}

/** First line of a hunk in the file as it is now; a deletion at the very start has none of its own. */
function lineOf({ newStart }: Flag['hunks'][number]): number {
  return Math.max(1, newStart);
}

function marked(lines: readonly string[], mark: '+' | '-'): number {
  return lines.filter((line) => line.startsWith(mark)).length;
}
