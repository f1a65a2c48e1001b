import type { AppendFile } from '../../../../src/node/journal/appendFile.ts';

/** A failing step: the name of the call and what it does instead. */
export interface Fault {
  readonly call: 'size' | 'read' | 'write' | 'sync' | 'truncate';
  /** Which call of that name fails, counting from 1; later ones work again unless `forever`. */
  readonly nth: number;
  readonly code: string;
  readonly forever?: boolean;
}

/** A real file whose calls fail as the test says, and that takes at most `atOnce` bytes per write. */
export function faultyFile(file: AppendFile, faults: readonly Fault[], atOnce = Infinity): AppendFile {
  const counts = new Map<string, number>();
  const due = (call: Fault['call']): Fault | undefined => {
    const count = (counts.get(call) ?? 0) + 1;
    counts.set(call, count);
    return faults.find((fault) => fault.call === call && (fault.forever === true ? count >= fault.nth : count === fault.nth));
  };
  const step = async <T>(call: Fault['call'], work: () => Promise<T>): Promise<T> => {
    const fault = due(call);
    if (fault !== undefined) throw Object.assign(new Error(`${fault.code}: planted`), { code: fault.code });
    return work();
  };
  return {
    size: () => step('size', () => file.size()),
    read: (start, end) => step('read', () => file.read(start, end)),
    write: (bytes) => step('write', () => file.write(bytes.subarray(0, atOnce))),
    sync: () => step('sync', () => file.sync()),
    truncate: (size) => step('truncate', () => file.truncate(size)),
    close: () => file.close(),
  };
}
