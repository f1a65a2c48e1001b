import { open, type FileHandle } from 'node:fs/promises';
import { fileLines } from './fileLines.ts';
import { readLine, type LineReading } from './line.ts';

/** What the two ends of a journal tell. */
export interface Peek {
  readonly name?: string;
  /** Real path of the folder that the session works in. */
  readonly workspace?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  /** Why the journal cannot be what was written, in words. */
  readonly damage?: string;
}

const newline = 0x0a;

/** Looks at the first and the last record of a journal, however large it is. Rejects when the file cannot be read. */
export async function peekJournal(trace: string): Promise<Peek> {
  const first = await firstRecord(trace);
  if (first === undefined) return { damage: 'its journal is empty' };
  if (first.kind !== 'entry') return { damage: `record 1: ${first.why}` };
  const { at, event } = first.entry;
  if (event.type !== 'session/started') return { damage: `record 1: it is ${event.type}, not session/started` };
  const last = await lastRecord(trace);
  return { name: event.name, workspace: event.workspace, startedAt: at, ...(last.kind !== 'entry' && { damage: `the last record: ${last.why}` }) };
}

async function firstRecord(trace: string): Promise<LineReading | undefined> {
  for await (const line of fileLines(trace)) return line.terminated ? readLine(line.bytes) : cutOff;
  return undefined;
}

const cutOff: LineReading = { kind: 'incomplete', why: 'it was cut off' };

async function lastRecord(trace: string): Promise<LineReading> {
  const handle = await open(trace, 'r');
  try {
    const { size } = await handle.stat();
    for (let length = 1 << 16; ; length *= 2) {
      const end = await readEnd(handle, size, Math.min(length, size));
      if (end.at(-1) !== newline) return cutOff;
      const before = end.lastIndexOf(newline, end.length - 2);
      if (before !== -1 || end.length === size) return readLine(end.subarray(before + 1, -1));
    }
  } finally {
    await handle.close();
  }
}

async function readEnd(handle: FileHandle, size: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.subarray(0, bytesRead);
}
