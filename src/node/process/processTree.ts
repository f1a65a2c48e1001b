import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The processes that one call has started. */
export interface ProcessTree {
  /** Process id, group and session of the first one; not known of a call that another process made. */
  readonly leader?: number;
  /** `NAME=value` that every process of the call has in its environment. */
  readonly marker: string;
}

interface Found {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/** What every process of a call has in its environment. */
export const markerOf = (call: string): string => `BOUNDED_CALL=${call}`;

/** Signals the whole group of the leader; nothing happens where it is gone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // No such group: everything in it has ended.
  }
}

/**
 * Kills what is left of a tree and resolves when nothing of it runs any more, or after `limitMs`. Answers how many
 * processes it found. On Linux also processes in sessions of their own are found, by the marker; a process that both left
 * the group and cleared its environment is not. Elsewhere only the group is reached.
 */
export async function killTree(tree: ProcessTree, limitMs = 2000): Promise<number> {
  const killed = new Set<number>();
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(5)) {
    const members = membersOf(tree);
    if (tree.leader !== undefined) signalGroup(tree.leader, 'SIGKILL');
    if (members.length === 0) break;
    for (const pid of members) {
      killed.add(pid);
      signalOne(pid, 'SIGKILL');
    }
  }
  return killed.size;
}

/** Resolves when the process has ended, reaped or not, or after `limitMs`. */
export async function gone(pid: number, limitMs = 2000): Promise<void> {
  for (const end = performance.now() + limitMs; performance.now() < end && statOf(pid) !== undefined;) await sleep(2);
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended by itself meanwhile, or not ours to end; the next look tells.
  }
}

/** Living processes of the tree: by group, session or marker, and whatever descends from one of these. */
function membersOf({ leader, marker }: ProcessTree): number[] {
  const others = processes().filter((one) => one.pid !== process.pid);
  // Asked once of each: reading what thousands of processes carry takes a while, in which the tree works on.
  const members = new Set(others.filter((one) => one.group === leader || one.session === leader || carries(one.pid, marker)).map(({ pid }) => pid));
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const one of others) if (members.has(one.parent)) members.add(one.pid);
  }
  return [...members];
}

function processes(): Found[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  } catch {
    return [];
  }
}

/** What the system knows of a process, undefined where it has ended. */
function statOf(pid: number): Found | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program stands in brackets and may contain any character, brackets included.
    const [state, parent, group, session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : { pid, parent: Number(parent), group: Number(group), session: Number(session) };
  } catch {
    return undefined;
  }
}

function carries(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(marker);
  } catch {
    // Another user's process, or one that has just ended.
    return false;
  }
}
