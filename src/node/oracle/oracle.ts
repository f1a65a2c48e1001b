import type { Artifacts, Oracle, OracleRequest, Signal } from '../../agent/ports.ts';
import type { RootName } from '../../core/contract/rootPath.ts';
import { cellsOf } from '../../core/oracle/cells.ts';
import { judgeCell } from '../../core/oracle/judge.ts';
import type { CellResult, EnvironmentRecord, OracleRun } from '../../core/oracle/result.ts';
import { diskFault } from '../../core/session/diskFault.ts';
import type { SandboxState } from '../../core/session/session.ts';
import type { Redact } from '../journal/redaction.ts';
import { Commands } from '../process/commands.ts';
import { runMerged } from './benchOutput.ts';
import type { Borrowed } from './borrowing.ts';
import { runCell } from './cellRun.ts';
import { effectOf } from './decoyPatch.ts';
import { FolderDigest } from './folderDigest.ts';
import { removeLeftovers } from './leftovers.ts';
import { type Plan, planOf } from './plan.ts';
import { type Kit, type Prepared, prepare, type Ready } from './prepare.ts';
import { SeveralStores } from './severalStores.ts';
import { StoreReader } from './storeReader.ts';

export interface OracleOptions {
  /** The user's work tree; read only for `dependencies`, and to keep its programs from posing as ours. */
  readonly workspace: string;
  /** The private checkpoint store, a bare git directory. */
  readonly store: string;
  /** The session's other roots, each with its own store. */
  readonly others?: readonly { readonly name: RootName; readonly workspace: string; readonly store: string }[];
  /** Folder for throw-away checkouts, outside the work tree. */
  readonly tmpRoot: string;
  readonly artifacts: Artifacts;
  readonly redact: Redact;
  /** What the probe found. */
  readonly sandbox: SandboxState;
  /**
   * Workspace-relative folders of installed packages, such as `node_modules`. Where the contract has no `setup`, a checkout
   * sees them read-only (in a sandbox) or gets a copy; their content is part of the environment record.
   */
  readonly dependencies: readonly string[];
  /** Bubblewrap's program; searched on PATH by default. */
  readonly bubblewrap?: string;
}

const recordTimeoutMs = 60_000;
const findingTimeoutMs = 5 * 60_000;

/** Measures trees in throw-away checkouts. The set-up runs anew for every checkout; nothing is cached between runs. */
export function createOracle(options: OracleOptions): Oracle {
  const bench = new Bench(options);
  return {
    run: (request, progress, signal) => bench.measure(request, progress, signal),
    runCommand: (request, command, signal) => bench.runCommand(request, command, signal),
  };
}

type Progress = (cell: CellResult, done: number, of: number) => void;

class Bench {
  readonly #options: OracleOptions;
  readonly #kit: Kit;
  readonly #digest = new FolderDigest();
  #swept: Promise<void> | undefined;

  constructor(options: OracleOptions) {
    this.#options = options;
    const { tmpRoot, dependencies, bubblewrap } = options;
    const roots = [{ name: '', workspace: options.workspace, store: options.store }, ...(options.others ?? [])];
    const workspaces = roots.map(({ workspace }) => workspace);
    const commands = new Commands({ workspaces, ...(bubblewrap === undefined ? {} : { bubblewrap }) });
    const readers = roots.map(({ name, store }) => ({ name, reader: new StoreReader(store, workspaces) }));
    const [main] = readers;
    this.#kit = { reader: main === undefined || readers.length > 1 ? new SeveralStores(readers) : main.reader, commands, tmpRoot, roots: roots.map(({ name, workspace }) => ({ name, folder: workspace })), dependencies };
  }

