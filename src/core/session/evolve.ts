import { claimsIn } from '../guard/claims.ts';
import type { TreeId } from './changes.ts';
import type { Entry, SessionEvent } from './events.ts';
import { evolveConversation } from './evolveConversation.ts';
import { evolveLine } from './evolveLine.ts';
import { firstLine, measuredTree, openFlags } from './line.ts';
import type { AnsweredGate, Gate, KeptBranch, Session, StoreState } from './session.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/** What is read of an entry. */
type Told = Pick<Entry, 'seq' | 'at' | 'active' | 'event'> & Partial<Pick<Entry, 'prev'>>;

/** The session after one more entry. Pure: the same entries give the same session on every machine. */
export function evolve(session: Session | undefined, entry: Told): Session {
  const { event } = entry;
  if (event.type === 'session/started') return start(event, entry);
  if (session === undefined) throw new Error(`a journal begins with session/started, not ${event.type}`);
  const counted = { ...session, seq: entry.seq, active: entry.active, ...(entry.prev === undefined ? {} : { chain: { line: entry.seq - 1, hash: entry.prev } }) };
  const next = evolveSession(evolveLine(evolveConversation(counted, event), event, entry), event, entry.at);
  return standingVerdict(goesOn.has(event.type) ? without(next, 'paused') : next);
}

/** The session that a journal tells, or undefined for an empty one. */
export function fold(entries: Iterable<Told>): Session | undefined {
  const work = folding(entries);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** The same, with a stop after each entry: the journal of a long session has tens of thousands. */
export function* folding(entries: Iterable<Told>): Generator<void, Session | undefined> {
  let session: Session | undefined;
  for (const entry of entries) {
    session = evolve(session, entry);
    yield;
  }
  return session;
}

function start(event: Of<'session/started'>, entry: Pick<Entry, 'seq' | 'at' | 'active'>): Session {
  return {
    id: event.session, name: event.name, contractFile: event.contractFile, contract: event.contract, contractText: event.contractText,
    contractHash: event.contractHash, locked: false, workspace: event.workspace, sandbox: event.sandbox, endpoint: event.endpoint,
    startedAt: entry.at, active: entry.active, seq: entry.seq, line: firstLine(event.contract.phases[0], 1), attempts: 1, conversations: {},
    queued: [], decisionsByPerson: 0, answers: [], amendments: [], amended: false, rewinds: [], writes: [],
    spent: { usd: 0, unpriced: 0, assumedUsd: 0, turns: 0, usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } },
    measured: 0, leftRuns: [], calls: [], claims: [], decisions: [], lessons: [], undelivered: [], userChanges: [], maybeMoved: [], withheld: [], reviewed: [], control: {}, stores: {}, evicted: {}, branches: [],
  };
}

