/** A label under the line: `at` in percent, centred there unless it would leave the line, in the first free lane. */
export interface Label {
  readonly text: string;
  readonly at: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly lane: number;
}

// Measured for the narrowest side bar: a character takes about 3.4 % of the line there. In a wider one there is more room.
const percentPerCharacter = 3.4;
const gap = 2;

/** Places labels so that none covers another or leaves the line, in as few lanes as possible from left to right. */
export function layOut(marks: readonly { readonly at: number; readonly text: string }[]): { readonly labels: readonly Label[]; readonly lanes: number } {
  const ends: number[] = [];
  const labels = marks.toSorted((a, b) => a.at - b.at).map(({ at, text }) => {
    const { from, to, ...place } = span(Math.min(100, Math.max(0, at)), Math.min(100, text.length * percentPerCharacter));
    const free = ends.findIndex((end) => end + gap <= from);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = to;
    return { text, lane, ...place };
  });
  return { labels, lanes: Math.max(1, ends.length) };
}

function span(at: number, width: number): { readonly from: number; readonly to: number; readonly at: number; readonly anchor: Label['anchor'] } {
  if (at - width / 2 < 0) return { from: 0, to: width, at: 0, anchor: 'start' };
  if (at + width / 2 > 100) return { from: 100 - width, to: 100, at: 100, anchor: 'end' };
  return { from: at - width / 2, to: at + width / 2, at, anchor: 'middle' };
}
