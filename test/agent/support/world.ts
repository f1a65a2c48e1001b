import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Ports, RestoreItem, RestoreOutcome, Signal } from '../../../src/agent/ports.ts';
import type { Blob, FileDiff, Hunk, Path, TreeId } from '../../../src/core/session/changes.ts';
import type { Entry, SessionEvent } from '../../../src/core/session/events.ts';
import type { OracleRun } from '../../../src/core/oracle/result.ts';
import type { Gate, Session } from '../../../src/core/session/session.ts';
import { openConversation } from '../../../src/core/session/line.ts';
import { contractOf, Story } from '../../core/session/support/journal.ts';
import { base, boundary, phase } from '../../core/session/support/events.ts';

const contractText = `task: Anything.
scope:
  change: [src/**]
oracle:
  checks:
    - { id: same, run: node same.mjs, metrics: { error: { at-most: 1 } } }
on-stray: flag
budget: { repairs: 1 }
phases: [explore, baseline, minimal-hook, production-shape, review]
`;

const first: Readonly<Record<Path, string>> = { 'src/a': 'a', 'src/b': 'b', 'docs/c': 'c' };
const mode = '100644' as const;
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const treeOf = (files: ReadonlyMap<Path, string>): TreeId => JSON.stringify([...files].toSorted());
const filesOf = (tree: TreeId): Map<Path, string> => new Map(JSON.parse(tree) as [Path, string][]);
const blobOf = (text: string | undefined): Blob | undefined => (text === undefined ? undefined : { oid: text, mode });
const textOf = (blob: Blob | null | undefined): string | undefined => blob?.oid;

/** How many turns of the event loop each port takes to answer, one after the other and then from the beginning. */
export type Delays = readonly number[];

/** The call of journal or work tree that fails, once: of a disk that is full, or for no reason that anybody knows. */
export interface Fault {
  readonly at: number;
  readonly code: 'ENOSPC' | 'UNKNOWN';
}

/**
 * A session in minimal-hook with a work tree, a journal, a model and an oracle in memory. Each file is one line, so that whatever two have changed is a conflict.
 * Nothing takes time but turns of the event loop, so the same delays give the same story.
 */
export class World {
  readonly files = new Map(Object.entries(first));
  readonly session: Session;
  readonly events: SessionEvent[] = [];
  readonly ports: Ports;
  /** The session as it is now, for the model. */
  now: () => Session;
  readonly #delays: Delays;
  #asked = 0;
  #calls = 0;
  #ids = 0;
  #commands = 0;
  #contractHash = 'c0ffee';

  fault: Fault | undefined;
  /** Whether the door answers the first question, the second one, …; those behind them it leaves to acts. */
  readonly #door: readonly boolean[];
  #questions = 0;

