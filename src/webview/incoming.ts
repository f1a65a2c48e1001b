import type { NewestSession, ToWebview } from '../core/protocol.ts';
import type { HunkName } from '../core/session/changes.ts';
import type { BoundaryRow, CallRow, Card, CellView, ChangedFileRow, ChangesView, CheckView, FlagHunk, FlagRow, Grid, HunkRow, Intention, Meter, OracleView, PlanView, ResultView, RewindRow, Scale, View } from '../core/session/view.ts';
import { finite, flag, list, object, oneOf, optional, text, variants } from './check.ts';

/** The elements of a list type. */
type Item<T extends readonly unknown[]> = T[number];

/** The member of a union with the given `type`. */
type Member<T, Name> = Extract<T, { readonly type: Name }>;

const texts = list(text);

const hunkName = object<HunkName>({ path: text, hunk: text });

const intention = variants<Intention, 'type'>('type', {
  approve: object<Member<Intention, 'approve'>>({ type: oneOf('approve'), gate: text, ids: optional(texts) }),
  'send-back': object<Member<Intention, 'send-back'>>({ type: oneOf('send-back'), gate: text, note: optional(text) }),
  'rewind-boundary': object({ type: oneOf('rewind-boundary'), to: text }),
  'rewind-flags': object({ type: oneOf('rewind-flags') }),
  'rewind-path': object({ type: oneOf('rewind-path'), path: text }),
  'rewind-hunks': object<Member<Intention, 'rewind-hunks'>>({ type: oneOf('rewind-hunks'), hunks: list(hunkName) }),
  'mark-hunks': object<Member<Intention, 'mark-hunks'>>({ type: oneOf('mark-hunks'), hunks: list(hunkName), reviewed: flag }),
  'rewind-file': object({ type: oneOf('rewind-file'), flag: text }),
  'rewind-hunk': object({ type: oneOf('rewind-hunk'), flag: text, hunk: text }),
  'resolve-conflict': object<Member<Intention, 'resolve-conflict'>>({ type: oneOf('resolve-conflict'), rewind: text, path: text, answers: texts, seen: text }),
  'undo-rewind': object({ type: oneOf('undo-rewind'), rewind: text }),
  'redo-rewind': object({ type: oneOf('redo-rewind'), rewind: text }),
  'restore-flag': object({ type: oneOf('restore-flag'), flag: text }),
  'allow-flag': object({ type: oneOf('allow-flag'), flag: text }),
  note: object<Member<Intention, 'note'>>({ type: oneOf('note'), text: optional(text) }),
  pause: object({ type: oneOf('pause') }),
  continue: object({ type: oneOf('continue') }),
  stop: object({ type: oneOf('stop') }),
  keep: object<Member<Intention, 'keep'>>({ type: oneOf('keep'), how: oneOf('branch', 'squash', 'patch', 'leave', 'undo', 'drop'), withoutMine: optional(flag) }),
});

const flagRow = object<FlagRow>({
  id: text, path: text, line: finite, added: finite, removed: finite, standing: text, cause: text,
  outcome: optional(oneOf('rewound', 'allowed', 'restored', 'left')),
  hunks: optional(list(object<FlagHunk>({ id: text, line: finite, added: finite, removed: finite }))),
});

const card = object<Card>({
  kind: oneOf('gate', 'flags', 'end', 'paused', 'error'), attention: flag, question: text,
  facts: list(object<Item<Card['facts']>>({ name: text, value: text, code: optional(flag), whole: optional(flag) })),
  flags: list(flagRow), moreFlags: optional(finite),
  actions: list(object<Item<Card['actions']>>({ label: text, title: text, intention })),
});

const plan = object<PlanView>({
  steps: list(object<Item<PlanView['steps']>>({ id: text, title: text, met: optional(flag) })),
  integrationPoint: text,
  options: list(object<Item<PlanView['options']>>({ option: text, chosen: flag, why: text })),
  risks: texts,
});

const boundaryRow = object<BoundaryRow>({
  boundary: optional(text), name: text, state: oneOf('done', 'now', 'waiting', 'todo'), detail: text, figures: text, added: optional(finite), removed: optional(finite),
});

const measuredState = oneOf('pass', 'fail', 'blocked', 'not-run');

const grid = object<Grid>({
  rowAxis: text, columnAxis: text, columns: texts,
  rows: list(object<Item<Grid['rows']>>({ label: text, cells: list(object<CellView>({ state: measuredState, text, share: finite, label: text, log: optional(text) })) })),
});

const scale = object<Scale>({
  label: text,
  marks: list(object<Item<Scale['marks']>>({ kind: oneOf('noise', 'limit', 'decoy'), at: finite, text })),
});

const oracle = object<OracleView>({
  run: finite,
  checks: list(object<CheckView>({ id: text, state: measuredState, summary: text, log: optional(text), grid: optional(grid), scale: optional(scale) })),
});

const result = object<ResultView>({
  verdict: oneOf('pass', 'partial', 'fail', 'flaky', 'blocked', 'tampered', 'unverified'), summary: text, tree: text, because: texts,
  changed: object<ResultView['changed']>({ files: finite, added: finite, removed: finite }),
  yours: texts,
  measured: list(object<Item<ResultView['measured']>>({ name: text, figure: text, met: flag })),
  claims: list(object<Item<ResultView['claims']>>({ text, why: text, support: oneOf('contradicted', 'unsupported') })),
  notMeasured: texts,
  findings: list(object<Item<ResultView['findings']>>({ text, outcome: text, open: flag })),
});

const changes = object<ChangesView>({
  total: finite, reviewed: finite,
  files: list(object<ChangedFileRow>({
    path: text, what: oneOf('created', 'changed', 'deleted'), added: finite, removed: finite,
    hunks: list(object<HunkRow>({ hunk: text, line: finite, added: finite, removed: finite, standing: text, by: text, reviewed: flag, whole: optional(flag), mode: optional(text) })),
  })),
  more: finite,
});

const view = object<View>({
  session: text, title: text, state: oneOf('starting', 'working', 'waiting', 'paused', 'ended'), chip: text, meta: texts, warnings: texts,
  card: optional(card), plan: optional(plan), changes: optional(changes),
  scope: object<View['scope']>({ change: texts, never: texts, limit: text }),
  boundaries: object<View['boundaries']>({ attempt: finite, rows: list(boundaryRow) }),
  oracle: optional(oracle),
  budgets: list(object<Meter>({ name: text, used: text, of: text, share: finite, high: flag })),
  now: list(object<CallRow>({ call: text, tool: text, title: text, running: flag, refused: text, summary: text })),
  rewinds: list(object<RewindRow>({ id: text, text, left: list(object<Item<RewindRow['left']>>({ path: text, why: text, conflict: optional(flag) })), undone: flag, redoable: optional(flag) })),
  result: optional(result),
});

type Empty = Member<ToWebview, 'empty'>;

const incoming = variants<ToWebview, 'type'>('type', {
  view: object({ type: oneOf('view'), view }),
  empty: object<Empty>({
    type: oneOf('empty'), contracts: texts, problem: optional(text),
    newest: optional(object<NewestSession>({ session: text, title: text, detail: text, stands: oneOf('to-continue', 'ended', 'elsewhere') })),
  }),
});

/** Why `data` is not a message that can be drawn, or `undefined` if it is one. */
export function problemOf(data: unknown): string | undefined {
  return incoming.problem(data, 'message');
}

/** Whether `data` is a message that can be drawn. */
export function isIncoming(data: unknown): data is ToWebview {
  return problemOf(data) === undefined;
}
