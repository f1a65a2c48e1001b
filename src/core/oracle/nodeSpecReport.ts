import { isWholeFile, nodeCount, silentFiles, summarize, type TestNode, type TestReading } from './testReport.ts';

const figures = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo'] as const;
type Figure = (typeof figures)[number];
type Summary = Readonly<Record<Figure, number>>;

/**
 * Reads the spec reporter of `node --test` (Node 20 and later). Its end record is the block of seven figures; the lines
 * above it give the names. The reporter does not say which groups are suites, so the counts are the block's.
 */
export function readNodeSpec(lines: readonly string[]): TestReading {
  const ends = lines.flatMap((line, index) => (/^ℹ tests \d+$/.test(line) ? [index] : []));
  const [end] = ends;
  if (end === undefined) return lines.some((line) => resultLine.test(line) && /ms\)/.test(line)) ? { kind: 'incomplete', why: 'the report of node --test has no summary: the runner did not come to its end' } : { kind: 'absent' };
  if (ends.length > 1) return { kind: 'incomplete', why: 'there are several summaries of node --test in one output' };
  const summary = summaryAt(lines, end);
  const roots = forest(lines.slice(0, end));
  if (summary === undefined || roots === undefined || summary.tests + summary.suites !== nodeCount(roots)) {
    return { kind: 'incomplete', why: 'the lines of node --test do not add up to its summary' };
  }
  const reading = summarize(roots);
  return reading.kind === 'complete' ? withCounts(roots, summary) : reading;
}

function summaryAt(lines: readonly string[], at: number): Summary | undefined {
  const values = figures.map((figure, index) => new RegExp(`^ℹ ${figure} (\\d+)$`).exec(lines[at + index] ?? '')?.[1]);
  if (values.includes(undefined)) return undefined;
  return Object.fromEntries(figures.map((figure, index) => [figure, Number(values[index])])) as Record<Figure, number>;
}

const resultLine = /^( *)([✔✖﹣⚠▶]) (.*?)(?: \((\d+(?:\.\d+)?)ms\))?(?: # (SKIP|TODO)\b.*)?$/;

interface Group {
  readonly depth: number;
  readonly name: string;
  readonly children: TestNode[];
}

/** The tests as they nest, or undefined where a group has no end. A passed line without a duration is not Node's. */
function forest(lines: readonly string[]): readonly TestNode[] | undefined {
  const open: Group[] = [{ depth: -1, name: '', children: [] }];
  for (const line of lines) {
    const [, spaces = '', mark, name = '', duration, word] = resultLine.exec(line) ?? [];
    const depth = spaces.length / 2;
    if (mark === undefined || (mark === '✔' && duration === undefined)) continue;
    if (mark === '▶') open.push({ depth, name, children: [] });
    else {
      const group = open.at(-1);
      const closes = group?.depth === depth && group.name === name;
      const children = closes ? (open.pop()?.children ?? []) : [];
      const parent = open.at(-1);
      if (parent === undefined || parent.depth !== depth - 1) return undefined;
      parent.children.push({ name, state: stateOf(mark, word), suite: closes, children });
    }
  }
  return open.length === 1 ? open[0]?.children : undefined;
}

function stateOf(mark: string, word: string | undefined): TestNode['state'] {
  if (word === 'SKIP') return 'skipped';
  if (word === 'TODO') return 'pending';
  return mark === '✔' ? 'passed' : 'failed';
}

/** Counts as Node made them, less the files that reported nothing, plus the skipped groups that Node does not count. */
function withCounts(roots: readonly TestNode[], summary: Summary): TestReading {
  const leaves = roots.filter((node) => !isWholeFile(node)).flatMap((node) => leavesOf(node, []));
  const silent = roots.filter(isWholeFile).map((node) => node.name);
  const skippedLines = leaves.filter(({ state }) => state === 'skipped' || state === 'pending').length;
  const hidden = Math.max(0, skippedLines - summary.skipped - summary.todo);
  return {
    kind: 'complete', pending: summary.todo,
    tests: {
      total: summary.tests - silent.length + hidden, passed: summary.pass - silent.length, failed: summary.fail + summary.cancelled,
      skipped: summary.skipped + summary.todo + hidden, ids: leaves.filter(({ state }) => state === 'passed').map(({ id }) => id), ...silentFiles(silent),
    },
  };
}

interface Leaf {
  readonly id: string;
  readonly state: TestNode['state'];
}

function leavesOf(node: TestNode, above: readonly string[]): Leaf[] {
  const path = [...above, node.name];
  return node.children.length === 0 ? [{ id: path.join(' > '), state: node.state }] : node.children.flatMap((child) => leavesOf(child, path));
}
