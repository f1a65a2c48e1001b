import * as z from 'zod/mini';
import { phaseNames } from './contract.ts';
import { checkShape } from './checkSchema.ts';
import { defaultBudgets, defaultCommands, defaultDecoys, defaultDiff, defaultGates, defaultModel, defaultOnStray } from './defaults.ts';
import { choice, command, expecting, filePath, glob, line, list, matching, optional, prose, quantity, required, root, whole } from './leaves.ts';
import { expectedDuration, expectedInstant, expectedMoney, parseDuration, parseInstant, parseMoney } from './quantities.ts';

const policy = () => choice(['person', 'auto']);
const globs = () => list(glob(), 'a list of globs');
const modelId = () => matching(/^[A-Za-z0-9][\w.:/@-]{0,127}$/, 'the id of a model');
const decoyCount = expecting(whole(0, 20), 'a whole number from 0 to 20, or a list of patch files');

const area = expecting(z.strictObject({
  glob: required(glob(), 'Files that may change.'),
  why: optional(line('one line of text'), 'Why this area changes; shown beside what really changed there.'),
  lines: optional(whole(0, 1_000_000), 'Expected number of changed lines. Shown beside the measured number; not a limit.'),
}), 'a glob, or a map with `glob`, `why` and `lines`');

const scope = expecting(z.strictObject({
  change: required(list(expecting(z.union([glob(), area]), 'a glob, or a map with `glob`, `why` and `lines`'), 'a list with at least one glob', 1),
    'Files that the session may create, edit and delete. Everything else in the workspace folder is out of scope. Globs as in .gitignore; `{a,b}` is `a` or `b`.'),
  never: optional(globs(), 'Files that never change, also where `change` matches them: the neighbours that are easily touched by mistake.', '[]'),
  oracle: optional(globs(), 'Files that decide: tests, reference outputs, comparison scripts. They change in oracle-only alone; from its approval on their bytes are frozen.', '[]'),
  secret: optional(globs(), 'Files that are never read, sent or recorded. Added to the built-in list of keys, credentials and .env files (without .env.example, .env.sample and .env.template).', '[]'),
  scratch: optional(globs(), 'Where commands may write freely. Recorded but never flagged, never committed, never measured. Replaces the built-in list of test and build caches.'),
}), 'a map with at least `change`');

const diff = expecting(z.strictObject({
  files: optional(whole(1, 10_000), 'Most files that may change.', String(defaultDiff.files)),
  lines: optional(whole(1, 1_000_000), 'Most lines that may change, added and removed ones counted together.', String(defaultDiff.lines)),
  uncounted: optional(globs(), 'Generated files in scope that do not count, such as lock files.', '[]'),
}), 'a map of limits');

const oracle = expecting(z.strictObject({
  setup: optional(command(), 'Command that prepares a clean checkout, such as `npm ci`. Run once per state of manifest and lock file.'),
  record: optional(list(line('a command line'), 'a list of command lines'), 'Commands whose output describes the environment. Frozen at the baseline and compared before every run.', '[]'),
  checks: required(list(checkShape, 'a list with at least one check', 1), 'The measurements that decide. The verdict comes from these alone.'),
  decoys: optional(expecting(z.union([decoyCount, list(filePath(), 'a list of patch files', 1)]), 'a whole number from 0 to 20, or a list of patch files'),
    'Wrong implementations that the oracle must catch before work may start: how many a model has to write, or patch files that are such.', String(defaultDecoys)),
}), 'a map with at least `checks`');

const explore = expecting(z.strictObject({
  turns: optional(whole(1, 10_000), 'Most requests to the model in explore.', String(defaultBudgets.explore.turns)),
  time: optional(quantity(parseDuration, expectedDuration), 'Longest active time of explore.', '20m'),
}), 'a map with `turns` and `time`');