  async measure(request: OracleRequest, progress: Progress, signal: Signal): Promise<OracleRun | null> {
    const started = performance.now();
    const frame = { id: request.id, purpose: request.purpose, tree: request.tree, sandboxed: this.#sandboxed(request) };
    const nothing = { cells: [], environment: [], tampered: [] };
    const ms = () => Math.round(performance.now() - started);
    try {
      const plan = await this.#plan(request);
      if (plan === null) return null;
      const measured = await this.#measurePlan(request, plan, progress, signal);
      return { ...frame, ...nothing, tampered: plan.tampered, ...(plan.unfrozen.length === 0 ? {} : { unfrozen: plan.unfrozen }), ...(request.patch === undefined ? {} : { effect: effectOf(plan.patched) }), ...measured, ms: ms() };
    } catch (error) {
      if (diskFault(error) !== undefined) throw error;
      // A store that lacks something, a folder in the way: whatever keeps the oracle from running is a fact about this run.
      return { ...frame, ...nothing, setupFailed: error instanceof Error ? error.message : String(error), ms: ms() };
    }
  }

  async runCommand(request: OracleRequest, command: string, signal: Signal): ReturnType<Oracle['runCommand']> {
    try {
      const plan = await this.#plan(request);
      if (plan === null) return { kind: 'could-not-run', why: 'the patch does not apply' };
      const prepared = await this.#prepare(request, plan, signal);
      if ('failed' in prepared) return { kind: 'could-not-run', why: prepared.failed };
      return await this.#runFinding(prepared, command, signal).finally(prepared.close);
    } catch (error) {
      if (diskFault(error) !== undefined) throw error;
      return { kind: 'could-not-run', why: error instanceof Error ? error.message : String(error) };
    }
  }

  async #plan(request: OracleRequest): Promise<Plan | null> {
    await (this.#swept ??= removeLeftovers(this.#options.tmpRoot));
    return planOf(request, this.#kit.reader, this.#kit.roots.flatMap(({ name }) => (name === '' ? [] : [name])));
  }

  #sandboxed({ commands }: OracleRequest): boolean {
    return this.#options.sandbox.kind === 'bubblewrap' && commands.sandbox !== 'off';
  }

  async #prepare(request: OracleRequest, plan: Plan, signal: Signal): Promise<Prepared> {
    const sandboxed = this.#sandboxed(request);
    if (!sandboxed && request.commands.sandbox === 'required') return { failed: `the contract requires a sandbox: ${this.#options.sandbox.detail}` };
    return prepare(this.#kit, request, plan, sandboxed, signal);
  }

  async #measurePlan(request: OracleRequest, plan: Plan, progress: Progress, signal: Signal): Promise<Pick<OracleRun, 'cells' | 'environment'> & { setupFailed?: string }> {
    let prepared = await this.#prepare(request, plan, signal);
    if ('failed' in prepared) return { cells: [], environment: [], setupFailed: prepared.failed };
    try {
      const environment = await this.#environment(request, prepared, signal);
      if (request.oracle.record.length > 0) prepared = await this.#asNew(prepared, request, plan, signal);
      if ('failed' in prepared) return { cells: [], environment, setupFailed: prepared.failed };
      const cells: CellResult[] = [];
      const wanted = request.checks.flatMap((check) => cellsOf(check).map((cell) => ({ check, cell })));
      for (const { check, cell } of wanted) {
        const raw = await runCell(prepared.bench, check, cell, this.#options, signal);
        if (raw === undefined || signal.aborted) break;
        const changed = (await prepared.bench.checkout.changed()).filter((path) => path !== check.report);
        const result = judgeCell(check, cell, { ...raw, changed: changed.filter(plan.mustKeep) });
        cells.push(result);
        progress(result, cells.length, wanted.length);
        if (cells.length === wanted.length) break;
        prepared = await this.#asNew(prepared, request, plan, signal);
        if ('failed' in prepared) return { cells, environment, setupFailed: prepared.failed };
      }
      return { cells, environment };
    } finally {
      if (!('failed' in prepared)) await prepared.close();
    }
  }

  /** The next cell must not see what was left behind: changed or added, whoever made it. A new checkout where the old one cannot be restored. */
  async #asNew(prepared: Ready, request: OracleRequest, plan: Plan, signal: Signal): Promise<Prepared> {
    if (await prepared.restore()) return prepared;
    await prepared.close();
    return this.#prepare(request, plan, signal);
  }

  /** The `record` commands' output, and digests of what was borrowed from the user. */
  async #environment(request: OracleRequest, { bench, borrowed }: Ready, signal: Signal): Promise<readonly EnvironmentRecord[]> {
    const records: EnvironmentRecord[] = [];
    for (const command of request.oracle.record) {
      const { end, text } = await runMerged(bench, command, recordTimeoutMs, signal);
      const how = end.spawnError ?? (end.timedOut ? 'did not end' : end.exit === 0 ? '' : `exit status ${end.exit ?? end.signal}`);
      records.push({ command, output: this.#options.redact(how === '' ? text : `${text}\n(${how})`.trim()) });
    }
    for (const folder of borrowed) records.push(await this.#borrowedRecord(folder));
    return records;
  }

  async #borrowedRecord({ name, from }: Borrowed): Promise<EnvironmentRecord> {
    return { command: `content of ${name}`, output: await this.#digest.of(from) };
  }

  async #runFinding({ bench }: Ready, command: string, signal: Signal): ReturnType<Oracle['runCommand']> {
    const { end, text } = await runMerged(bench, command, findingTimeoutMs, signal);
    if (end.aborted) return { kind: 'could-not-run', why: 'stopped' };
    if (end.spawnError !== undefined) return { kind: 'could-not-run', why: end.spawnError };
    if (end.timedOut) return { kind: 'could-not-run', why: `did not end within ${findingTimeoutMs / 1000} s` };
    if (end.exit === null || end.exit > 128) return { kind: 'could-not-run', why: `was ended by ${end.signal ?? `signal ${(end.exit ?? 128) - 128}`}` };
    if (end.exit === 126 || end.exit === 127) return { kind: 'could-not-run', why: text === '' ? `exit status ${end.exit}` : text };
    return { kind: 'exit', exit: end.exit, output: this.#options.redact(text) };
  }
}
