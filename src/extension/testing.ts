import * as vscode from 'vscode';
import type { Check } from '../core/contract/contract.ts';
import type { CellResult, OracleRun, RunPurpose } from '../core/oracle/result.ts';
import type { Session } from '../core/session/session.ts';
import { plainForTerminal } from './plain.ts';
import type { Engine, SessionHost } from './sessionHost.ts';

/** The oracle in the Testing view: a test for each check, below it one for each cell; every run of the session is a run there. */
export class OracleTests implements vscode.Disposable {
  readonly #engine: Engine;
  readonly #controller = vscode.tests.createTestController('bounded.oracle', 'Bounded oracle');
  readonly #listeners: vscode.Disposable;
  #checks: readonly Check[] | undefined;

  constructor(engine: Engine, host: SessionHost) {
    this.#engine = engine;
    this.#listeners = vscode.Disposable.from(
      host.onChange((shown) => this.#list(shown?.session, host)),
      host.onEntry(({ session, entry }) => {
        this.#list(session, host);
        if (entry.event.type === 'oracle/ran') this.#report(entry.event.run);
      }),
    );
    this.#list(host.session, host);
    for (const run of lastRuns(host.session)) this.#report(run);
  }

  dispose(): void {
    this.#listeners.dispose();
    this.#controller.dispose();
  }

  /** The tests are those of the contract in force. */
  #list(session: Session | undefined, host: SessionHost): void {
    const checks = session?.contract.oracle.checks;
    if (checks === this.#checks) return;
    this.#checks = checks;
    const contract = session === undefined ? undefined : host.place?.uri(session.contractFile);
    this.#controller.items.replace((checks ?? []).map((check) => this.#item(check, contract)));
  }

  #item(check: Check, contract: vscode.Uri | undefined): vscode.TestItem {
    const item = this.#controller.createTestItem(check.id, check.id, contract);
    item.description = check.run;
    const cells = this.#engine.cellsOf(check).filter((cell) => Object.keys(cell).length > 0);
    item.children.replace(cells.map((cell) => this.#controller.createTestItem(this.#engine.cellKey(check.id, cell), axes(cell), contract)));
    return item;
  }

  #report(run: OracleRun): void {
    const name = names[run.purpose];
    if (name === undefined) return;
    const cells = run.cells.flatMap((cell) => {
      const item = this.#itemOf(cell);
      return item === undefined ? [] : [{ cell, item }];
    });
    const shown = this.#controller.createTestRun(new vscode.TestRunRequest(cells.map(({ item }) => item)), name, false);
    shown.appendOutput(plainForTerminal(`${name}, ${(run.ms / 1000).toFixed(1)} s\n`));
    if (run.setupFailed !== undefined) shown.appendOutput(plainForTerminal(`${run.setupFailed}\n`));
    for (const { cell, item } of cells) this.#result(shown, item, cell);
    shown.end();
  }

  #itemOf({ check, cell }: CellResult): vscode.TestItem | undefined {
    const item = this.#controller.items.get(check);
    return Object.keys(cell).length === 0 ? item : item?.children.get(this.#engine.cellKey(check, cell));
  }

  #result(run: vscode.TestRun, item: vscode.TestItem, cell: CellResult): void {
    const figures = this.#engine.describeCell(cell);
    run.appendOutput(plainForTerminal(`${figures}\n`), undefined, item);
    if (cell.class === 'pass') return run.passed(item, cell.ms);
    const message = new vscode.TestMessage(figures);
    if (cell.class === 'fail') run.failed(item, message, cell.ms);
    else run.errored(item, message, cell.ms);
  }
}

/** What a run is called. A decoy must fail, so its runs would only mislead here. */
const names: Readonly<Record<RunPurpose, string | undefined>> = {
  baseline: 'Oracle at the baseline', red: 'Oracle before the work', decoy: undefined, progress: 'Oracle, asked for by the model', boundary: 'Oracle at a boundary',
  confirm: 'Oracle, confirming run', final: 'Oracle at the end', verify: 'Oracle',
};

/** What a session that is taken up again shows at once. */
function lastRuns(session: Session | undefined): readonly OracleRun[] {
  return session?.line.runs.filter((run) => names[run.purpose] !== undefined).slice(-1) ?? [];
}

function axes(cell: Readonly<Record<string, unknown>>): string {
  return Object.entries(cell).map(([axis, value]) => `${axis}=${String(value)}`).join(', ');
}
