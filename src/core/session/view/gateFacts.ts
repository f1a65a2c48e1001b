import type { Check } from '../../contract/contract.ts';
import { compileGlobs } from '../../guard/globs.ts';
import { regressionChecks } from '../../oracle/before.ts';
import { isGreenCheck } from '../../oracle/evidence.ts';
import type { OracleRun } from '../../oracle/result.ts';
import { baselineRun, lastBoundary, noOpenFlag } from '../line.ts';
import type { Gate, Line, Plan, Session } from '../session.ts';
import type { Card } from '../view.ts';
import { someNamed } from '../someOf.ts';
import { cellState } from './cells.ts';
import { count } from './figures.ts';
import { checkGaps } from './notMeasured.ts';
import { oracleView } from './oracleView.ts';
import { outcomeOf } from './resultView.ts';

type Fact = Card['facts'][number];
type Facts = readonly Fact[];

/** What answers the question of a gate. */
export function gateFacts(session: Session, gate: Gate): Facts {
  switch (gate.kind) {
    case 'phase': return phaseFacts(session, gate);
    case 'amendment': return session.amendments.filter((one) => gate.blocking.includes(one.id)).map((one) => ({ name: 'Change', value: one.change.trim(), code: true }));
    case 'blocker': return session.blocker === undefined ? [] : [{ name: 'Said', value: session.blocker.what }, { name: 'Tried', value: session.blocker.tried }, { name: 'Needs', value: session.blocker.needs }];
    case 'findings': return findingFacts(session.line).filter((fact) => gate.blocking.includes(fact.name));
    case 'repairs': case 'no-progress': return unmetFacts(session.line);
    case 'budget': return [{ name: 'Used', value: `${count(session.line.phaseTurns, 'turn')} in ${gate.phase}` }];
    case 'unsandboxed': return [{ name: 'Sandbox', value: session.sandbox.detail }];
    case 'stray': case 'head-moved': case 'tampered': return openIds(session, gate);
  }
}

function phaseFacts(session: Session, { phase }: Gate): Facts {
  switch (phase) {
    case 'explore': return exploreFacts(session);
    case 'baseline': return unmetFacts(session.line);
    case 'oracle-only': return oracleFacts(session);
    case 'minimal-hook': return [...measuredFacts(session), ...strayFacts(session.line)];
    case 'production-shape': return [...surfaceFacts(session), ...measuredFacts(session), ...strayFacts(session.line)];
    case 'review': return session.line.findings.length === 0 ? [{ name: 'Findings', value: 'none reported, in a fresh context' }] : findingFacts(session.line);
  }
}

function exploreFacts(session: Session): Facts {
  const { plan } = session.line;
  const done = session.calls.filter((call) => call.outcome === 'done');
  const files = new Set(done.filter((call) => call.tool === 'read').map((call) => call.title)).size;
  const helpers = done.filter((call) => call.tool === 'explore').length;
  return [
    { name: 'Hook', value: plan?.integration_point ?? 'no plan was submitted', code: plan !== undefined },
    { name: 'Read', value: `${count(files, 'file')}${helpers > 0 ? `, ${count(helpers, 'helper')}` : ''}` },
    ...(plan === undefined ? [] : [{ name: 'Changes', value: plan.files_to_change.join(', '), code: true }, { name: 'Asks for', value: asksFor(session, plan) }]),
  ];
}

/** What a plan wants that the contract does not give; it gets it by an amendment only. */
function asksFor({ contract: { scope }, amendments }: Session, plan: Plan): string {
  const given = compileGlobs([...scope.change.map((area) => area.glob), ...scope.oracle]);
  const never = compileGlobs(scope.never);
  // A glob stands for a path that it matches.
  const outside = plan.files_to_change.filter((glob) => {
    const path = glob.replace(/^\/+/, '').replace(/\/$/, '/x').replaceAll('*', 'x');
    return given(path) === undefined || never(path) !== undefined;
  });
  const asked = amendments.filter((one) => one.decided === undefined || one.decided === 'approved').map((one) => `${one.id} (${one.decided ?? 'open'})`);
  const all = [...(outside.length === 0 ? [] : [`not in the scope: ${outside.join(', ')}`]), ...(asked.length === 0 ? [] : [`amendments: ${asked.join(', ')}`])];
  return all.length === 0 ? 'nothing beyond the contract' : all.join('; ');
}

