import type { ToWebview } from '../core/protocol.ts';
import type { View } from '../core/session/view.ts';
import { boundaries } from './sections/boundaries.ts';
import { budgets } from './sections/budgets.ts';
import { calls } from './sections/calls.ts';
import { changes } from './sections/changes.ts';
import { card, decidesPlan } from './sections/card.ts';
import { empty } from './sections/empty.ts';
import { head } from './sections/head.ts';
import { oracle, oracleFolded } from './sections/oracle.ts';
import { planFolded, planGrounds, planSteps } from './sections/plan.ts';
import { result } from './sections/result.ts';
import { rewinds } from './sections/rewinds.ts';
import { scope, scopeFolded } from './sections/scope.ts';
import { verdict } from './sections/verdict.ts';

type Parts = readonly (HTMLElement | undefined)[];

/** The whole page for one message, in the order in which it is read. */
export function page(message: ToWebview): HTMLElement[] {
  const parts = message.type === 'empty' ? empty(message) : session(message.view);
  return parts.filter((part) => part !== undefined);
}

function session(view: View): Parts {
  const top = [head(view), view.result && verdict(view.result), card(view)];
  if (view.state === 'ended') return [...top, ...ended(view)];
  return [...top, ...(decidesPlan(view) ? deciding(view) : running(view))];
}

/** The plan gate: what is agreed to comes first, what has happened so far last. */
function deciding(view: View): Parts {
  const { plan } = view;
  if (plan === undefined) return running(view);
  return [planSteps(plan, view.card), ...scope(view.scope), view.oracle && oracle(view.oracle), ...planGrounds(plan), boundaries(view), budgets(view.budgets), calls(view), rewinds(view.rewinds)];
}

function running(view: View): Parts {
  return [boundaries(view), view.oracle && oracle(view.oracle), view.changes && changes(view.changes, view.state === 'waiting'), budgets(view.budgets), calls(view), rewinds(view.rewinds), view.plan && planFolded(view.plan), scopeFolded(view.scope)];
}

function ended(view: View): Parts {
  return [
    ...(view.result === undefined ? [] : result(view.result, view.boundaries.rows)),
    view.changes && changes(view.changes, true), boundaries(view), view.oracle && oracleFolded(view.oracle), budgets(view.budgets), rewinds(view.rewinds), view.plan && planFolded(view.plan), scopeFolded(view.scope),
  ];
}
