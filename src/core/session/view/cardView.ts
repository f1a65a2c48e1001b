import { regressionChecks } from '../../oracle/before.ts';
import { describeCell, isGreen } from '../../oracle/describe.ts';
import { baselineRun, lastBoundary, openFlags } from '../line.ts';
import type { Flag, Gate, Session } from '../session.ts';
import type { Card, FlagRow } from '../view.ts';

type Fact = Card['facts'][number];

/** At most one card, and only when a person is needed: a gate, open flags, a pause, or the end. */
export function cardView(session: Session, running: boolean): Card | undefined {
  if (session.end !== undefined) return endCard(session);
  if (session.gate !== undefined) return gateCard(session, session.gate);
  if (openFlags(session.line).length > 0) return flagsCard(session);
  if (session.paused !== undefined || !running) return pausedCard(session);
  return undefined;
}

function gateCard(session: Session, gate: Gate): Card {
  const approve = gate.kind === 'phase' && gate.phase === 'explore' ? 'Approve and lock' : gate.kind === 'phase' ? 'Approve' : gate.kind === 'findings' ? 'Accept the findings' : gate.kind === 'amendment' ? 'Amend the contract' : 'Go on';
  const back = gate.kind === 'amendment' ? 'Reject…' : 'Send back…';
  return {
    kind: 'gate', attention: gate.kind !== 'phase', question: gate.question, facts: gateFacts(session, gate), flags: openFlags(session.line).map(flagRow),
    actions: [
      { label: approve, title: gate.kind === 'phase' && gate.phase === 'explore' ? 'Locks the contract and its thresholds by their hash' : 'Opens this gate', intention: { type: 'approve', gate: gate.id, ids: gate.blocking } },
      { label: back, title: 'With a note to the model', intention: { type: 'send-back', gate: gate.id } },
    ],
  };
}

function gateFacts(session: Session, gate: Gate): readonly Fact[] {
  if (gate.kind === 'amendment') return session.amendments.filter((one) => gate.blocking.includes(one.id)).map((one) => ({ name: 'Change', value: one.change.trim(), code: true }));
  if (gate.kind === 'blocker' && session.blocker !== undefined) return [{ name: 'Tried', value: session.blocker.tried }, { name: 'Needs', value: session.blocker.needs }];
  if (gate.kind !== 'phase') return gate.blocking.map((id) => ({ name: 'Open', value: measuredOf(session, id), code: true }));
  switch (gate.phase) {
    case 'explore': return exploreFacts(session);
    case 'oracle-only': return oracleFacts(session);
    case 'review': return session.line.findings.map((finding) => ({ name: finding.id, value: `${finding.claim} · ${finding.outcome ?? 'open'}` }));
    default: return workFacts(session);
  }
}

function measuredOf(session: Session, id: string): string {
  const condition = session.line.exit?.conditions.find((one) => one.id === id || one.waivable === id);
  return condition === undefined ? id : `${id}: ${condition.measured}`;
}

function exploreFacts(session: Session): readonly Fact[] {
  const { plan } = session.line;
  const reads = new Set(session.calls.filter((call) => call.tool === 'read' && call.outcome === 'done').map((call) => call.title)).size;
  const helpers = session.calls.filter((call) => call.tool === 'explore').length;
  return [
    { name: 'Hook', value: plan?.integration_point ?? 'no plan', code: true },
    { name: 'Read', value: `${reads} files${helpers > 0 ? `, ${helpers} helpers` : ''}` },
    { name: 'Change', value: plan?.files_to_change.join(', ') ?? '', code: true },
    { name: 'Asks for', value: session.amendments.length === 0 ? 'nothing beyond the contract' : `${session.amendments.length} amendments` },
  ];
}

function oracleFacts(session: Session): readonly Fact[] {
  const red = session.line.runs.findLast((run) => run.purpose === 'red');
  const { decoys } = session.line;
  return [
    { name: 'Red now', value: `${red?.cells.filter((cell) => cell.class === 'fail').length ?? 0} of ${red?.cells.length ?? 0} cells` },
    { name: 'Decoys', value: decoys.length === 0 ? 'none were tried' : `${decoys.filter((one) => one.result === 'caught').length} of ${decoys.length} caught` },
    ...decoys.filter((one) => one.result !== 'caught').map((one) => ({ name: one.name, value: `${one.result ?? 'not run'}: ${one.detail ?? ''}` })),
  ];
}

