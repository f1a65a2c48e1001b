import type { ChangeSize } from '../changes.ts';
import type { SurfaceDelta } from '../facts.ts';
import type { Session, SandboxState } from '../session.ts';

/** A duration as people read it: `38 s`, `4 min`, `1 h 52`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

/** A count with its noun: `1 file`, `3 files`. */
export function count(number: number, noun: string, several = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : several}`;
}

/** A size as people read it: `812 B`, `3.4 MiB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return power === 0 ? `${bytes} B` : `${Number((bytes / 1024 ** power).toFixed(1))} ${['', 'K', 'M', 'G', 'T'][power]}iB`;
}

export function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

/** What was spent; requests without a known price are named, never counted as nothing. */
export function cost(session: Session): string {
  const { usd, unpriced, assumedUsd } = session.spent;
  if (unpriced === 0) return dollars(usd);
  return usd === 0 ? `price unknown, counted as ${dollars(assumedUsd)}` : `${dollars(usd)} + ${unpriced} unpriced, counted as ${dollars(assumedUsd)}`;
}

/** `3 files +12 −4`. */
export function changeText(change: ChangeSize): string {
  return change.files === 0 ? 'nothing' : `${count(change.files, 'file')} +${change.added} −${change.removed}`;
}

/** The exported names that a clean-up added and removed. */
export function surfaceText({ exportsAdded, exportsRemoved }: SurfaceDelta): string {
  if (exportsAdded.length === 0 && exportsRemoved.length === 0) return 'no exported name added or removed';
  return `+${exportsAdded.length} −${exportsRemoved.length} exported names`;
}

const longestTitle = 160;

/** The first sentence of the task, on one line. */
export function titleOf(session: Session): string {
  const text = session.contract.task.trim().replace(/\s+/g, ' ');
  const sentence = /^.+?[.!?](?= |$)/u.exec(text)?.[0].replace(/\.$/, '') ?? text;
  return sentence.length <= longestTitle ? sentence : `${sentence.slice(0, sentence.lastIndexOf(' ', longestTitle)).trimEnd()} …`;
}

/** Which sandbox works, and where commands write in it. */
export const sandboxWords = ({ kind, detail, beside }: SandboxState): string => `${kind}, ${detail}${beside === true ? '; commands write beside the work tree' : ''}`;

/** The sentence that side view, evidence and start gate use where no sandbox works. */
export function sandboxWarning(session: Session): string | undefined {
  if (session.contract.commands.sandbox === 'off') return 'The contract switches the sandbox off: a command or check that runs code of the workspace has your full rights.';
  if (session.sandbox.kind !== 'none') return undefined;
  return `No sandbox works here (${session.sandbox.detail}): a command or check that runs code of the workspace has your full rights.`;
}

/** Globs of the contract that match no file, in a sentence; undefined where there is none. */
export function unmatchedWarning(globs: readonly string[] = []): string | undefined {
  if (globs.length === 0) return undefined;
  return `No file matches ${globs.join(', ')}: if that is not where files are to be created, stop and correct the scope of the contract.`;
}
