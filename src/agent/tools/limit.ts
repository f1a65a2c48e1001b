import type { Artifacts } from '../ports.ts';

/** Characters of a tool result that the model sees; the rest is kept as an artifact. */
export const resultLimit = 30_000;

/** Keeps head and tail of a long text and says where the whole is. Cut once, when it is made: what is sent never changes. */
export async function limited(text: string, artifacts: Artifacts): Promise<{ readonly text: string; readonly artifact?: string }> {
  if (text.length <= resultLimit) return { text };
  const artifact = await artifacts.put(text);
  const half = Math.floor(resultLimit / 2);
  const dropped = text.slice(half, -half);
  const lines = dropped.split('\n').length - 1;
  return { text: `${text.slice(0, half)}\n… ${lines} lines (${dropped.length} characters) left out; the whole is the artifact ${artifact}, see read_artifact …\n${text.slice(-half)}`, artifact };
}

/** Lines `first` to `last` of a text, numbered; long texts without a range are cut at `most` lines, and the answer says so. */
export function numbered(text: string, range: readonly number[] | undefined, most = 2000): { readonly text: string; readonly lines: number } {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const first = Math.max(1, range?.[0] ?? 1);
  const last = Math.min(lines.length, range?.[1] ?? first + most - 1);
  const shown = lines.slice(first - 1, last).map((line, index) => `${String(first + index).padStart(6)}\t${line}`);
  const rest = last < lines.length || first > 1 ? `\n(lines ${first} to ${last} of ${lines.length})` : '';
  return { text: shown.join('\n') + rest, lines: lines.length };
}