const budget = expecting(z.strictObject({
  time: optional(quantity(parseDuration, expectedDuration), 'Longest active time of the session. Gates, pauses and suspend do not count.', '7h'),
  cost: optional(quantity(parseMoney, expectedMoney), 'Most money for requests to models. The worst case of each request is reserved before it is sent.', `${defaultBudgets.costUsd} USD`),
  turns: optional(whole(1, 100_000), 'Most requests to models.', String(defaultBudgets.turns)),
  tokens: optional(whole(1, 10_000_000_000), 'Most tokens of all requests together, input (cached or not) and output. Without it there is no such limit.'),
  repairs: optional(whole(0, 100), 'Failed attempts to end a phase before a person is asked.', String(defaultBudgets.repairs)),
  explore: optional(explore, 'Limits of the explore phase; they count against the whole budget too.'),
  deadline: optional(quantity(parseInstant, expectedInstant), 'Instant on the wall clock after which no request is made.'),
}), 'a map of limits');

const gates = expecting(z.strictObject({
  'explore': optional(policy(), 'Who approves the plan.', defaultGates['explore']),
  'baseline': optional(policy(), 'Who approves what was measured before any work.', defaultGates['baseline']),
  'oracle-only': optional(policy(), 'Who approves the oracle before its files are frozen.', defaultGates['oracle-only']),
  'minimal-hook': optional(policy(), 'Who approves the smallest change that works.', defaultGates['minimal-hook']),
  'production-shape': optional(policy(), 'Who approves the finished change.', defaultGates['production-shape']),
  'review': optional(policy(), 'Who approves the outcome of the review.', defaultGates['review']),
}), 'a map of phases to `person` or `auto`');

const commands = expecting(z.strictObject({
  allow: optional(list(line('a plain command line'), 'a list of command lines'), 'Plain command lines that may run where no sandbox works.', '[]'),
  network: optional(choice(['none', 'full']), 'What commands reach over the network.', defaultCommands.network),
  sandbox: optional(choice(['preferred', 'required', 'off']), '`preferred` asks once if no sandbox works, `required` refuses to start, `off` gives commands your full rights.', defaultCommands.sandbox),
}), 'a map with `allow`, `network` and `sandbox`');

const model = expecting(z.strictObject({
  main: optional(modelId(), 'Model that does the work.', defaultModel.main),
  fast: optional(modelId(), 'Model of read-only helpers.', defaultModel.fast),
  reviewer: optional(modelId(), 'Model that reviews the result in a fresh context.', defaultModel.reviewer),
  effort: optional(choice(['low', 'medium', 'high', 'xhigh', 'max']), 'How much the model thinks.', defaultModel.effort),
}), 'a map with `main`, `fast`, `reviewer` and `effort`');

/** The shape of a contract file with the documentation of every key. Rules between keys are in the rules of this folder. */
export const contractShape = expecting(z.strictObject({
  'task': required(prose(20_000), 'What is to be done, and what must stay as it is. The model reads this text.'),
  'roots': optional(list(root(), 'a list of folders'),
    'Further folders that the session works in, each by its way from the workspace folder, such as `../api`, and each in a git repository of its own. Their files are named by that way: `../api/src/**`. What `scope.never` and `scope.secret` forbid holds in every root; what a glob allows holds where it is written.', '[]'),
  'scope': required(scope, 'Which files may change, which never, which decide, and which are never read.'),
  'on-stray': optional(choice(['rewind', 'flag', 'stop']),
    'What happens to a change outside the scope that a command made: taken back, kept and flagged, or the session stops at a gate. What may be your own is only flagged.', defaultOnStray),
  'diff': optional(diff, 'How much may change, counted against the last boundary and against the beginning.'),
  'oracle': required(oracle, 'What decides whether the work is right.'),
  'budget': optional(budget, 'Where the session ends. Nothing is started that could go beyond.'),
  'phases': optional(list(choice(phaseNames), 'a list of phases'),
    'The phases, in their order. Without it all; oracle-only is left out if neither `scope.oracle` nor `oracle.decoys` gives it work.'),
  'gates': optional(gates, 'Who decides at the end of each phase: `person` waits for you, `auto` goes on when every exit condition holds.'),
  'commands': optional(commands, 'What commands may do.'),
  'consent': optional(list(line('a sentence'), 'a list of sentences'), 'What is expressly allowed, in sentences. Everything else is not.', '[]'),
  'model': optional(model, 'Which models work.'),
}), 'a map with at least `task`, `scope` and `oracle`');

export type ContractShape = z.output<typeof contractShape>;
