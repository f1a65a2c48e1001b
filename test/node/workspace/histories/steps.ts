import fc from 'fast-check';
import type { Mutation } from './disk.ts';
import type { CrashPoint } from './house.ts';

/** One thing that happens in a history. `pick` chooses among what there is then. */
export type Act =
  | { readonly do: 'tool'; readonly mutation: Mutation }
  | { readonly do: 'race'; readonly mutation: Mutation; readonly user: Mutation }
  | { readonly do: 'command'; readonly mutations: readonly Mutation[] }
  | { readonly do: 'cross' }
  | { readonly do: 'boundary'; readonly pick: number }
  | { readonly do: 'everything' }
  | { readonly do: 'file' | 'hunk' | 'flag' | 'flagHunk' | 'undo' | 'redo' | 'restoreFlag'; readonly pick: number }
  | { readonly do: 'keep'; readonly how: 'branch' | 'patch' | 'squash' };

export type Step = Act | { readonly do: 'nothing' } | { readonly do: 'user'; readonly mutations: readonly Mutation[] } | { readonly do: 'restart' } | { readonly do: 'crash'; readonly point: CrashPoint; readonly in: Act };

const number = fc.nat(1000);
const what = (weights: Partial<Record<Mutation['what'], number>>) => fc.oneof(...Object.entries(weights).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Mutation['what']) })));
const lines = { insert: 8, replace: 6, remove: 4 };
const everything = { ...lines, format: 3, rewrite: 1, delete: 2, mode: 1, link: 1, folder: 1, rename: 1 };
/** Few places come up often, so that changes meet. */
const place = fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, { weight: 2, arbitrary: fc.nat(10) });
const mutation = (weights: Partial<Record<Mutation['what'], number>>): fc.Arbitrary<Mutation> => fc.record({ what: what(weights), place, line: number });

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('tool' as const), mutation: mutation({ ...lines, rewrite: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race' as const), mutation: mutation(lines), user: mutation(everything) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('command' as const), mutations: fc.array(mutation(everything), { minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cross' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('boundary' as const), pick: number }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('everything' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('file' as const, 'hunk' as const, 'hunk' as const, 'flag' as const, 'flagHunk' as const, 'undo' as const, 'undo' as const, 'redo' as const, 'redo' as const, 'restoreFlag' as const), pick: number }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('keep' as const), how: fc.constantFrom('branch' as const, 'patch' as const, 'squash' as const) }) },
);

const point: fc.Arbitrary<CrashPoint> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ record: fc.integer({ min: 1, max: 6 }), kept: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ restore: fc.integer({ min: 1, max: 4 }) }) },
);

/** A failing history gets short by steps that turn into nothing. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant({ do: 'nothing' as const }) },
  { weight: 30, arbitrary: act },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('user' as const), mutations: fc.array(mutation(everything), { minLength: 1, maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('crash' as const), point, in: act }) },
);

export const steps = (length: number): fc.Arbitrary<readonly Step[]> => fc.array(step, { minLength: length, maxLength: length, size: 'max' });
