import { isWholeFile, nodeCount, summarize, type TestNode, type TestReading } from './testReport.ts';

/**
 * Reads TAP 13 and 14 with nested subtests, as `node --test`, tape, prove and others write it. The plan is the end
 * record: every level's plan must match what was reported, and the summary comments of Node must agree.
 */
export function readTap(lines: readonly string[]): TestReading {
  const parser = new TapParser();
  for (const line of lines) parser.take(line);
  return parser.reading();
}

interface Level {
  readonly nodes: Building[];
  plan?: number;
}

interface Building extends TestNode {
  suite: boolean;
}

class TapParser {
  /** Tests whose parent has not been reported yet, by depth. */
  readonly #levels: Level[] = [];
  readonly #faults: string[] = [];
  readonly #summary = new Map<string, number>();
  #versions = 0;
  #last: { readonly node: Building; readonly column: number } | undefined;
  #inYaml = false;

  take(line: string): void {
    const [, spaces = '', text = ''] = /^( *)(.*)$/.exec(line.trimEnd()) ?? [];
    if (this.#inYaml) this.#takeYaml(text, spaces.length);
    else if (text === '---' && spaces.length === this.#last?.column) this.#inYaml = true;
    else if (spaces.length % 4 === 0) this.#takeLine(text, spaces.length / 4);
  }

  reading(): TestReading {
    const [top] = this.#levels;
    if (top === undefined && this.#versions === 0) return { kind: 'absent' };
    if (top?.plan === undefined) return { kind: 'incomplete', why: 'the TAP report has no plan: the runner did not come to its end' };
    if (this.#versions > 1) return { kind: 'incomplete', why: 'there are several TAP reports in one output' };
    this.#close(0);
    this.#checkSummary(top.nodes);
    const [fault] = this.#faults;
    return fault === undefined ? summarize(top.nodes) : { kind: 'incomplete', why: fault };
  }

  #takeYaml(text: string, column: number): void {
    if (column !== this.#last?.column) return;
    if (text === '...') this.#inYaml = false;
    if (text === "type: 'suite'") this.#last.node.suite = true;
  }

  #takeLine(text: string, depth: number): void {
    const result = /^(not )?ok\b(?: (\d+))?(?: *- *| |$)(.*)$/.exec(text);
    const plan = /^1\.\.(\d+)(?:\s|$)/.exec(text);
    if (result !== null) this.#takeResult(result, depth);
    else if (plan !== null) this.#takePlan(Number(plan[1]), depth);
    else if (depth === 0) this.#takeTopLine(text);
  }

  #takeResult([, not, number, rest = '']: RegExpExecArray, depth: number): void {
    this.#close(depth + 1);
    const level = this.#level(depth);
    const children = this.#levels[depth + 1]?.nodes ?? [];
    this.#levels.length = depth + 1;
    const node: Building = { ...nameAndState(rest, not === undefined), suite: false, children };
    level.nodes.push(node);
    // Node numbers whole files by themselves; everything else counts up, so that a line of the tested code's own stands out.
    if (number !== undefined && Number(number) !== level.nodes.length && !isWholeFile(node)) this.#faults.push(`test number ${number} is out of order`);
    this.#last = { node, column: depth * 4 + 2 };
  }

  #takePlan(plan: number, depth: number): void {
    const level = this.#level(depth);
    if (level.plan !== undefined) this.#faults.push('there are several plans for the same tests');
    level.plan = plan;
  }

  #takeTopLine(text: string): void {
    if (/^TAP version \d+$/.test(text)) this.#versions += 1;
    if (text.startsWith('Bail out!')) this.#faults.push('the runner bailed out');
    const figure = /^# (tests|suites) (\d+)$/.exec(text);
    if (figure !== null && this.#levels[0]?.plan !== undefined) this.#summary.set(figure[1] ?? '', Number(figure[2]));
  }

  /** Ends the level at `depth` and those below it: what was planned must have been reported. */
  #close(depth: number): void {
    for (const { plan, nodes } of this.#levels.slice(depth)) {
      if (plan !== undefined && plan !== nodes.length) this.#faults.push(`${nodes.length} of ${plan} planned tests were reported`);
    }
  }

  #checkSummary(nodes: readonly TestNode[]): void {
    const tests = this.#summary.get('tests');
    if (tests !== undefined && tests + (this.#summary.get('suites') ?? 0) !== nodeCount(nodes)) this.#faults.push('the reported tests do not add up to the summary');
  }

  #level(depth: number): Level {
    while (this.#levels.length < depth) this.#levels.push({ nodes: [] });
    return (this.#levels[depth] ??= { nodes: [] });
  }
}

/** Node escapes `#` and `\` in names, so that a bare `#` starts a directive. */
function nameAndState(rest: string, ok: boolean): Pick<TestNode, 'name' | 'state'> {
  const directive = /(?:^|[^\\])# *(skip|todo)\b/i.exec(rest);
  const name = (directive === null ? rest : rest.slice(0, directive.index + 1)).replace(/#$/, '').trim().replace(/\\([\\#])/g, '$1');
  const word = directive?.[1]?.toLowerCase();
  return { name, state: word === 'skip' ? 'skipped' : word === 'todo' ? 'pending' : ok ? 'passed' : 'failed' };
}
