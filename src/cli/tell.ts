import { describeRun } from '../core/oracle/describe.ts';
import type { Entry } from '../core/session/events.ts';
import { shortId } from '../core/session/joinedIds.ts';
import type { SettledFlag } from '../core/session/facts.ts';
import type { Flag, SandboxState, Session } from '../core/session/session.ts';
import { count, sandboxWords, unmatchedWarning } from '../core/session/view/figures.ts';
import { phasesWords, storeWarning } from '../core/session/view/storeWords.ts';
import { filesChanged } from '../core/session/filesChanged.ts';
import { oneLine } from '../core/session/reports/markdown.ts';
import { shownPath } from '../core/session/shownPath.ts';
import { someNamed, someOf } from '../core/session/someOf.ts';
import { plain } from './output.ts';

/** Without layers the terminal does not see who saves a file; the editor does. */
const whoseChange = ({ beside }: SandboxState): string => (beside === true ? '' : '\nWhat changes here while a command of the session runs counts as the command\'s. Edit between its commands, at a gate, or in the editor.');

/** What a person at a terminal is told of an entry; undefined for what is only of use in the trace. */
export function tell(session: Session, { event }: Entry): string | undefined {
  switch (event.type) {
    case 'session/started': return `Session ${event.session} · ${plain(event.contract.task.trim().split('\n')[0] ?? '')}\n${event.contract.roots === undefined ? '' : `Folders: ${[event.workspace, ...event.contract.roots].join(', ')}\n`}${event.sandbox.kind === 'none' ? `No sandbox: ${event.sandbox.detail}` : `Sandbox: ${sandboxWords(event.sandbox)}`}\nModel: ${event.contract.model.main} at ${event.endpoint.url}${event.endpoint.servedBy === undefined ? '' : ` — answered by: ${plain(event.endpoint.servedBy)}`}${whoseChange(event.sandbox)}`;
    case 'base/taken': return unmatchedWarning(event.base.unmatched)?.replace(/^/, ' ! ');
    case 'session/resumed': return `Continued by ${event.door}`;
    case 'phase/started': return `\n── ${event.phase}${event.round > 0 ? ` (round ${event.round})` : ''}`;
    case 'turn/answered': return prose(event.content);
    case 'turn/failed': return `   the model's service: ${event.fault.class} · ${plain(event.fault.message)}`;
    case 'tool/answered': return call(session, event);
    case 'store/measured': return storeWarning(session, event.root ?? '')?.replace(/^/, ' ! ');
    case 'checkpoints/evicted': return ` ! no rewind is possible any more to ${[...(event.boundaries.length === 0 ? [] : [{ session: event.by, name: session.name, boundaries: event.boundaries }]), ...(event.elsewhere ?? [])].map((one) => phasesWords(one, session.id)).join('; ')}: their checkpoints are removed to make room`;
    case 'changes/withheld': return event.files.map(({ path, why, blob }) => ` ! ${shownPath(path)} stays as you left it: ${why}. What the command did there is ${blob === undefined ? 'not kept' : `kept as ${blob.oid.slice(0, 12)}`}`).join('\n');
    case 'flags/raised': return raised(event.flags);
    case 'flags/settled': return settled(event.settled);
    case 'rewind/done': return `   rewound ${event.rewind.kind} ${oneLine(event.rewind.to)}: ${count(filesChanged(event.rewind), 'file')}${event.rewind.left.length > 0 ? `, left alone: ${someNamed(event.rewind.left, (one) => shownPath(one.path))}` : ''}${(event.rewind.moved ?? []).map((one) => `, what was in the place of ${shownPath(one.path)} is kept in ${shownPath(one.to)}`).join('')}`;
    case 'rewind/refused': return `   a rewind was not done: ${oneLine(event.why)}`;
    case 'oracle/ran': return indent(describeRun(event.run));
    case 'decoy/ran': return `   decoy ${event.decoy}: ${event.result} · ${event.detail}`;
    case 'review/reported': return `   review: ${count(event.findings.length, 'finding')}`;
    case 'finding/settled': return `   finding ${event.finding}: ${event.outcome} · ${event.detail}`;
    case 'gate/opened': return ` ? ${oneLine(event.question)}${event.blocking.length > 0 ? `\n   open: ${someOf(event.blocking)}` : ''}`;
    case 'gate/answered': return `   answered: ${event.answer.kind}`;
    case 'gate/settled': return event.problem === undefined ? undefined : ` ! ${event.problem}`;
    case 'boundary/crossed': return ` ✓ ${event.boundary} · tree ${shortId(event.tree)}`;
    case 'budget/reached': return ` ! budget: ${event.budget}, ${event.detail}`;
    case 'session/paused': return ` ! paused: ${oneLine(event.reason)}`;
    case 'verdict/reached': return `\nVerdict: ${event.verdict} · tree ${shortId(event.tree)}\n${event.because.map((reason) => `  ${reason}`).join('\n')}`;
    default: return undefined;
  }
}

/** So many flags of one record are told one by one. */
const flagsTold = 20;

function raised(flags: readonly Flag[]): string {
  if (flags.length <= flagsTold) return flags.map((flag) => ` ! ${flag.standing}: ${shownPath(flag.path)} by ${oneLine(flag.cause)} · flag ${flag.id}`).join('\n');
  return ` ! ${flags.length} changes outside of what was agreed by ${oneLine(flags[0]?.cause ?? '')}: ${someNamed(flags, ({ path }) => shownPath(path), 3)}`;
}

function settled(all: readonly SettledFlag[]): string {
  if (all.length <= flagsTold) return all.map(({ flag, how }) => `   flag ${flag}: ${how}`).join('\n');
  const counts = new Map<SettledFlag['how'], number>();
  for (const { how } of all) counts.set(how, (counts.get(how) ?? 0) + 1);
  return `   ${count(all.length, 'flag')}: ${[...counts].map(([how, many]) => `${many} ${how}`).join(', ')}`;
}

function prose(content: Extract<Entry['event'], { type: 'turn/answered' }>['content']): string | undefined {
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text.trim()] : [])).join(' ');
  return text === '' ? undefined : `   “${plain(text).slice(0, 300)}”`;
}

function call(session: Session, event: Extract<Entry['event'], { type: 'tool/answered' }>): string {
  const record = session.calls.findLast((one) => one.call === event.call);
  const mark = event.outcome === 'done' ? '·' : event.outcome === 'refused' ? '×' : '!';
  return `   ${mark} ${record?.tool ?? ''} ${plain(record?.title ?? '').slice(0, 100)}${event.reason === undefined ? '' : ` [${event.reason}]`}${event.summary === undefined ? '' : ` · ${plain(event.summary)}`}`;
}

function indent(text: string): string {
  return text.trimEnd().split('\n').map((line) => `   ${line}`).join('\n');
}
