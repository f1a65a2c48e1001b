import type { Check } from '../../contract/contract.ts';
import { exact } from '../../oracle/conditions.ts';
import type { CellResult } from '../../oracle/result.ts';
import type { Session } from '../session.ts';
import type { Scale } from '../view.ts';
import { type Measured, measuredIn, short } from './cells.ts';

type Mark = Scale['marks'][number];
interface Point extends Pick<Mark, 'kind' | 'text'> {
  readonly value: number;
  readonly words: string;
}

/** Room on both sides of the outermost marks, in powers of ten. */
const margin = 0.7;

/**
 * How sharp a check is: the smallest value that was ever measured, the threshold, and how near a wrong implementation
 * came, on a logarithmic axis. For the upper threshold that the last run came nearest to; other conditions have no scale.
 */
export function scaleOf(session: Session, check: Check, cells: readonly CellResult[]): Scale | undefined {
  const worst = cells.flatMap((cell) => measuredIn(check, cell)).filter(hasScale).toSorted((a, b) => Number(a.met) - Number(b.met) || b.share - a.share)[0];
  if (worst === undefined) return undefined;
  const limit = worst.condition.value;
  return drawn([...noise(session, check, worst), { kind: 'limit', value: limit, text: `≤ ${exact(limit)}`, words: `threshold ${exact(limit)}` }, ...decoy(session, check, limit)], worst.name);
}

/** One of the conditions that a scale can show: at most a positive number. */
function hasScale(one: Measured): boolean {
  return one.condition.kind === 'at-most' && one.condition.value > 0;
}

/** Smallest value over all runs of the cells that have the same threshold; 0 cannot be drawn. */
function noise(session: Session, check: Check, { name, condition }: Measured): readonly Point[] {
  const cells = session.line.runs.flatMap((run) => run.cells).filter((cell) => cell.check === check.id);
  const values = cells.flatMap((cell) => measuredIn(check, cell)).filter((one) => one.name === name && one.condition.value === condition.value && one.met).flatMap(({ value }) => (value !== null && value > 0 ? [value] : []));
  const least = Math.min(...values);
  return Number.isFinite(least) ? [{ kind: 'noise', value: least, text: `noise ${short(least)}`, words: `smallest measured value ${short(least)}` }] : [];
}

/** A decoy's distance is known as a multiple of the threshold that caught it, whichever of the check's thresholds that was. */
function decoy(session: Session, check: Check, limit: number): readonly Point[] {
  const shares = session.line.decoys.filter((one) => one.result === 'caught' && isOf(check, one.detail)).flatMap(({ nearest }) => (nearest === undefined || nearest <= 0 ? [] : [nearest]));
  const least = Math.min(...shares);
  const times = exact(Number(least.toPrecision(2)));
  return Number.isFinite(least) ? [{ kind: 'decoy', value: least * limit, text: `decoy ${times} ×`, words: `nearest wrong implementation at ${times} times its threshold` }] : [];
}

/** The outcome of a decoy names the cell that came nearest. */
function isOf(check: Check, detail: string | undefined): boolean {
  const nearest = `nearest: ${check.id}`;
  return detail !== undefined && (detail.startsWith(`${nearest}[`) || detail.startsWith(`${nearest} `));
}

function drawn(points: readonly Point[], name: string): Scale {
  const logs = points.map((point) => Math.log10(point.value));
  const [low, high] = [Math.min(...logs) - margin, Math.max(...logs) + margin];
  return {
    label: `${name}: ${points.map((point) => point.words).join(', ')}`,
    marks: points.map(({ kind, text }, index) => ({ kind, text, at: Math.round((100 * ((logs[index] ?? 0) - low)) / (high - low)) })),
  };
}
