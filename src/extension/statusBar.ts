import * as vscode from 'vscode';
import type { Verdict } from '../core/oracle/result.ts';
import type { View } from '../core/session/view.ts';
import type { SessionHost, Shown } from './sessionHost.ts';

/** Phase and figures in the status bar; it stands out only while the session waits for a person. */
export function showStatus(host: SessionHost): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('bounded.status', vscode.StatusBarAlignment.Left, 40);
  item.name = 'Bounded';
  item.command = 'bounded.showSession';
  const draw = (shown: Shown | undefined): void => {
    if (shown === undefined) return item.hide();
    const { view } = shown;
    item.text = textOf(shown);
    item.tooltip = tooltipOf(view);
    item.accessibilityInformation = { label: `Bounded: ${view.chip}, ${view.meta.join(', ')}` };
    item.backgroundColor = view.state === 'waiting' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  };
  return vscode.Disposable.from(item, host.onChange(draw));
}

function textOf({ session, view }: Shown): string {
  const open = session.line.flags.filter((flag) => flag.outcome === undefined).length;
  const where = view.result === undefined ? (session.line.phase ?? view.chip) : view.result.verdict;
  const figures = [`${session.spent.turns}/${session.contract.budget.turns}`, view.budgets.find((meter) => meter.name === 'Cost')?.used ?? '', ...(open === 0 ? [] : [`$(warning) ${open}`])];
  return `$(${view.result === undefined ? icons[view.state] : verdictIcons[view.result.verdict]}) ${where} ${figures.filter((one) => one !== '').join(' · ')}`;
}

const icons: Readonly<Record<View['state'], string>> = { starting: 'loading~spin', working: 'target', waiting: 'bell-dot', paused: 'debug-pause', ended: 'pass' };

const verdictIcons: Readonly<Record<Verdict, string>> = { pass: 'pass', partial: 'warning', fail: 'error', flaky: 'warning', blocked: 'warning', tampered: 'error', unverified: 'warning' };

/** Plain text: the task is the user's, but it need not be Markdown. */
function tooltipOf(view: View): string {
  const task = view.title.length > 120 ? `${view.title.slice(0, 119)}…` : view.title;
  return [`Bounded · ${view.chip}`, task, view.card?.question ?? '', ...view.budgets.map((meter) => `${meter.name}: ${meter.used} of ${meter.of}`)].filter((line) => line !== '').join('\n');
}