  constructor(delays: Delays, fault?: Fault, door: readonly boolean[] = []) {
    [this.#delays, this.fault, this.#door] = [delays, fault, door];
    const tree = treeOf(this.files);
    const begun: SessionEvent = base.type === 'base/taken' ? { ...base, base: { ...base.base, tree, dirty: [], notCovered: [] } } : base;
    this.session = new Story(contractOf(contractText), { contractText }).tell(begun, phase('explore'), { type: 'contract/locked', hash: 'c0ffee' }, boundary('explore', tree), phase('baseline'), boundary('baseline', tree), phase('minimal-hook')).session;
    this.now = () => this.session;
    this.ports = this.#ports();
  }

  /** The next call of journal or work tree fails. */
  failNext(code: Fault['code']): void {
    this.fault = { at: this.#calls + 1, code };
  }

  /** Lets others have their turn, as often as is this call's lot. */
  async #wait(signal?: Signal): Promise<void> {
    const turns = this.#delays[this.#asked++ % this.#delays.length] ?? 0;
    for (let turn = 0; turn < turns && signal?.aborted !== true; turn++) await setImmediate();
  }

  /** Of journal and work tree. */
  async #disk(): Promise<void> {
    await this.#wait();
    if ((this.#calls += 1) === this.fault?.at) throw Object.assign(new Error('played'), { code: this.fault.code });
  }

  #ports(): Ports {
    const played = <T>(part: object): T => part as T;
    return {
      rooms: [], artifacts: played({ put: async () => 'a' }),
      clock: { now: () => 0, monotonic: () => 0, sleep: (_ms, signal) => this.#wait(signal), rest: async () => undefined, random: () => 0.5, id: () => `i${(this.#ids += 1)}`, sha256: digest },
      user: { answer: (gate) => this.#answer(gate), unsaved: () => [], takeSaved: () => [], diagnostics: async () => undefined },
      journal: { append: (at, active, event) => this.#append(at, active, event) },
      model: played({ send: (_request: unknown, _progress: unknown, signal: Signal) => this.#send(signal) }),
      oracle: played({ run: (request: { id: string; purpose: OracleRun['purpose']; tree: TreeId }, _progress: unknown, signal: Signal) => this.#measure(request, signal), runCommand: async () => ({ kind: 'exit', exit: 0, output: '' }) }),
      shell: played({ lastRun: async () => undefined, written: async () => undefined, discard: async () => undefined, run: (request: { command: string }, _progress: unknown, signal: Signal) => this.#command(request.command, signal) }),
      keeper: played({ keep: async () => (await this.#wait(), { ok: true, detail: 'kept', branches: [] }), drop: async () => ({ ok: true, detail: 'dropped' }) }),
      workspace: this.#workspace(),
    };
  }

  /** By the gate's own id, as a person at a terminal does who was told it. */
  async #answer({ id }: Gate): ReturnType<Ports['user']['answer']> {
    if (this.#door[this.#questions++] !== true) return new Promise(() => undefined);
    await this.#wait();
    return { answer: { kind: 'approve', ids: [id] }, by: 'approve-flag' };
  }

  async #append(at: number, active: number, event: SessionEvent): Promise<Entry> {
    await this.#disk();
    this.events.push(event);
    return { v: 1, seq: this.session.seq + this.events.length, prev: '', at, active, event } as Entry;
  }

  /** Two commands, then the end of the phase; one command in four changes what it must not. */
  async #send(signal: Signal): ReturnType<Ports['model']['send']> {
    await this.#wait(signal);
    if (signal.aborted) return { ok: false, fault: { class: 'aborted', message: 'stopped' }, ms: 0 };
    const conversation = openConversation(this.now());
    const id = `t${(this.#ids += 1)}`;
    const call = conversation?.role === 'reviewer' ? { name: 'report_findings', input: { findings: [], summary: 'fine' } }
      : (conversation?.turns ?? 0) % 3 === 2 ? { name: 'complete_phase', input: { summary: 'done' } } : { name: 'bash', input: { command: ['src/a', 'src/b', 'src/a', 'docs/c'][(this.#commands += 1) % 4] } };
    return { ok: true, content: [{ type: 'tool_use', id, ...call }], badCalls: [], stop: 'tool_use', usage: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 }, model: conversation?.model ?? '', ms: 0 };
  }

  async #command(path: string, signal: Signal): Promise<unknown> {
    await this.#wait(signal);
    if (!signal.aborted) this.files.set(path, `s${(this.#ids += 1)}`);
    return { exit: signal.aborted ? null : 0, signal: null, timedOut: false, output: '', bytes: 0, ms: 0 };
  }

  async #measure({ id, purpose, tree }: { id: string; purpose: OracleRun['purpose']; tree: TreeId }, signal: Signal): Promise<OracleRun> {
    await this.#wait(signal);
    const cell = { check: 'same', cell: {}, class: 'pass' as const, metrics: [{ name: 'error', value: 0, wanted: '<= 1', limit: 1, met: true }], exit: 0, ms: 0 };
    return { id, purpose, tree, cells: [cell], environment: [], tampered: [], sandboxed: true, ms: 0 };
  }

  #workspace(): Ports['workspace'] {
    const { files } = this;
    const look = () => ({ tree: treeOf(files), covers: 'everything' as const, notCovered: [], control: {} });
    const own: Partial<Ports['workspace']> = {
      root: '/work', head: async () => ({ commit: 'h0', branch: 'main' }), capture: async () => look(), captureWritten: async () => look(), scratchUse: async () => ({ bytes: 0, files: 0 } as never), dirty: async () => [],
      diff: async (from, to) => diff(filesOf(from), filesOf(to)), hunks: async (diffs) => diffs.map(hunks), countLines: async () => ({ added: 1, removed: 1, binary: false }),
      entries: async (tree, paths) => new Map(paths.flatMap((path) => { const blob = blobOf(filesOf(tree).get(path)); return blob === undefined ? [] : [[path, blob]]; })),
      matching: async () => new Map(), blobText: async (blob) => blob.oid, read: async () => ({ kind: 'missing' }), sweep: async () => undefined, restoreBeside: async () => [],
      restore: (items) => this.#restore(items), revertHunks: async (path, taken) => this.#revert(path, taken), keepText: async (_path, text) => text,
      rehearse: async (path, items) => rehearse(files.get(path), path, items), commit: async () => `k${(this.#ids += 1)}`,
      writeContract: async (_path, text) => void (this.#contractHash = digest(text)), writeReport: async () => undefined, hashOf: async () => this.#contractHash,
    };
    return new Proxy({} as Ports['workspace'], {
      get: (_none, key: keyof Ports['workspace']) => async (...args: never[]) => {
        await this.#disk();
        const method = own[key];
        if (typeof method !== 'function') throw new Error(`the played work tree has no ${key}`);
        return (method as (...args: never[]) => unknown)(...args);
      },
    });
  }

  /** File by file, so that others come in between. */
  async #restore(items: readonly RestoreItem[]): Promise<RestoreOutcome> {
    const [restored, left, now]: [Path[], { path: Path; why: string; conflict: true }[], Map<Path, Blob | null>] = [[], [], new Map()];
    for (const item of items) {
      await this.#wait();
      const is = this.files.get(item.path);
      if (![textOf(item.target), textOf(item.expected)].includes(is)) left.push({ path: item.path, why: 'you changed it', conflict: true });
      else {
        put(this.files, item.path, textOf(item.target));
        restored.push(item.path);
        now.set(item.path, item.target);
      }
    }
    return { restored, merged: [], left, now };
  }

  #revert(path: Path, [hunk]: readonly Hunk[]): Awaited<ReturnType<Ports['workspace']['revertHunks']>> {
    const [before, after] = [hunk?.lines[0]?.slice(1), hunk?.lines[1]?.slice(1)];
    if (before === undefined || this.files.get(path) !== after) return { ok: false, detail: 'its lines have changed since' };
    this.files.set(path, before);
    return { ok: true, now: { oid: before, mode } };
  }
}

function put(files: Map<Path, string>, path: Path, text: string | undefined): void {
  if (text === undefined) files.delete(path);
  else files.set(path, text);
}

function diff(from: ReadonlyMap<Path, string>, to: ReadonlyMap<Path, string>): readonly FileDiff[] {
  return [...new Set([...from.keys(), ...to.keys()])].toSorted().filter((path) => from.get(path) !== to.get(path)).map((path) => {
    const [before, after] = [blobOf(from.get(path)), blobOf(to.get(path))];
    return { path, added: 1, removed: 1, binary: false, ...(before && { before }), ...(after && { after }) };
  });
}

function hunks({ before, after }: Pick<FileDiff, 'before' | 'after'>): readonly Hunk[] {
  return before === undefined || after === undefined ? [] : [{ id: digest(`${before.oid} ${after.oid}`).slice(0, 8), oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: [`-${before.oid}`, `+${after.oid}`] }];
}

function rehearse(is: string | undefined, path: Path, [item]: readonly RestoreItem[]): Awaited<ReturnType<Ports['workspace']['rehearse']>> {
  return { path, does: is === textOf(item?.expected) || is === textOf(item?.target) ? 'back' : 'conflict' };
}
