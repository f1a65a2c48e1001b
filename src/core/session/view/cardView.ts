import { openFlags } from '../line.ts';
import type { KeptBranch, Session } from '../session.ts';
import type { Card } from '../view.ts';
import { branchWords } from './branchWords.ts';
import { changeText, count } from './figures.ts';
import { flagsCard, listedFlags } from './flagCard.ts';
import { gateCard } from './gateCard.ts';
import { usersPaths } from './usersPaths.ts';

/** At most one card, and only when a person is needed: the end, a gate, open flags, or a pause. */
export function cardView(session: Session, running: boolean): Card | undefined {
  if (session.end !== undefined) return endCard(session);
  if (session.gate !== undefined) return gateCard(session, session.gate);
  if (openFlags(session.line).length > 0) return flagsCard(session);
  return running ? undefined : pausedCard(session);
}

function pausedCard({ paused }: Session): Card {
  const inside = paused?.startsWith('an error inside Bounded') ?? false;
  return {
    kind: inside ? 'error' : 'paused', attention: inside, question: paused === undefined ? 'The session was interrupted' : inside ? `Stopped by ${paused}` : `Paused: ${paused}`,
    facts: [{ name: 'Kept', value: 'everything up to the last fact in the trace' }], flags: [],
    actions: [{ label: 'Continue', title: 'Goes on where the trace ends', intention: { type: 'continue' } }],
  };
}

function endCard(session: Session): Card {
  const { verdict, kept, end } = session;
  const yours = usersPaths(session);
  return {
    kind: 'end', attention: end?.end === 'error' || openFlags(session.line).length > 0, question: endQuestion(session), ...listedFlags(session),
    facts: [
      ...(end === undefined || end.end === 'completed' ? [] : [{ name: 'Ended', value: `${endWords[end.end]}: ${end.detail}` }]),
      { name: 'Changed', value: verdict === undefined ? 'unknown' : changeText(verdict.change) },
      ...(yours.length === 0 ? [] : [{ name: 'Yours', value: `${count(yours.length, 'file')}: ${yours.join(', ')}` }]),
      ...(kept === undefined ? [] : [{ name: 'Done', value: kept.detail, whole: true }]),
    ],
    actions: kept?.how === 'undone' || verdict?.change.files === 0 ? [] : [...keepActions, ...(session.branches.length === 0 ? [] : [dropAction(session.branches.at(-1) ?? [])])],
  };
}

function endQuestion({ verdict, kept, rewinds }: Session): string {
  if (kept?.how === 'undone' && !wasWhole(rewinds)) return 'Undone, but not everything';
  if (kept !== undefined) return keptWords[kept.how] ?? 'The work was kept';
  return verdict?.change.files === 0 ? 'The session changed nothing' : 'What shall become of the work?';
}

/** Whether the last rewind to the base that stands left nothing, and nothing is there that no checkpoint holds. */
function wasWhole(rewinds: Session['rewinds']): boolean {
  const last = rewinds.findLast((one) => one.kind === 'boundary' && one.to === 'base' && !one.undone);
  return last === undefined || (last.left.length === 0 && (last.notHeld ?? []).length === 0);
}

const keptWords: Readonly<Record<string, string>> = {
  branch: 'Kept as a branch', squash: 'Kept as a branch with one commit', patch: 'Exported as a patch', left: 'Left in your work tree', undone: 'Everything was undone', dropped: 'The branch was dropped',
};

const endWords = { budget: 'a budget was used', stopped: 'stopped', refused: 'the model refused', blocked: 'blocked', error: 'by an error' } as const;

function dropAction(branches: readonly KeptBranch[]): Card['actions'][number] {
  const [label, repository] = branches.length > 1 ? ['Drop the branches', 'their repositories'] : ['Drop the branch', 'your repository'];
  return { label, title: `Removes ${branchWords(branches)} from ${repository} and says how to get ${branches.length > 1 ? 'them' : 'it'} back; HEAD, index and work tree stay as they are`, intention: { type: 'keep', how: 'drop' } };
}

const keepActions: Card['actions'] = [
  { label: 'Keep as branch', title: 'Writes a branch into your repository, a commit per boundary; HEAD, index and work tree stay as they are', intention: { type: 'keep', how: 'branch' } },
  { label: 'Keep as one commit', title: 'Writes a branch into your repository with everything in one commit; HEAD, index and work tree stay as they are', intention: { type: 'keep', how: 'squash' } },
  { label: 'Leave in my work tree', title: 'The changes stay as uncommitted work; git is not touched', intention: { type: 'keep', how: 'leave' } },
  { label: 'Export a patch', title: 'Writes a patch file; git is not touched', intention: { type: 'keep', how: 'patch' } },
  { label: 'Undo everything', title: 'Brings every file of the session back to the start; your own changes stay and git is not touched', intention: { type: 'keep', how: 'undo' } },
];
