import { decisiveRuns } from '../line.ts';
import { evictedAt } from '../retention.ts';
import { isReviewed } from '../listedHunk.ts';
import type { ListedHunk } from '../listedHunk.ts';
import { approvedIds } from '../approved.ts';
import type { AnsweredGate, Flag, Session } from '../session.ts';
import { someNamed } from '../someOf.ts';
import { bytesText, changeText, cost, count, dollars, duration, sandboxWarning, sandboxWords } from '../view/figures.ts';
import { notMeasured } from '../view/notMeasured.ts';
import { usersPaths } from '../view/usersPaths.ts';
import { decoyLine, findingLine, rewindLine, runTable } from './lines.ts';
import { code, firstOf, list, page, plainText, table, tableCode } from './markdown.ts';

type Sections = readonly (readonly [string, string])[];
type Reached = NonNullable<Session['verdict']>;

/** The proof: figures first, prose last, and what was not measured beside what was. */
export function evidencePage(session: Session, hunks?: readonly ListedHunk[]): string | undefined {
  const { verdict } = session;
  if (verdict === undefined) return undefined;
  return page(`Evidence: ${verdict.verdict}`, [...verdictSections(session, verdict), ...workSections(session), ...lookedAt(session, hunks), ...agreementSections(session), ...machineSections(session, verdict)]);
}

function verdictSections(session: Session, verdict: Reached): Sections {
  const { line, end } = session;
  const runs = decisiveRuns(line, verdict.tree);
  const unmet = line.exit?.conditions.filter((one) => !one.holds) ?? [];
  return [
    ['Verdict', `**${verdict.verdict}** for the tree ${code(verdict.tree)}. Changed against the start: ${changeText(verdict.change)}.\n\n${list(verdict.because.map(plainText))}`],
    ['End', end === undefined ? 'The session goes on.' : `${end.end}: ${plainText(end.detail)}`],
    ['Measured', runs.length === 0 ? 'Nothing was measured on this tree.' : runs.map(runTable).join('\n\n')],
    ['Not met', unmet.length === 0 ? '' : list(unmet.map((one) => `${code(one.id)}: wanted ${plainText(one.wanted)}; measured ${plainText(one.measured)}`))],
    ['Wrong implementations tried on the oracle', list(line.decoys.map(decoyLine))],
    ['Not measured', list(notMeasured(session).map(plainText))],
    ['Claims of the model', list(session.claims.map((claim) => `turn ${claim.turn}, **${claim.support}**: “${plainText(claim.text)}” (${plainText(claim.because)})`))],
    ['Review', line.reviewed || line.findings.length > 0 ? list(line.findings.map(findingLine)) : 'There was no review.'],
  ];
}

function workSections({ line, rewinds, ...session }: Session): Sections {
  const yours = usersPaths({ line, rewinds, ...session });
  return [
    ['Changes outside of what was agreed', flagLines(line.flags)],
    ['Rewinds', list(rewinds.map(rewindLine))],
    ["The user's own changes in the measured tree", list(yours.map(code))],
    ["What commands did where the user's own changes stayed", list(session.withheld.map(({ path, why, blob }) => `${code(path)}: ${plainText(why)}${blob === undefined ? '' : `; kept in the checkpoint store as ${code(blob.oid)}`}`))],
    ['Boundaries', line.boundaries.length === 0 ? 'None was crossed.' : table(['Boundary', 'Change', 'Tree', 'Commit'], line.boundaries.map((one) => [tableCode(one.id), changeText(one.change), evictedAt({ line, rewinds, ...session }, one) === undefined ? tableCode(one.tree) : `${tableCode(one.tree)} (removed to make room)`, tableCode(one.commit)]))],
  ];
}

/** Those that are open come first. */
function flagLines(flags: readonly Flag[]): string {
  const [open, settled] = [flags.filter((flag) => flag.outcome === undefined), flags.filter((flag) => flag.outcome !== undefined)];
  return firstOf([...open, ...settled], (flag) => `${code(flag.path)}, ${flag.standing}, by ${code(flag.cause)}: **${flag.outcome ?? 'open'}**`);
}

