import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { explained } from '../problem.mjs';
import { run } from '../programs.mjs';
import { inRoot } from '../root.mjs';

/**
 * What a suite found. A suite that could not run at all is one failure. `failures` says of each failure what failed and why.
 * @typedef {{ passed: number, failed: number, skipped: readonly string[], failures: readonly string[] }} Counts
 */

/** @type {Counts} */
export const nothing = { passed: 0, failed: 0, skipped: [], failures: [] };

/** @param {string} why @returns {Counts} */
const couldNotRun = (why) => ({ ...nothing, failed: 1, failures: [why] });

/** @param {readonly Counts[]} all @returns {Counts} */
export const sum = (all) => ({
  passed: all.reduce((total, each) => total + each.passed, 0),
  failed: all.reduce((total, each) => total + each.failed, 0),
  skipped: all.flatMap((each) => each.skipped),
  failures: all.flatMap((each) => each.failures),
});

/**
 * The end of every run: what was skipped, each failure again, and last of all the counts. A long log is often seen by its end alone,
 * and an editor that shuts down can print more after a failure than anyone keeps.
 * @param {readonly Counts[]} all @returns {0 | 1} the exit status
 */
export function concluded(all) {
  const { passed, failed, skipped, failures } = sum(all);
  if (skipped.length > 0) console.log(`\n${skipped.length} skipped:\n${skipped.map((title) => `  - ${title}`).join('\n')}`);
  if (failures.length > 0) console.log(`\nWhat failed:\n${failures.map((failure) => `  ✗ ${failure.replaceAll('\n', '\n    ')}`).join('\n')}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Runs one part under a heading; whatever it throws is printed and counts as one failure. @param {string} title @param {() => Promise<Counts>} work */
export async function part(title, work) {
  console.log(`\n${title}`);
  const started = performance.now();
  const counts = await work().catch((error) => {
    const why = `${title}: ${explained(error)}`;
    console.log(`  ✗ ${why}`);
    return couldNotRun(why);
  });
  console.log(`  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return counts;
}

/** A step that tests nothing by itself, but without which nothing can be tested. @param {string} title @param {() => Promise<void>} work */
export const step = (title, work) => part(title, async () => (await work(), nothing));

/** @param {string} title @param {string} command @param {readonly string[]} args @returns {Promise<Counts>} */
async function program(title, command, args) {
  const { status, output } = await run(process.execPath, [inRoot('node_modules', command), ...args], { quiet: true });
  console.log(`  ${status === 0 ? '✓' : '✗'} ${title}${status === 0 ? '' : `\n${output}`}`);
  return status === 0 ? { ...nothing, passed: 1 } : couldNotRun(`${title}\n${output}`);
}

/** The type check of every room and of the scripts, and the lint; each counts as one test. */
export const typesAndLint = async () =>
  sum(
    await Promise.all([
      program('types of src and test', 'typescript/bin/tsc', ['-b']),
      program('types of scripts', 'typescript/bin/tsc', ['-p', 'scripts']),
      program('lint', 'oxlint/bin/oxlint', ['src', 'test', 'scripts']),
    ]),
  );

/**
 * Runs test files with mocha and answers its counts.
 * @param {readonly string[]} specs files or globs from the project's root @param {{ jobs?: number, quiet?: boolean }} [options] `jobs`: files that may run at the same time
 */
export const mocha = (specs, { jobs = 1, quiet = false } = {}) =>
  counted((env) => run(process.execPath, [inRoot('node_modules/mocha/bin/mocha.js'), '--reporter', inRoot('scripts/tests/reporter.cjs'), ...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []), ...specs], { env: { ...process.env, ...env }, timeoutMs: longestRun, quiet }));

/** Milliseconds after which a suite hangs rather than works. */
const longestRun = 1_800_000;

/**
 * Runs something that uses our reporter. Its counts are believed only together with its exit status: a run that broke off, or that
 * ended badly without a failed test, counts as a failure.
 * @param {(env: { BOUNDED_TEST_RESULTS: string }) => Promise<{ status: number }>} work @returns {Promise<Counts>}
 */
export async function counted(work) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-results-'));
  const file = path.join(folder, 'results.json');
  try {
    const { status } = await work({ BOUNDED_TEST_RESULTS: file });
    return trusted(status, fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {number} status @param {string} results what the reporter wrote, or nothing @returns {Counts} */
export function trusted(status, results) {
  const counts = parsed(results);
  const doubt = doubtOf(status, counts);
  if (counts !== undefined && doubt === undefined) return counts;
  console.log(`  ✗ ${doubt}`);
  return { ...nothing, ...counts, failed: Math.max(1, counts?.failed ?? 0), failures: [...(counts?.failures ?? []), `${doubt}`] };
}

/** @param {string} results @returns {Counts | undefined} */
function parsed(results) {
  try {
    return JSON.parse(results);
  } catch {
    return undefined;
  }
}

/** Why counts cannot be believed, if so. @param {number} status @param {Counts | undefined} counts */
function doubtOf(status, counts) {
  if (counts === undefined) return `the suite left no results (exit status ${status})`;
  if (counts.passed + counts.failed === 0) return 'the suite has no test';
  if ((status === 0) !== (counts.failed === 0)) return `the suite ended with status ${status}, but reported ${counts.failed} failed`;
  return undefined;
}
