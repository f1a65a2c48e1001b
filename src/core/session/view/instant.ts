const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** Milliseconds since the epoch as `2026-11-21 14:03 UTC`: the same text on every machine. */
export function instantText(ms: number): string {
  const { year, month, date } = dateOf(Math.floor(ms / day));
  const time = ms - Math.floor(ms / day) * day;
  return `${year}-${two(month)}-${two(date)} ${two(Math.floor(time / hour))}:${two(Math.floor(time / minute) % 60)} UTC`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Date in the Gregorian calendar of a day since the epoch. Years are taken to begin in March, so that the leap day is the last of its year. */
function dateOf(sinceEpoch: number): { readonly year: number; readonly month: number; readonly date: number } {
  const days = sinceEpoch + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1 };
}
