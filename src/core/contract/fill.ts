import type { Check, Condition, Contract, PhaseName, Scope } from './contract.ts';
import { phaseNames } from './contract.ts';
import type { CheckShape, ConditionShape } from './checkSchema.ts';
import { defaultBudgets, defaultBy, defaultCommands, defaultDecoys, defaultDiff, defaultExit, defaultGates, defaultModel, defaultOnStray, defaultPhases, defaultScratch, defaultSecret, defaultTests, defaultTimeoutMs } from './defaults.ts';
import type { ContractShape } from './fileSchema.ts';
import { everywhere } from './roots.ts';

/** The contract in force: what is written, and the defaults for the rest. The shape has been found without problems. */
export function contractOf(file: ContractShape): Contract {
  const { oracle, budget, roots = [] } = file;
  const decoys = oracle.decoys ?? defaultDecoys;
  return {
    task: file.task,
    ...(roots.length === 0 ? {} : { roots }),
    scope: scopeOf(file.scope, roots),
    onStray: file['on-stray'] ?? defaultOnStray,
    diff: { ...defaultDiff, ...given(file.diff ?? {}) },
    oracle: {
      ...(oracle.setup === undefined ? {} : { setup: oracle.setup }),
      record: oracle.record ?? [],
      checks: oracle.checks.map(checkOf),
      decoys,
    },
    budget: {
      timeMs: budget?.time ?? defaultBudgets.timeMs,
      costUsd: budget?.cost ?? defaultBudgets.costUsd,
      turns: budget?.turns ?? defaultBudgets.turns,
      ...(budget?.tokens === undefined ? {} : { tokens: budget.tokens }),
      repairs: budget?.repairs ?? defaultBudgets.repairs,
      explore: { turns: budget?.explore?.turns ?? defaultBudgets.explore.turns, timeMs: budget?.explore?.time ?? defaultBudgets.explore.timeMs },
      ...(budget?.deadline === undefined ? {} : { deadline: budget.deadline }),
    },
    phases: file.phases ?? defaultPhases((file.scope.oracle ?? []).length > 0 || decoys !== 0),
    gates: gatesOf(file.gates ?? {}),
    commands: { ...defaultCommands, ...given(file.commands ?? {}) },
    consent: file.consent ?? [],
    model: { ...defaultModel, ...given(file.model ?? {}) },
  };
}

function scopeOf(scope: ContractShape['scope'], roots: readonly string[]): Scope {
  return {
    change: scope.change.map((area) => (typeof area === 'string' ? { glob: area } : { glob: area.glob, ...given({ why: area.why, lines: area.lines }) })),
    never: everywhere(scope.never ?? [], roots),
    oracle: scope.oracle ?? [],
    secret: everywhere([...defaultSecret, ...(scope.secret ?? [])], roots),
    // The built-in caches are those of any folder that tools run in.
    scratch: scope.scratch ?? everywhere(defaultScratch, roots),
  };
}

function gatesOf(gates: NonNullable<ContractShape['gates']>): Contract['gates'] {
  return Object.fromEntries(phaseNames.map((phase) => [phase, gates[phase] ?? defaultGates[phase]])) as Record<PhaseName, Contract['gates'][PhaseName]>;
}

function checkOf(check: CheckShape): Check {
  return {
    id: check.id,
    run: check.run,
    matrix: check.matrix ?? {},
    timeoutMs: check.timeout ?? defaultTimeoutMs,
    exit: check.exit ?? defaultExit,
    metrics: conditionsOf(check.metrics ?? {}),
    override: (check.override ?? []).map(({ when, metrics }) => ({ when, metrics: conditionsOf(metrics) })),
    ...(check.tests === undefined ? {} : { tests: { atLeast: check.tests['at-least'] ?? defaultTests.atLeast, skipped: check.tests.skipped ?? defaultTests.skipped } }),
    ...given({ report: check.report, before: check.before }),
    by: check.by ?? defaultBy,
  };
}

function conditionsOf(metrics: Readonly<Record<string, ConditionShape>>): Readonly<Record<string, Condition>> {
  return Object.fromEntries(Object.entries(metrics).map(([name, condition]) => [name, conditionOf(condition)]));
}

function conditionOf(condition: ConditionShape): Condition {
  const { target, bands } = condition;
  if (condition['at-most'] !== undefined) return { kind: 'at-most', value: condition['at-most'] };
  if (condition['at-least'] !== undefined) return { kind: 'at-least', value: condition['at-least'] };
  if (condition.equals !== undefined) return { kind: 'equals', value: condition.equals };
  if (target === undefined || bands === undefined) throw new Error('a metric without a condition was not reported');
  return { kind: 'target', value: target, reproduces: bands.reproduces, partial: bands.partial ?? bands.reproduces };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
