import type { TestResult } from './result.ts';

/** What a runner's output says about tests. Only `complete` can be evidence of success. */
export type TestReading =
  /** Nothing in the output looks like a report of tests. */
  | { readonly kind: 'absent' }
  /** A report began and has no end, or does not add up. */
  | { readonly kind: 'incomplete'; readonly why: string }
  /** A test file could not be loaded, or ended by itself as a whole. */
  | { readonly kind: 'not-loaded'; readonly why: string }
  /** `pending`: of the skipped ones, those that are expected to fail for now. */
  | { readonly kind: 'complete'; readonly tests: TestResult; readonly pending: number };

/** One test as a reader saw it. */
export interface TestNode {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
  /** A group that its runner does not count as a test. */
  readonly suite: boolean;
  readonly children: readonly TestNode[];
}

/**
 * The result that a forest of tests stands for. A file that reported no test of its own is not a test: `silent` where
 * it passed, not loaded where it failed. A skipped group counts as one skipped test, a group that failed without a
 * failed test in it as one failed test.
 */
export function summarize(roots: readonly TestNode[]): TestReading {
  const files = roots.filter(isWholeFile);
  const broken = files.filter((node) => node.state === 'failed').map((node) => node.name);
  if (broken.length > 0) return { kind: 'not-loaded', why: `could not be loaded, or ended as a whole: ${broken.join(', ')}` };
  const counted = roots.filter((node) => !isWholeFile(node)).flatMap((node) => countedTests(node, []));
  const count = (...states: readonly TestNode['state'][]) => counted.filter(({ state }) => states.includes(state)).length;
  const tests: TestResult = {
    total: counted.length, passed: count('passed'), failed: count('failed'), skipped: count('skipped', 'pending'),
    ids: counted.filter(({ state }) => state === 'passed').map(({ id }) => id), ...silentFiles(files.map((node) => node.name)),
  };
  return { kind: 'complete', pending: count('pending'), tests };
}

export function silentFiles(silent: readonly string[]): { readonly silent?: readonly string[] } {
  return silent.length === 0 ? {} : { silent };
}

/** Node reports a file that has no test, or that ended too early, as a top-level test with the file's path as its name. */
export function isWholeFile(node: TestNode): boolean {
  return node.children.length === 0 && !node.suite && /^[^ ]+\.[cm]?[jt]sx?$/.test(node.name);
}

/** Every node of a forest, groups included. */
export function nodeCount(nodes: readonly TestNode[]): number {
  return nodes.reduce((sum, node) => sum + 1 + nodeCount(node.children), 0);
}

interface Counted {
  readonly id: string;
  readonly state: TestNode['state'];
}

function countedTests(node: TestNode, above: readonly string[]): Counted[] {
  const path = [...above, node.name];
  const below = node.children.flatMap((child) => countedTests(child, path));
  const own: Counted = { id: path.join(' > '), state: node.state };
  if (!node.suite) return [...below, own];
  const hidden = node.state === 'skipped' || node.state === 'pending';
  const unexplained = node.state === 'failed' && !below.some(({ state }) => state === 'failed');
  return hidden || unexplained ? [...below, own] : below;
}
