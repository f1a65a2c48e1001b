import type { Budgets, CommandPolicy, DiffBudget, GatePolicy, ModelChoice, OnStray, PhaseName, TestCount } from './contract.ts';
import { phaseNames } from './contract.ts';

/**
 * Never read, in every contract; the contract's own entries are added. Names match at any depth. The three names that
 * projects publish to say which variables they want are not among them; a contract that lists `.env*` has them as well.
 */
export const defaultSecret: readonly string[] = [
  '.env', '.env[^.]*', '.env.!(example|sample|template)', '*.pem', '*.key', '*.p12', '*.pfx', '*.jks', '*.keystore', '*.kdbx',
  'id_rsa*', 'id_dsa*', 'id_ecdsa*', 'id_ed25519*', '*.ppk',
  '.npmrc', '.pypirc', '.netrc', '_netrc', '.git-credentials', '.pgpass', '.my.cnf', '.htpasswd',
  '.aws/', '.ssh/', '.gnupg/', '.azure/', '**/.config/gcloud/**', '**/.kube/config', '**/.docker/config.json',
  'credentials*.json', 'service-account*.json', 'client_secret*.json', 'secrets.json', 'secrets.yaml', 'secrets.yml',
];

/**
 * Caches that test and build tools write by themselves. A contract that lists its own scratch replaces these. Installed
 * packages and build results are not here: what is measured may depend on them.
 */
export const defaultScratch: readonly string[] = [
  '**/node_modules/.cache/**', '.pytest_cache/', '__pycache__/', '.mypy_cache/', '.ruff_cache/', '.hypothesis/', '.coverage', '/htmlcov/',
  '/coverage/', '.nyc_output/', '.eslintcache', '.stylelintcache', '.turbo/', '.parcel-cache/', '*.tsbuildinfo', '/test-results/',
];

/** A change outside the scope is taken back at once; it stays listed and can be restored. */
export const defaultOnStray: OnStray = 'rewind';

/** About what one person reviews with care in one sitting. */
export const defaultDiff: DiffBudget = { files: 8, lines: 400, uncounted: [] };

/** Milliseconds that one cell of a check may take. */
export const defaultTimeoutMs = 10 * 60_000;

export const defaultExit = 0;

/** With `tests: {}`: at least one test, and none skipped. */
export const defaultTests: TestCount = { atLeast: 1, skipped: 0 };

export const defaultBy = 'minimal-hook';

/** No decoys: the gate after oracle-only says that nothing has tried the oracle. */
export const defaultDecoys = 0;

export const defaultBudgets: Budgets = { timeMs: 7 * 3_600_000, costUsd: 20, turns: 400, repairs: 5, explore: { turns: 40, timeMs: 20 * 60_000 } };

/** A person decides at every boundary; baseline is Bounded alone and has nothing to decide. */
export const defaultGates: Readonly<Record<PhaseName, GatePolicy>> = {
  'explore': 'person', 'baseline': 'auto', 'oracle-only': 'person', 'minimal-hook': 'person', 'production-shape': 'person', 'review': 'person',
};

export const defaultCommands: CommandPolicy = { allow: [], network: 'none', sandbox: 'preferred' };

export const defaultModel: ModelChoice = { main: 'claude-opus-5-5', fast: 'claude-haiku-5-5', reviewer: 'claude-opus-5-5', effort: 'high' };

/** All phases; oracle-only is left out where it would have nothing to do: no files of the oracle to write and no decoys to try. */
export function defaultPhases(hasOracleWork: boolean): readonly PhaseName[] {
  return phaseNames.filter((phase) => phase !== 'oracle-only' || hasOracleWork);
}
