/** A text that was understood, or why it was not. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export const expectedDuration = 'a duration with its unit, such as `90s`, `20m`, `7h` or `1h30m`';
export const expectedMoney = 'an amount in US dollars, such as `20 USD`';
export const expectedPercent = 'a percentage, such as `5%`';
export const expectedInstant = 'an instant with its offset from UTC, such as `2031-05-01T18:00:00Z` or `2031-05-01T18:00:00+02:00`';

/** Timers of the platform fire at once beyond 2^31 milliseconds, which is a little more than 24 days. */
const longestMs = 20 * 24 * 3_600_000;

/** Milliseconds of `90s`, `20m`, `1.5h`, `1h30m`; more than zero and at most 20 days. */
export function parseDuration(text: string): Parsed<number> {
  const single = /^(\d{1,9}(?:\.\d{1,3})?) ?([smh])$/.exec(text);
  const joined = /^(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/.exec(text);
  if (single === null && (joined === null || text === '')) return { ok: false, why: `\`${text}\` is not a duration` };
  const ms = single !== null
    ? Number(single[1]) * (single[2] === 'h' ? 3_600_000 : single[2] === 'm' ? 60_000 : 1000)
    : Number(joined?.[1] ?? 0) * 3_600_000 + Number(joined?.[2] ?? 0) * 60_000 + Number(joined?.[3] ?? 0) * 1000;
  if (ms < 1) return { ok: false, why: 'a duration must be longer than zero' };
  if (ms > longestMs) return { ok: false, why: `\`${text}\` is longer than 20 days (480h)` };
  return { ok: true, value: Math.round(ms) };
}

/** US dollars of `20 USD`; more than zero. */
export function parseMoney(text: string): Parsed<number> {
  const match = /^(\d{1,9}(?:\.\d{1,4})?) ?([A-Z]{3})$/.exec(text);
  if (match === null) return { ok: false, why: `\`${text}\` is not an amount of money` };
  if (match[2] !== 'USD') return { ok: false, why: `the currency ${match[2] ?? ''} is not known: prices of models are in USD` };
  const usd = Number(match[1]);
  return usd > 0 ? { ok: true, value: usd } : { ok: false, why: 'an amount must be more than zero' };
}

/** The fraction of `5%` (0.05); zero or more. */
export function parsePercent(text: string): Parsed<number> {
  const match = /^(\d{1,6}(?:\.\d{1,9})?) ?%$/.exec(text);
  return match === null ? { ok: false, why: `\`${text}\` is not a percentage` } : { ok: true, value: Number(match[1]) / 100 };
}

/** Milliseconds since the epoch of an RFC 3339 instant. The offset is required: a contract must mean the same on every machine. */
export function parseInstant(text: string): Parsed<number> {
  const match = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2}))? ?(?:[Zz]|([+-])(\d{2}):?(\d{2}))$/.exec(text);
  if (match === null) return { ok: false, why: `\`${text}\` is not an instant with its offset from UTC` };
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) => Number(match[group] ?? 0)) as [number, number, number, number, number, number];
  const [offsetHour, offsetMinute] = [Number(match[8] ?? 0), Number(match[9] ?? 0)];
  const inRange = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
    && hour < 24 && minute < 60 && second < 60 && offsetHour < 24 && offsetMinute < 60;
  if (!inRange) return { ok: false, why: `\`${text}\` is no date and time that exists` };
  const offset = (offsetHour * 60 + offsetMinute) * (match[7] === '-' ? -1 : 1);
  return { ok: true, value: ((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 };
}

function daysIn(year: number, month: number): number {
  return month === 12 ? 31 : daysSinceEpoch(year, month + 1, 1) - daysSinceEpoch(year, month, 1);
}

/** Days from 1970-01-01 in the Gregorian calendar. Years are taken to begin in March, so that the leap day is the last of its year. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return marchYear * 365 + Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400) + dayOfYear - 719_468;
}