/** What an event does to the session beside its line and conversations. */
function evolveSession(session: Session, event: SessionEvent, at: number): Session {
  switch (event.type) {
    case 'base/taken': return seen({ ...session, base: event.base }, event.base.tree);
    case 'session/resumed': return event.sandbox === undefined ? session : { ...session, sandbox: event.sandbox };
    case 'session/paused': return { ...session, paused: event.reason };
    case 'turn/answered': return spend({ ...session, claims: [...session.claims, ...claimsIn(session, event)] }, event.costUsd, event.usage, event.assumedUsd);
    case 'turn/failed': return event.costUsd === null ? session : spend(session, event.costUsd);
    case 'changes/written': return seen({ ...session, writes: [...session.writes, ...event.writes] }, event.tree, event.covers);
    case 'changes/observed': return seen({ ...session, userChanges: [...session.userChanges, ...event.files], maybeMoved: [...session.maybeMoved, ...(event.maybeMoved === undefined ? [] : [event.maybeMoved])] }, event.tree, event.covers);
    case 'changes/withheld': return { ...session, withheld: [...session.withheld, ...event.files] };
    case 'control/seen': return { ...session, control: event.control, head: event.head };
    case 'scratch/measured': return { ...session, scratch: { start: session.scratch?.start ?? event.use, now: event.use } };
    case 'oracle/ran': return confirmed({ ...session, measured: session.measured + 1 }, event.run.tree);
    case 'exit/evaluated': return confirmed(session, event.tree);
    case 'store/measured': return { ...session, stores: { ...session.stores, [event.root ?? '']: measuredStore(event) } };
    case 'checkpoints/evicted': return { ...session, evicted: { ...session.evicted, ...Object.fromEntries(event.boundaries.map(({ commit }) => [commit, at])) } };
    case 'decision/recorded': return { ...session, decisions: [...session.decisions, event.decision] };
    case 'blocker/reported': return { ...session, blocker: { what: event.what, tried: event.tried, needs: event.needs } };
    case 'contract/adopted': return { ...session, leftRuns: [], contract: event.contract, contractText: event.contractText, contractHash: event.contractHash };
    case 'contract/locked': return { ...session, locked: true };
    case 'gate/opened': return open(session, { id: event.gate, kind: event.kind, phase: event.phase, question: event.question, blocking: event.blocking });
    case 'gate/settled': return without(session, 'owed');
    case 'gate/answered': return answer(session, event);
    case 'amendment/proposed': return { ...session, amendments: [...session.amendments, event.amendment] };
    case 'amendment/decided': return amend(session, event);
    case 'note/written': return { ...session, undelivered: [...session.undelivered, `Note from the user: ${event.text}`] };
    case 'hunks/marked': return mark(session, event);
    case 'rewind/begun': return { ...session, rewinding: event.plan };
    case 'rewind/refused': return without(session, 'rewinding');
    case 'rewind/done': return seen(without(session, 'rewinding'), event.rewind.tree);
    case 'rewind/undone': case 'rewind/redone': return seen(without(session, 'rewinding'), event.tree);
    case 'budget/reached': return { ...session, budgetReached: { budget: event.budget, detail: event.detail } };
    case 'verdict/reached': return { ...confirmed(session, event.tree), verdict: { verdict: event.verdict, tree: event.tree, change: event.change, because: event.because } };
    case 'session/ended': return { ...without(without(session, 'gate'), 'owed'), queued: [], end: { end: event.end, detail: event.detail } };
    case 'work/kept': return { ...session, kept: { how: event.how, detail: event.detail }, branches: branchesAfter(session, event) };
    default: return session;
  }
}

function measuredStore({ bytes, limit, next, stuck }: Of<'store/measured'>): StoreState {
  return { bytes, limit, ...(next === undefined ? {} : { next }), ...(stuck === undefined ? {} : { stuck }) };
}

function branchesAfter({ branches }: Session, { how, branches: named = [] }: Of<'work/kept'>): Session['branches'] {
  if (named.length === 0) return branches;
  const isNamed = (branch: KeptBranch): boolean => named.some((one) => one.branch === branch.branch && one.root === branch.root);
  const others = branches.map((kept) => kept.filter((one) => !isNamed(one))).filter((kept) => kept.length > 0);
  return how === 'dropped' ? others : [...others, named];
}

function spend(session: Session, costUsd: number | null, usage?: Session['spent']['usage'], assumedUsd = 0): Session {
  const { spent } = session;
  const total = usage === undefined ? spent.usage : {
    input: spent.usage.input + usage.input, output: spent.usage.output + usage.output,
    cacheRead: spent.usage.cacheRead + usage.cacheRead, cacheWrite: spent.usage.cacheWrite + usage.cacheWrite,
  };
  const turns = spent.turns + (usage === undefined ? 0 : 1);
  return { ...session, spent: { usd: spent.usd + (costUsd ?? 0), unpriced: spent.unpriced + (costUsd === null ? 1 : 0), assumedUsd: spent.assumedUsd + assumedUsd, turns, usage: total } };
}

/** A second matter waits behind the open gate; the same one is not asked twice. */
function open(session: Session, gate: Gate): Session {
  if (session.gate === undefined) return { ...session, gate };
  const asked = [session.gate, ...session.queued].some((one) => one.kind === gate.kind && one.question === gate.question);
  return asked ? session : { ...session, queued: [...session.queued, gate] };
}

