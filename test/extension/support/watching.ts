import * as vscode from 'vscode';

/*
 * The editor cannot be asked what an extension shows in Source Control and in the Testing view. It can be watched being told,
 * from before the first session on.
 */

/** Groups of every Source Control provider that is made from now on. */
export function watchSourceControl(): readonly vscode.SourceControlResourceGroup[] {
  const groups: vscode.SourceControlResourceGroup[] = [];
  const scm = vscode.scm as { createSourceControl: typeof vscode.scm.createSourceControl };
  const { createSourceControl } = scm;
  scm.createSourceControl = (...given) => {
    const source = createSourceControl(...given);
    const { createResourceGroup } = source;
    source.createResourceGroup = (...named) => {
      const group = createResourceGroup.apply(source, named);
      groups.push(group);
      return group;
    };
    return source;
  };
  return groups;
}

/** One result in the Testing view. */
export interface Measured {
  readonly run: string;
  readonly id: string;
  readonly result: 'passed' | 'failed' | 'errored';
}

/** Results of every test run that is shown from now on. */
export function watchTests(): readonly Measured[] {
  const measured: Measured[] = [];
  const tests = vscode.tests as { createTestController: typeof vscode.tests.createTestController };
  const { createTestController } = tests;
  tests.createTestController = (...given) => {
    const controller = createTestController(...given);
    const { createTestRun } = controller;
    controller.createTestRun = (...named) => {
      const run = createTestRun.apply(controller, named);
      for (const result of ['passed', 'failed', 'errored'] as const) {
        const told = run[result].bind(run) as (item: vscode.TestItem, ...rest: unknown[]) => void;
        run[result] = (item: vscode.TestItem, ...rest: unknown[]) => {
          measured.push({ run: named[1] ?? '', id: item.id, result });
          told(item, ...rest);
        };
      }
      return run;
    };
    return controller;
  };
  return measured;
}
