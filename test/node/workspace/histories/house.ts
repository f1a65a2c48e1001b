import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answerCall, answerInterrupted } from '../../../../src/agent/call.ts';
import { Controller } from '../../../../src/agent/controller.ts';
import { cross } from '../../../../src/agent/cross.ts';
import { finishRewind } from '../../../../src/agent/rewind/finishRewind.ts';
import { look } from '../../../../src/agent/look.ts';
import type { Ports, RestoreItem } from '../../../../src/agent/ports.ts';
import { ReadLedger } from '../../../../src/agent/readLedger.ts';
import { Recorder } from '../../../../src/agent/recorder.ts';
import type { Run } from '../../../../src/agent/run.ts';
import { takeBase } from '../../../../src/agent/takeBase.ts';
import { readContract } from '../../../../src/core/contract/reader.ts';
import { fold } from '../../../../src/core/session/evolve.ts';
import type { SessionEvent } from '../../../../src/core/session/events.ts';
import { openConversation } from '../../../../src/core/session/line.ts';
import type { Session } from '../../../../src/core/session/session.ts';
import type { Intention } from '../../../../src/core/session/view.ts';
import { createClock } from '../../../../src/node/journal/clock.ts';
import { createJournal, openJournal } from '../../../../src/node/journal/journal.ts';
import type { JournalWriter } from '../../../../src/node/journal/writer.ts';
import type { KeepingWorkspace } from '../../../../src/node/workspace/keepingWorkspace.ts';
import { openWorkspace } from '../../../../src/node/workspace/openWorkspace.ts';
import { makeRepo } from '../../../support/repo.ts';

/** The process ends here, as after kill -9. */
export class Crash extends Error {}

/** After how many records of the journal the process ends, before or after that record; or in the middle of a restore. */
export type CrashPoint = { readonly record: number; readonly kept: boolean } | { readonly restore: number };

const contractText = (onStray: string): string => `task: Histories.
scope:
  change: [src/**]
oracle:
  checks:
    - { id: none, run: node none.mjs, metrics: { error: { at-most: 1 } } }
diff: { files: 500, lines: 500000 }
on-stray: ${onStray}
phases: [explore, baseline, minimal-hook, production-shape, review]
`;

const contractFile = '.bounded/task.bounded.yaml';

/** The files that every history begins with. */
const first: Readonly<Record<string, string>> = {
  'src/a.txt': Array.from({ length: 12 }, (_, index) => `a${index} line\n`).join(''),
  'src/b.txt': Array.from({ length: 8 }, (_, index) => `b${index}\r\n`).join(''),
  'src/deep/c.txt': 'c0\nc1\nc2 without end', 'src/run.sh': '#!/bin/sh\n', 'src/d/e.txt': 'e0\n', 'docs/out.txt': 'o0\no1\no2\n', '.gitignore': 'built/\n', 'built/x.txt': 'x0\n',
};

/** Policy on changes outside of the scope. */
export type OnStray = 'rewind' | 'flag';

/**
 * What the many copies have in common: a repository, and one where a session stands at the beginning of minimal-hook, for each policy on strays.
 * In memory where the system has such a folder: it is the order of things that is tried here, not the disk.
 */
export class Template {
  readonly #base = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'bounded-histories-'));
  #count = 0;