/** Whether an answer does more than to let the loop go on. */
function hasEffect({ line }: Session, { kind, blocking, answer: { kind: how } }: AnsweredGate): boolean {
  if (kind === 'amendment') return true;
  const named = new Set(blocking);
  return how === 'approve' && (kind === 'findings' || openFlags(line).some((flag) => named.has(flag.id)));
}

function answer(session: Session, event: Of<'gate/answered'>): Session {
  const byPerson = event.by === 'auto' ? 0 : 1;
  if (session.gate === undefined) return session;
  const answered = { ...session.gate, answer: event.answer, by: event.by };
  const [gate, ...queued] = session.queued;
  const next = {
    ...without(session.gate.kind === 'blocker' ? without(session, 'blocker') : session, 'gate'), queued, decisionsByPerson: session.decisionsByPerson + byPerson, answers: [...session.answers, answered],
    ...(gate === undefined ? {} : { gate }), ...(hasEffect(session, answered) ? { owed: answered } : {}),
  };
  if (event.answer.kind !== 'send-back') return next;
  return { ...next, undelivered: [...next.undelivered, `The user sent this back: ${event.answer.note}`] };
}

function mark(session: Session, { reviewed, hunks }: Of<'hunks/marked'>): Session {
  const others = session.reviewed.filter((one) => !hunks.some((named) => named.path === one.path && named.hunk === one.hunk));
  return { ...session, reviewed: reviewed ? [...others, ...hunks] : others };
}

function amend(session: Session, event: Of<'amendment/decided'>): Session {
  const amendments = session.amendments.map((amendment) =>
    amendment.id === event.amendment ? { ...amendment, decided: event.approved ? 'approved' as const : event.invalid === undefined ? 'rejected' as const : 'invalid' as const } : amendment);
  const told = event.invalid === undefined ? `The user ${event.approved ? 'approved' : 'rejected'} the amendment ${event.amendment}.`
    : `The user approved the amendment ${event.amendment}, but it does not give a valid contract: ${event.invalid}. The contract is as it was; propose it anew.`;
  const next = { ...session, amendments, undelivered: [...session.undelivered, told] };
  if (event.contract === undefined || event.contractText === undefined || event.contractHash === undefined) return next;
  return { ...without(next, 'budgetReached'), leftRuns: [], amended: session.amended || session.locked, contract: event.contract, contractText: event.contractText, contractHash: event.contractHash };
}

/** What the work tree holds now, by a look at everything or at the written paths alone. */
function seen(session: Session, tree: TreeId, covers?: 'written'): Session {
  const { covers: _, ...rest } = session;
  return covers === undefined ? { ...rest, tree } : { ...rest, tree, covers };
}

/** Everything was looked at and was `tree`: where that is what was known, it is no guess any more. */
function confirmed(session: Session, tree: TreeId): Session {
  return session.tree === tree ? seen(session, tree) : session;
}

/** Facts that only a running loop records: the session goes on after a pause. */
const goesOn: ReadonlySet<SessionEvent['type']> = new Set(['session/resumed', 'phase/started', 'conversation/opened', 'turn/requested', 'tool/called', 'oracle/ran', 'gate/opened', 'session/ended']);

/** A verdict names its tree; whatever changes the tree afterwards takes it away, for good. */
function standingVerdict(session: Session): Session {
  const { verdict, tree } = session;
  if (verdict === undefined || tree === undefined || measuredTree(session) === verdict.tree || verdict.because[0] === changedSince) return session;
  return { ...session, verdict: { ...verdict, verdict: 'unverified', because: [changedSince, ...verdict.because] } };
}

const changedSince = 'the work tree was changed after it had been measured';

function without<K extends 'gate' | 'rewinding' | 'owed' | 'paused' | 'blocker' | 'budgetReached'>(session: Session, key: K): Session {
  const copy = { ...session };
  delete copy[key];
  return copy;
}