function workFacts(session: Session): readonly Fact[] {
  const run = session.line.runs.findLast((one) => one.purpose === 'confirm' || one.purpose === 'boundary');
  const guards = regressionChecks(session.contract.oracle.checks, baselineRun(session.line));
  const surface = lastBoundary(session.line)?.surface;
  return [
    { name: 'Oracle', value: run === undefined ? 'not run' : isGreen(run) ? `green, ${run.cells.length} cells, confirmed` : run.cells.filter((cell) => cell.class !== 'pass').map(describeCell).join('; ') },
    { name: 'Regression', value: guards.length === 0 ? 'no check guards what worked before' : guards.join(', ') },
    { name: 'Changed', value: `${session.line.uses.base.files} files, ${session.line.uses.base.lines} lines` },
    { name: 'Strays', value: session.line.flags.length === 0 ? 'none' : session.line.flags.map((flag) => `${flag.path} (${flag.outcome ?? 'open'})`).join(', ') },
    ...(surface === undefined ? [] : [{ name: 'Surface', value: `+${surface.exportsAdded.length} −${surface.exportsRemoved.length} exported names` }]),
  ];
}

function flagsCard(session: Session): Card {
  const flags = openFlags(session.line);
  const [first] = flags;
  const hunk = first?.hunks.length === 1 ? first.hunks[0] : undefined;
  return {
    kind: 'flags', attention: true, question: flags.length === 1 ? '1 change outside the scope' : `${flags.length} changes outside the scope`, facts: [], flags: flags.map(flagRow),
    actions: first === undefined || flags.length > 1 ? [] : [
      ...(hunk === undefined ? [] : [{ label: 'Rewind hunk', title: 'Undoes this change and nothing else', intention: { type: 'rewind-hunk' as const, flag: first.id, hunk: hunk.id } }]),
      { label: 'Rewind file', title: `Brings ${first.path} back to what it was before`, intention: { type: 'rewind-file', flag: first.id } },
      { label: 'Allow…', title: 'Amends the contract so that this file may change', intention: { type: 'allow-flag', flag: first.id } },
    ],
  };
}

export function flagRow(flag: Flag): FlagRow {
  const hunks = flag.hunks.map((hunk) => ({ id: hunk.id, line: hunk.newStart, added: hunk.lines.filter((line) => line.startsWith('+')).length, removed: hunk.lines.filter((line) => line.startsWith('-')).length }));
  return {
    id: flag.id, path: flag.path, line: flag.hunks[0]?.newStart ?? 1, added: flag.write.added, removed: flag.write.removed, standing: flag.standing, cause: flag.cause,
    ...(flag.outcome === undefined ? { ...(hunks.length > 0 ? { hunks } : {}) } : { outcome: flag.outcome }),
  };
}

function pausedCard(session: Session): Card {
  return {
    kind: 'paused', attention: false, question: session.paused === undefined ? 'The session was interrupted' : `Paused: ${session.paused}`,
    facts: [{ name: 'Kept', value: 'everything up to the last fact in the trace' }], flags: openFlags(session.line).map(flagRow),
    actions: [{ label: 'Continue', title: 'Goes on where the trace ends', intention: { type: 'continue' } }],
  };
}

function endCard(session: Session): Card {
  const change = session.verdict?.change;
  const kept = session.kept === undefined ? [] : [{ name: 'Kept', value: session.kept.detail }];
  return {
    kind: 'end', attention: session.end?.end === 'error', question: session.end?.end === 'error' ? `The session ended by an error: ${session.end.detail}` : 'What shall become of the work?', flags: openFlags(session.line).map(flagRow),
    facts: [
      { name: 'Changed', value: change === undefined ? 'unknown' : `${change.files} files +${change.added} −${change.removed}` },
      ...(session.userChanges.length === 0 ? [] : [{ name: 'Yours', value: [...new Set(session.userChanges.map((diff) => diff.path))].join(', ') }]), ...kept,
    ],
    actions: [
      { label: 'Keep as branch', title: 'Creates a branch in your repository with one commit per boundary; HEAD, index and work tree stay as they are', intention: { type: 'keep', how: 'branch' } },
      { label: 'Leave in my work tree', title: 'The changes stay as uncommitted work; git is not touched', intention: { type: 'keep', how: 'leave' } },
      { label: 'Export a patch', title: 'Writes a patch file beside the evidence; git is not touched', intention: { type: 'keep', how: 'patch' } },
      { label: 'Undo everything', title: 'Brings every file of the session back to the base; your own later changes stay', intention: { type: 'keep', how: 'undo' } },
    ],
  };
}
