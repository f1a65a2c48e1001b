/** Who holds a lease, for the message that somebody else gets. */
export interface Holder {
  /** Such as `the editor` or `the terminal`. */
  readonly door: string;
  readonly session?: string;
}

export type LeaseOutcome =
  /** Freed by `release` (which may be called again) or by the death of the process, however it dies. */
  | { readonly release: () => Promise<void> }
  /** In words: door, process id and session as far as the holder says them. */
  | { readonly heldBy: string };

/** What a holder leaves for others to read, as one line of text. */
export function noteOf(holder: Holder): string {
  return JSON.stringify({ ...holder, pid: process.pid });
}

/** A note in words. What it says is shown, never trusted. */
export function describeHolder(note: string): string {
  const fields = parse(note);
  const door = text(fields?.['door']);
  const pid = fields?.['pid'];
  if (door === undefined || typeof pid !== 'number') return 'another process that does not answer; it may be suspended';
  const session = text(fields?.['session']);
  return `${door} (process ${pid}${session === undefined ? '' : `, session ${session}`})`;
}

/** The session that a note names, if it does. */
export function sessionOf(note: string): string | undefined {
  return text(parse(note)?.['session']);
}

function text(value: unknown): string | undefined {
  // Without control characters, which could rewrite the line of a terminal.
  return typeof value === 'string' ? value.replace(/\p{C}/gu, '').slice(0, 80) : undefined;
}

function parse(note: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(note);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // A note that is cut off or not ours says nothing.
    return undefined;
  }
}