function oracleFacts(session: Session): Facts {
  const { line, contract: { oracle: { checks } } } = session;
  const red = line.runs.findLast((run) => run.purpose === 'red');
  const cells = red?.cells ?? [];
  const failed = cells.filter((cell) => cell.class === 'fail').length;
  return [
    { name: 'Red now', value: red === undefined ? 'not measured' : `${failed} of ${count(cells.length, 'cell')} before the work` },
    ...guardFacts(session, red), decoyFact(line),
    ...line.decoys.filter((one) => one.result !== 'caught').map((one) => ({ name: one.id, value: `${one.name}, ${one.result ?? 'not run'}: ${one.detail ?? ''}` })),
    { name: 'Not covered', value: checks.length === 0 ? 'everything' : checkGaps(session).join('; ') },
  ];
}

function decoyFact({ decoys }: Line): Fact {
  const counted = decoys.filter((one) => one.result === 'caught' || one.result === 'survived');
  if (counted.length === 0) return { name: 'Decoys', value: 'no wrong implementation was tried' };
  return { name: 'Decoys', value: `${counted.filter((one) => one.result === 'caught').length} of ${counted.length} caught` };
}

/** The checks that guard what worked before, and how they stand in `run`. */
function guardFacts(session: Session, run: OracleRun | undefined): Facts {
  const { checks } = session.contract.oracle;
  const guards = new Set(regressionChecks(checks, baselineRun(session.line)));
  if (guards.size === 0) return [{ name: 'Regression', value: 'no check guards what worked before' }];
  return [{ name: 'Regression', value: checks.filter((check) => guards.has(check.id)).map((check) => `${check.id} ${standing(check, run)}`).join(', ') }];
}

function standing(check: Check, run: OracleRun | undefined): string {
  const cells = run?.cells.filter((cell) => cell.check === check.id) ?? [];
  if (run === undefined || cells.length === 0) return 'not measured';
  const tests = cells.flatMap((cell) => (cell.tests === undefined ? [] : [`${cell.tests.passed} of ${count(cell.tests.total, 'test')}`]));
  return [isGreenCheck(check, run) ? 'green' : 'not green', ...tests].join(', ');
}

/** Regression checks, figures, and whether a second run agreed. */
function measuredFacts(session: Session): Facts {
  const { line, contract: { oracle: { checks } } } = session;
  const run = line.runs.findLast((one) => one.purpose === 'confirm' || one.purpose === 'boundary');
  if (run === undefined) return [{ name: 'Oracle', value: 'not measured in this phase' }];
  const due = checks.filter((check) => run.cells.some((cell) => cell.check === check.id));
  const green = run.cells.filter((cell) => due.some((check) => check.id === cell.check && cellState(check, cell) === 'pass')).length;
  const confirmed = run.purpose === 'confirm' && due.length > 0 && due.every((check) => isGreenCheck(check, run));
  const guards = regressionChecks(checks, baselineRun(line));
  const figures = oracleView(session).checks.filter((one) => !guards.includes(one.id) && one.state !== 'not-run').map((one) => ({ name: one.id, value: one.summary }));
  return [...guardFacts(session, run), { name: 'Oracle', value: `${green} of ${count(run.cells.length, 'cell')} green${confirmed ? ', confirmed by a second run' : ''}` }, ...figures, changeFact(line)];
}

function changeFact({ uses }: Line): Fact {
  return { name: 'Changed', value: `${count(uses.base.files, 'file')}, ${count(uses.base.lines, 'line')}; in this phase ${count(uses.phase.files, 'file')}, ${count(uses.phase.lines, 'line')}` };
}

function surfaceFacts({ line }: Session): Facts {
  const against = lastBoundary(line)?.id ?? 'the base';
  const names = line.exit?.conditions.find((one) => one.id === 'surface')?.measured;
  return [...(names === undefined ? [] : [{ name: 'Surface', value: `${names}, against ${against}` }])];
}

function strayFacts({ flags }: Line): Facts {
  if (flags.length === 0) return [{ name: 'Strays', value: 'none' }];
  return [{ name: 'Strays', value: someNamed(flags, (flag) => `${flag.path} (${flag.standing}, ${flag.outcome ?? 'open'})`) }];
}

function findingFacts({ findings }: Line): Facts {
  return findings.map((finding) => ({ name: finding.id, value: `${finding.claim} · ${finding.severity}, ${outcomeOf(finding)}${finding.detail === undefined ? '' : `: ${finding.detail}`}` }));
}

/** What of a phase's end does not hold, apart from flags, which have rows of their own. */
function unmetFacts({ exit }: Line): Facts {
  return (exit?.conditions ?? []).filter((one) => !one.holds && one.id !== noOpenFlag).map((one) => ({ name: one.id, value: `${one.measured}; wanted ${one.wanted}` }));
}

/** What an approval names, apart from flags, which have rows of their own. */
function openIds({ line }: Session, gate: Gate): Facts {
  const flagged = new Set(line.flags.map((flag) => flag.id));
  return gate.blocking.filter((id) => id !== gate.id && !flagged.has(id)).map((id) => ({ name: 'Open', value: id, code: true }));
}