  async make(): Promise<void> {
    const repo = makeRepo(first);
    fs.chmodSync(repo.at('src/run.sh'), 0o755);
    fs.symlinkSync('a.txt', repo.at('src/link'));
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'more');
    fs.rmSync(repo.at('.git/hooks'), { recursive: true });
    this.#copy(repo.outside, 'repository');
    repo.remove();
    for (const onStray of ['rewind', 'flag'] as const) await (await House.open(this.#copy(this.#at('repository'), onStray), onStray)).close();
  }

  copy(of: 'repository' | OnStray): string {
    return this.#copy(this.#at(of), String((this.#count += 1)));
  }

  #at(name: string): string {
    return path.join(this.#base, name);
  }

  #copy(from: string, name: string): string {
    fs.cpSync(from, this.#at(name), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return this.#at(name);
  }

  remove(): void {
    fs.rmSync(this.#base, { recursive: true, force: true });
  }
}

/** One session with everything real but the model, the oracle and the shell. */
export class House {
  readonly root: string;
  readonly store: string;
  readonly trace: string;
  readonly events: SessionEvent[] = [];
  /** What the user does just before a hunk is taken back. */
  beforeHunk: () => void = () => undefined;
  /** What the user does right after files were brought back. */
  afterRestore: () => void = () => undefined;
  #journal: JournalWriter | undefined;
  #recorder!: Recorder;
  #workspace!: KeepingWorkspace;
  #settle: () => Promise<void> = async () => undefined;
  #controller!: Controller;
  #run!: Run;
  #crash: CrashPoint | undefined;
  #records = 0;
  #restores = 0;
  #command: () => void = () => undefined;
  /** What the user saves in an editor while a command runs. */
  saved: string[] = [];
  #ran: { readonly from: number; readonly to: number } | undefined;
  #race: (() => void) | undefined;

  private constructor(folder: string) {
    [this.root, this.store, this.trace] = [path.join(folder, 'work'), path.join(folder, 'store'), path.join(folder, 'trace.jsonl')];
  }

  /** A session that begins. */
  static async open(folder: string, onStray: OnStray): Promise<House> {
    const house = new House(folder);
    const text = contractText(onStray);
    const { contract, problems } = readContract(text);
    if (contract === undefined) throw new Error(JSON.stringify(problems));
    house.#journal = await createJournal(house.trace);
    await house.#furnish(undefined);
    await house.#record({
      type: 'session/started', session: 's1', name: 'task', contractFile, contractText: text, contractHash: 'h', contract, workspace: house.root,
      sandbox: { kind: 'bubblewrap', detail: 'played' }, endpoint: { url: 'http://localhost' }, product: '0',
    });
    await house.#record({ type: 'contract/locked', hash: 'h' });
    await takeBase(house.#run);
    for (const _ of ['explore', 'baseline']) await house.cross();
    return house;
  }

  /** A session that goes on. */
  static async takeUp(folder: string): Promise<House> {
    const house = new House(folder);
    await house.restart();
    return house;
  }

  get session(): Session {
    return this.#recorder.session;
  }

  get workspace(): KeepingWorkspace {
    return this.#workspace;
  }

  /** Looks at the work tree, as the session does between two actions. */
  async look(): Promise<string> {
    return (await look(this.#run)).tree;
  }

  async startPhase(): Promise<void> {
    const { phase, phaseStarted, round } = this.session.line;
    if (phase !== undefined && !phaseStarted) await this.#record({ type: 'phase/started', phase, round });
  }

  /** Ends the running phase by a boundary and begins the next one. */
  async cross(): Promise<void> {
    await this.startPhase();
    const { phase } = this.session.line;
    if (phase === undefined) return;
    await this.#record({ type: 'exit/evaluated', phase, conditions: [], tree: await this.look() });
    await cross(this.#run);
    await this.startPhase();
  }

  /** A command of the model that does `work`. */
  command(work: () => void): Promise<void> {
    this.#command = work;
    return this.#call('bash', { command: 'played' });
  }

  /** A file tool of the model that gives a file this content, having read it. `race`: what the user does at the same moment. */
  async write(file: string, content: string, race?: () => void): Promise<void> {
    const conversation = await this.#conversation();
    const found = await this.#workspace.read(file);
    if (found.kind === 'text') this.#run.reads.note(conversation, file, found.blob.oid);
    this.#race = race;
    await this.#call('write', { file_path: file, content });
    this.#race = undefined;
  }

  act(intention: Intention): ReturnType<Controller['act']> {
    return this.#controller.act(intention);
  }

  hunks(): ReturnType<Controller['hunks']> {
    return this.#controller.hunks();
  }

  get controller(): Controller {
    return this.#controller;
  }

  /** The process will end at this point, in whatever it then does. */
  crashAt(point: CrashPoint): void {
    [this.#crash, this.#records, this.#restores] = [point, 0, 0];
  }

  /** A new process takes the session up and answers a call that was running. */
  async restart(): Promise<void> {
    await this.reopen();
    await finishRewind(this.#run);
    await answerInterrupted(this.#run);
    await this.startPhase();
  }

  /** A new process reads the journal and opens the store. */
  async reopen(): Promise<void> {
    this.#crash = undefined;
    this.#race = undefined;
    await this.close();
    const opened = await openJournal(this.trace);
    if (opened.kind === 'damaged') throw new Error(`the journal is damaged: ${opened.problem.why}`);
    this.#journal = opened.journal;
    await this.#furnish(fold(opened.entries));
    await this.#record({ type: 'session/resumed', door: 'test' });
  }

  /** What the workspace has started ends with its process. */
  async close(): Promise<void> {
    await this.#journal?.close();
    await this.#settle();
  }

  async #furnish(session: Session | undefined): Promise<void> {
    this.#workspace = await openWorkspace({ root: this.root, store: this.store, scratch: [], secret: [], contractFile });
    this.#settle = () => this.#workspace.settled();
    const ports = this.#ports();
    this.#recorder = new Recorder(ports.journal, ports.clock, session);
    this.#recorder.onEntry((_, entry) => this.events.push(entry.event));
    this.#controller = new Controller(ports, this.#recorder, () => new AbortController(), () => undefined);
    this.#run = { ports, recorder: this.#recorder, reads: new ReadLedger(), fingerprints: new Map(), signal: new AbortController().signal, progress: () => undefined };
  }

  #ports(): Ports {
    const played = <T>(real: object): T => real as T;
    const shell: Ports['shell'] = played({ lastRun: async () => this.#ran, written: async () => undefined, discard: async () => undefined, run: async () => (this.#runs(), { exit: 0, signal: null, timedOut: false, output: '', bytes: 0, ms: 1 }) });
    const user: Ports['user'] = { answer: async () => undefined, unsaved: () => [], takeSaved: () => this.saved.splice(0), diagnostics: async () => undefined };
    const journal: Ports['journal'] = { append: (at, active, event) => this.#append(at, active, event) };
    return { model: played({}), oracle: played({}), artifacts: played({ put: async () => 'a' }), shell, user, journal, clock: createClock(), workspace: this.#ownWorkspace(), keeper: this.#workspace, rooms: [played({ root: '', bytes: 0, limit: Infinity, measure: async () => 0 })] };
  }

  /** The system counts the times of files more coarsely than a clock. */
  #runs(): void {
    const from = Date.now() - 10;
    try {
      this.#command();
    } finally {
      this.#ran = { from, to: Date.now() + 1 };
    }
  }

  async #append(...[at, active, event]: Parameters<JournalWriter['append']>): ReturnType<JournalWriter['append']> {
    const last = this.#crash !== undefined && 'record' in this.#crash && (this.#records += 1) === this.#crash.record;
    if (last && !(this.#crash !== undefined && 'kept' in this.#crash && this.#crash.kept)) throw new Crash();
    const entry = await (this.#journal ?? assert.fail('there is no journal')).append(at, active, event);
    if (!last) return entry;
    this.events.push(event);
    throw new Crash();
  }

  /** The real workspace, in whose restores the process may end and during whose writes the user may work. */
  #ownWorkspace(): KeepingWorkspace {
    const own: Partial<KeepingWorkspace> = {
      restore: async (items) => this.#thenUser(await this.#restore(items)),
      revertHunks: async (...hunks) => (this.beforeHunk(), this.#thenUser(await this.#workspace.revertHunks(...hunks))),
      apply: async (change) => {
        const done = await this.#workspace.apply(change);
        this.#race?.();
        return done;
      },
    };
    return new Proxy(this.#workspace, {
      get(real, key) {
        const value: unknown = Reflect.get(own, key) ?? Reflect.get(real, key);
        return typeof value === 'function' ? value.bind(real) : value;
      },
    });
  }

  #thenUser<Outcome>(outcome: Outcome): Outcome {
    this.afterRestore();
    return outcome;
  }

  async #restore(items: readonly RestoreItem[]): ReturnType<KeepingWorkspace['restore']> {
    if (this.#crash === undefined || !('restore' in this.#crash)) return this.#workspace.restore(items);
    if ((this.#restores += items.length) < this.#crash.restore) return this.#workspace.restore(items);
    await this.#workspace.restore(items.slice(0, Math.ceil(items.length / 2)));
    throw new Crash();
  }

  async #conversation(): Promise<string> {
    await this.startPhase();
    const open = openConversation(this.session);
    if (open !== undefined) return open.id;
    const conversation = `c${this.session.seq}`;
    await this.#record({ type: 'conversation/opened', conversation, role: 'main', model: 'm' });
    return conversation;
  }

  async #call(name: string, input: Readonly<Record<string, unknown>>): Promise<void> {
    const id = await this.#conversation();
    const call = { type: 'tool_use' as const, id: `t${this.session.seq}`, name, input };
    await this.#record({ type: 'turn/answered', conversation: id, turn: 1, content: [call], badCalls: [], stop: 'tool_use', usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }, costUsd: 0, model: 'm', ms: 0 });
    const conversation = this.session.conversations[id];
    if (conversation !== undefined) await answerCall(this.#run, conversation, call);
  }

  async #record(event: SessionEvent): Promise<void> {
    await this.#recorder.record(event);
  }
}
