import type { Condition } from '../contract/contract.ts';
import type { MetricResult } from './result.ts';

/** A condition in words, exact, such as `<= 1e-6` or `1405191 ± 5 % (partial ± 10 %)`. */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'at-most': return `<= ${exact(condition.value)}`;
    case 'at-least': return `>= ${exact(condition.value)}`;
    case 'equals': return `= ${exact(condition.value)}`;
    case 'target': return `${exact(condition.value)} ± ${percent(condition.reproduces)} (partial ± ${percent(condition.partial)})`;
  }
}

/** Holds one measured value against its condition. `null` and what is not a finite number never meet one. */
export function measure(name: string, value: number | null, condition: Condition): MetricResult {
  const frame = { name, value, wanted: describeCondition(condition), limit: limitOf(condition, value) };
  if (value === null || !Number.isFinite(value)) return { ...frame, met: false };
  switch (condition.kind) {
    case 'at-most': return { ...frame, met: value <= condition.value };
    case 'at-least': return { ...frame, met: value >= condition.value };
    case 'equals': return { ...frame, met: value === condition.value };
    case 'target': return { ...frame, ...banded(value, condition) };
  }
}

/**
 * How much of its condition a value uses: at most 1 where it is met, more where it is missed, 0 where it could not be
 * better. Infinite where no factor leads from the threshold to the value.
 */
export function shareOf(condition: Condition, value: number): number {
  const { met } = measure('', value, condition);
  switch (condition.kind) {
    case 'at-most': return share(value, condition.value, met);
    case 'at-least': return share(condition.value, value, met);
    case 'equals': return share(0, 0, met);
    case 'target': return share(Math.abs(value - condition.value), condition.partial * Math.abs(condition.value), met);
  }
}

function share(part: number, whole: number, met: boolean): number {
  if (whole > 0) return Math.max(part, 0) / whole;
  return met ? 0 : Number.POSITIVE_INFINITY;
}

type Target = Extract<Condition, { kind: 'target' }>;

/** Bands are relative deviations and include their edges; a target of 0 has no width. */
function banded(value: number, target: Target): Pick<MetricResult, 'met' | 'band'> {
  const deviation = Math.abs(value - target.value);
  const size = Math.abs(target.value);
  if (deviation <= target.reproduces * size) return { met: true, band: 'reproduces' };
  return deviation <= target.partial * size ? { met: true, band: 'partial' } : { met: false };
}

function limitOf(condition: Condition, value: number | null): number {
  if (condition.kind !== 'target') return condition.value;
  const width = condition.partial * Math.abs(condition.value);
  return value !== null && value < condition.value ? condition.value - width : condition.value + width;
}

/** Every digit of a threshold, in the shorter notation. */
export function exact(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e9) ? value.toExponential().replace('e+', 'e') : String(value);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))} %`;
}