/** A mark is for exactly the change that a person looked at: what changed since has none. */
function lookedAt(session: Session, hunks: readonly ListedHunk[] = []): Sections {
  const open = hunks.filter((hunk) => !isReviewed(session, hunk));
  const done = hunks.length - open.length;
  const rest = open.length === 0 ? '' : `\n\nNot looked at:\n\n${firstOf(open, ({ path, line, added, removed }) => `${code(`${path}:${line}`)}, +${added} −${removed}`)}`;
  return [['Marked as reviewed by a person', hunks.length === 0 ? '' : done === 0 ? `None of ${count(hunks.length, 'hunk')}.` : `${done} of ${count(hunks.length, 'hunk')}.${rest}`]];
}

function agreementSections({ contract: { roots = [] }, contractFile, contractHash, locked, amended, amendments, answers }: Session): Sections {
  return [
    ['Folders', roots.length === 0 ? '' : `The workspace folder and ${roots.map(code).join(', ')}; ids of their contents are joined by \`+\`, in this order.`],
    ['Contract', `${code(contractFile)}, SHA-256 ${code(contractHash)}, ${locked ? 'locked' : 'not locked'}${amended ? ', amended after it had been locked' : ''}.`],
    ['Amendments', list(amendments.map((one) => `${code(one.id)} **${one.decided ?? 'open'}**: ${code(one.change)} (${plainText(one.why)})`))],
    ['Gates', list(answers.map(gateLine))],
  ];
}

const answeredBy = { 'person': 'by a person', 'approve-flag': 'by --approve on the command line', 'auto': 'by the contract' } as const;

function gateLine(gate: AnsweredGate): string {
  const { phase, kind, question, answer, by } = gate;
  const named = approvedIds(gate, answer).filter((id) => id !== gate.id);
  const ids = named.length === 0 ? '' : `, with ${someNamed(named, code)}`;
  const note = answer.kind === 'send-back' && answer.note !== '' ? `: “${plainText(answer.note)}”` : '';
  return `${phase}${kind === 'phase' ? '' : ` (${kind})`}: ${plainText(question)} **${answer.kind}** ${answeredBy[by]}${ids}${note}`;
}

function machineSections(session: Session, verdict: Reached): Sections {
  const { contract, endpoint, sandbox, line, spent } = session;
  const environment = (decisiveRuns(line, verdict.tree).at(-1) ?? line.runs.at(-1))?.environment ?? [];
  const warning = sandboxWarning(session);
  const who = endpoint.servedBy === undefined ? 'the service' : `**${plainText(endpoint.servedBy)}**, not a model of the vendor,`;
  const { budget } = contract;
  return [
    ['Machine', list([
      warning === undefined ? `Sandbox: ${plainText(sandboxWords(sandbox))}` : plainText(warning),
      `Answers of ${who} at ${code(endpoint.url)}, asked for the model ${code(contract.model.main)}`, ...environment.map((record) => `${code(record.command)}: ${code(record.output) || 'no output'}`),
    ])],
    ['Used', list([
      `${duration(session.active)} of active time, of ${duration(budget.timeMs)}`, `cost: ${plainText(cost(session))}, of ${plainText(dollars(budget.costUsd))}`, `${count(spent.turns, 'turn')}, of ${budget.turns}`,
      `${count(line.uses.base.files, 'file')} and ${count(line.uses.base.lines, 'line')} of the diff budget of ${contract.diff.files} and ${contract.diff.lines}`,
      ...Object.entries(session.stores).map(([root, { bytes, limit }]) => `checkpoints of ${root === '' ? 'this repository' : code(root)}: ${bytesText(bytes)}, of ${bytesText(limit)}`),
      `${count(session.decisionsByPerson, 'decision')} by a person, ${count(session.attempts, 'attempt')}`,
    ])],
    ['How to check this', `${code(`bounded trace ${session.id}`)} verifies the chain of the trace; ${code(`bounded verify ${session.contractFile}`)} measures the work tree again.`],
  ];
}
