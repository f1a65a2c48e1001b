import assert from 'node:assert/strict';
import type { Problem } from '../../../src/core/contract/contract.ts';
import { readContract } from '../../../src/core/contract/reader.ts';
import { smallestContract } from './exampleContract.ts';

/** Where a marked text stands in an otherwise valid contract; «» marks the place of its one problem. */
const frames = {
  whole: (text: string) => text,
  top: (text: string) => `${smallestContract}${text}\n`,
  scope: (text: string) => smallestContract.replace('  change: [src/**]', () => `  ${text}`),
  check: (text: string) => smallestContract.replace('      run: npm test\n', () => `      run: npm test\n      ${text}\n`),
  command: (text: string) => smallestContract.replace('      run: npm test\n', () => `      ${text}\n`),
  oracle: (text: string) => `${smallestContract}  ${text}\n`,
};

type Row = readonly [frame: keyof typeof frames, marked: string, message: RegExp, severity?: 'warning'];

const tables: Readonly<Record<string, readonly Row[]>> = {
  'what is missing': [
    ['whole', '«scope»: { change: [a] }\noracle: { checks: [{ id: a, run: b, exit: 0 }] }', /^`task` is missing$/],
    ['whole', '«task»: x\noracle: { checks: [{ id: a, run: b, exit: 0 }] }', /^`scope` is missing$/],
    ['whole', '«task»: x\nscope: { change: [a] }', /^`oracle` is missing$/],
    ['whole', 'task: x\n«scope»: { never: [a] }\noracle: { checks: [{ id: a, run: b, exit: 0 }] }', /^`scope\.change` is missing$/],
    ['whole', 'task: x\nscope: { change: [a] }\n«oracle»: { record: [a] }', /^`oracle\.checks` is missing$/],
    ['whole', 'task: x\nscope: { change: [a] }\noracle:\n  checks:\n    - «run»: b\n      exit: 0\n', /^`oracle\.checks\[0\]\.id` is missing$/],
    ['whole', 'task: x\nscope: { change: [a] }\noracle:\n  checks: [«{ id: b, exit: 0 }»]\n', /^`oracle\.checks\[0\]\.run` is missing$/],
  ],
  'what is empty': [
    ['whole', 'task: «" "»\nscope: { change: [a] }\noracle: { checks: [{ id: a, run: b, exit: 0 }] }', /cannot be blank/],
    ['whole', '«task»:\nscope: { change: [a] }\noracle: { checks: [{ id: a, run: b, exit: 0 }] }', /^`task` is empty$/],
    ['scope', 'change: «[]»', /the list is empty/], ['top', '«diff»:', /^`diff` is empty$/], ['scope', 'change: [a]\n  «never»: # nothing', /is empty/],
    ['check', 'metrics: «{}»', /the map is empty/], ['top', 'phases: «[]»', /the list is empty/], ['check', 'matrix: { a: «[]» }', /the list is empty/],
  ],
  'unknown keys': [
    ['top', '«modle»: {}', /did you mean `model`\?/], ['top', '«onStray»: flag', /did you mean `on-stray`\?/], ['top', '«deadline»: 2031-01-01T00:00:00Z', /belongs at `budget\.deadline`/],
    ['top', '«xyzzy»: 1', /^`xyzzy` is not a key here$/], ['top', 'diff: { files: 1, «line»: 3 }', /did you mean `lines`/], ['check', '«befor»: pass', /did you mean `before`/],
    ['check', 'before: pass\n      «X»: 1', /^`X` is not a key here$/], ['top', 'diff: { lines: 1, «Lines»: 3 }', /which is written already/],
    ['scope', 'change: [{ glob: a, «whi»: b }]', /did you mean `why`/], ['top', 'gates: { «explor»: auto }', /did you mean `explore`/],
  ],
  'names that are kept for later': [
    ['top', 'diff: { «bytes»: 3 }', /later version/], ['top', 'diff: { «churn»: 3 }', /later version/], ['top', 'budget: { «calls»: 3 }', /later version/],
    ['top', 'budget: { «helpers»: 3 }', /later version/], ['top', 'budget: { «phases»: {} }', /later version/], ['oracle', '«private»: [a]', /later version/], ['oracle', '«setup-network»: full', /later version/],
    ['check', '«requires»: gpu', /later version/], ['check', '«cluster»: 3', /later version/], ['top', '«lint»: x', /later version/], ['top', '«features»: x', /later version/], ['top', '«attempts»: 3', /later version/],
    ['top', '«environment»: x', /later version/], ['top', 'commands: { «limits»: {} }', /later version/], ['top', '«cluster»: x', /later version/], ['top', '«coverage»: x', /later version/],
    ['oracle', '«not-covered»: x', /later version/], ['top', '«pins»: x', /later version/], ['top', '«kind»: x', /later version/], ['top', 'model: { «phases»: {} }', /later version/],
  ],
  'globs': [
    ['scope', 'change: [«"!src/x"»]', /cannot begin with `!`/], ['scope', 'change: [a, «../b»]', /cannot leave/], ['scope', 'change: [«a/../b»]', /cannot leave/],
    ['scope', 'change: [«/src/**»]', /without the leading `\/`/], ['scope', 'change: [«C:\\x»]', /absolute/], ['scope', 'change: [«~/x»]', /absolute/], ['scope', 'change: [«src\\a»]', /backslash/],
    ['scope', 'change: [«src/(a)/b»]', /parentheses/], ['scope', 'change: [«""»]', /empty/], ['scope', 'change: [«a//b»]', /segments/], ['scope', 'change: [«./a»]', /segments/], ['scope', 'change: [«7»]', /cannot be the number 7/],
    ['scope', 'change: [«"{a"»]', /needs its end/], ['scope', 'change: [«"a\\u200Bb"»]', /invisible/], ['scope', 'change: [{ glob: «..» }]', /cannot leave/],
    ['scope', 'change: «src/**»', /cannot be the text "src/], ['scope', 'change: [a]\n  secret: [«5»]', /cannot be the number 5/],
    ['scope', 'change: [a, «a»]', /listed twice/, 'warning'], ['scope', 'change: [«\'**\'»]', /whole workspace/, 'warning'], ['scope', 'change: [«a/**»]\n  never: [a/**]', /`scope\.never` as well/],
    ['scope', 'change: [«a/**»]\n  oracle: [a/**]', /frozen/, 'warning'], ['scope', 'change: [«.git/hooks/**»]', /never changes/], ['scope', 'change: [«.bounded/x»]', /never changes/], ['scope', 'change: [a]\n  scratch: [«x/.GIT/y»]', /never changes/],
  ],
  'quantities': [
    ['top', 'budget: { time: «7» }', /cannot be the number 7/], ['top', 'budget: { time: «7d» }', /not a duration/], ['top', 'budget: { time: «0s» }', /longer than zero/], ['top', 'budget: { time: «481h» }', /20 days/],
    ['top', 'budget: { cost: «20» }', /cannot be the number 20/], ['top', 'budget: { cost: «20 EUR» }', /EUR is not known/], ['top', 'budget: { cost: «0 USD» }', /more than zero/], ['top', 'budget: { cost: «$20» }', /not an amount/],
    ['top', 'budget: { turns: «0» }', /not possible/], ['top', 'budget: { turns: «1.5» }', /not possible/], ['top', 'budget: { repairs: «-1» }', /not possible/], ['top', 'diff: { lines: «many» }', /cannot be the text "many"/],
    ['top', 'budget: { deadline: «2031-02-30T00:00:00Z» }', /exists/], ['top', 'budget: { deadline: «2031-02-03» }', /offset from UTC/], ['check', 'timeout: «2»', /cannot be the number 2/], ['check', 'exit: «256»', /not possible/],
  ],
  'choices': [
    ['top', 'on-stray: «rewnd»', /cannot be the text "rewnd"/], ['top', 'gates: { explore: «me» }', /cannot be the text "me"/], ['top', 'model: { effort: «huge» }', /cannot be the text "huge"/], ['top', 'commands: { network: «some» }', /cannot be/],
    ['top', 'commands: { sandbox: «true» }', /cannot be the value true/], ['check', 'before: «green»', /cannot be/], ['check', 'by: «review»', /cannot be/], ['top', 'model: { main: «a b» }', /not possible/], ['top', 'consent: «yes»', /cannot be the text "yes"/],
  ],
  'phases and gates': [
    ['top', 'phases: [explore, baseline, minimal-hook, «baseline»]', /cannot come after `minimal-hook`/], ['top', 'phases: [explore, «explore», baseline, minimal-hook]', /listed twice/],
    ['top', 'phases: «[baseline, minimal-hook]»', /`explore` is missing/], ['top', 'phases: «[explore, minimal-hook]»', /`baseline` is missing/], ['top', 'phases: «[explore, baseline, review]»', /is needed/],
    ['top', 'phases: [explore, baseline, minimal-hook]\ngates: { «review»: auto }', /never opens/, 'warning'], ['top', 'phases: [explore, baseline, «oracle-only», minimal-hook]', /may change nothing/, 'warning'],
    ['oracle', 'decoys: «3»\nphases: [explore, baseline, minimal-hook]', /not one of the phases/], ['whole', 'task: x\nscope: { change: [a] }\nphases: [explore, baseline, minimal-hook]\noracle: { checks: [{ id: a, run: b, exit: 0, by: «production-shape» }] }', /never be due/],
  ],
  'checks': [
    ['oracle', '  - { id: «Tests», run: b, exit: 0 }', /another check/], ['whole', 'task: x\nscope: { change: [a] }\noracle: { checks: [{ id: «a/b», run: c, exit: 0 }] }', /not possible/],
    ['whole', 'task: x\nscope: { change: [a] }\noracle: { checks: [{ id: «tests», run: c }] }', /only the exit status/, 'warning'], ['oracle', '  - «7»', /cannot be the number 7/],
    ['command', 'run: npm test «${dtype}»', /not an axis/], ['command', 'run: npm test «${dtpe}» ${dtype}\n      matrix: { dtype: [a] }', /did you mean `\$\{dtype\}`/], ['check', 'matrix: { «dtype»: [a] }', /does not use/, 'warning'],
    ['command', 'run: x ${a}\n      matrix: { a: [1, «1»] }', /listed twice/], ['command', 'run: x ${a}\n      matrix: { a: [«3.10»] }', /as `3\.1`/, 'warning'], ['command', 'run: x ${a}\n      matrix: { a: [«null»] }', /is empty/],
    ['command', 'run: x ${a}\n      matrix: { a: «b» }', /cannot be the text "b"/], ['command', 'run: x ${a b}\n      matrix: { «"a b"»: [1] }', /not possible/],
    ['command', `run: x \${a} \${b}\n      «matrix»: { a: [${Array.from({ length: 40 }, (_, n) => n).join(', ')}], b: [${Array.from({ length: 40 }, (_, n) => n).join(', ')}] }`, /1600 cells/],
    ['command', 'run: x ${a}\n      matrix: { a: [1] }\n      metrics: { m: { equals: 1 } }\n      override: [{ when: { «b»: 1 }, metrics: { m: { equals: 2 } } }]', /no axis `b`/],
    ['command', 'run: x ${a}\n      matrix: { a: [1] }\n      metrics: { m: { equals: 1 } }\n      override: [{ when: { a: «"1"» }, metrics: { m: { equals: 2 } } }]', /one is a text/],
    ['command', 'run: x ${a}\n      matrix: { a: [1] }\n      metrics: { abc: { equals: 1 } }\n      override: [{ when: { a: 1 }, metrics: { «abd»: { equals: 2 } } }]', /did you mean `abc`/],
    ['check', 'report: «/tmp/x»', /relative/], ['check', 'before: pass\n      timeout: «0m»', /longer than zero/], ['oracle', 'decoys: [«../x»]', /segments/], ['oracle', 'decoys: «21»', /not possible/], ['oracle', 'decoys: «[]»', /the list is empty/],
  ],
  'conditions': [
    ['check', 'metrics: { m: { at-most: «.nan» } }', /no number/], ['check', 'metrics: { m: { at-most: «.inf» } }', /infinite/], ['check', 'metrics: { m: { at-most: «"1"» } }', /cannot be the text "1"/], ['check', 'metrics: { m: «3» }', /cannot be the number 3/],
    ['check', 'metrics: { m: «{}» }', /no condition/], ['check', 'metrics: { m: { at-most: 3, «at-least»: 1 } }', /second condition/], ['check', 'metrics: { m: { «target»: 3 } }', /needs `bands`/], ['check', 'metrics: { m: { at-most: 3, «bands»: { reproduces: 1% } } }', /belong to a `target`/],
    ['check', 'metrics: { m: { target: «0», bands: { reproduces: 1% } } }', /relative to 0/], ['check', 'metrics: { m: { target: 1, bands: { reproduces: «0.05» } } }', /cannot be the number/], ['check', 'metrics: { m: { target: 1, «bands»: { partial: 5% } } }', /reproduces` is missing/],
    ['check', 'metrics: { m: { target: 1, bands: { reproduces: 5%, partial: «1%» } } }', /narrower/], ['check', 'metrics: { «" m"»: { equals: 1 } }', /not possible/],
  ],
  'YAML': [
    ['whole', 'a:\n«\t»b: 1', /Tabs/], ['whole', 'a: "b', /closing/], ['whole', '«- a»', /map of keys/], ['whole', '«hello»', /map of keys/], ['top', '«task»: again', /written twice/], ['top', '«1»: x', /plain name/],
    ['top', '«__proto__»: x', /plain name/], ['top', '? «[a]»\n: x', /plain name/], ['whole', '«%YAML 1.1»\n---\ntask: x', /YAML 1\.1/], ['top', '«---»\ntask: y', /second document/], ['top', 'consent: [«!foo» x]', /tag/i], ['top', 'consent: «*nothing»', /nothing is called `&nothing`/],
  ],
};

describe('a problem of a contract', () => {
  for (const [name, rows] of Object.entries(tables)) {
    describe(`about ${name} has its place`, () => {
      for (const [frame, marked, message, severity] of rows) {
        it(marked.replace(/\s+/g, ' ').slice(0, 110), () => {
          const { text, place } = unmark(frames[frame](marked));
          const found = readContract(text).problems.filter((problem) => message.test(problem.message));
          assert.equal(found.length, 1, JSON.stringify(readContract(text).problems, undefined, 1));
          const [problem] = found;
          if (place !== undefined) assert.deepEqual(placeOf(problem), place);
          assert.equal(problem?.severity, severity ?? 'error');
        });
      }
    });
  }

  it('of an empty text, or one of comments, is what is missing', () => {
    for (const text of ['', '\n\n', '# nothing\n', '---\n', '\uFEFF', '{}']) assert.deepEqual(readContract(text).problems.map(({ path }) => path), ['task', 'scope', 'oracle'], JSON.stringify(text));
  });

  it('has the same place in a text with a byte order mark and other ends of lines', () => {
    const { text, place } = unmark(frames.top('«modle»: {}'));
    assert.deepEqual(placeOf(readContract(`\uFEFF${text.replaceAll('\n', '\r\n')}`).problems[0]), place);
  });

  it('says what was expected', () => {
    const { problems } = readContract(frames.top('budget: { time: 7 }'));
    assert.equal(problems[0]?.expected, 'a duration with its unit, such as `90s`, `20m`, `7h` or `1h30m`');
    assert.equal(problems[0].path, 'budget.time');
  });

  it('does not come alone: nothing else is said about a text that has one', () => {
    for (const marked of ['«modle»: {}', 'budget: { time: «7» }', 'gates: { explore: «me» }']) assert.equal(readContract(unmark(frames.top(marked)).text).problems.length, 1, marked);
  });
});

function unmark(marked: string): { text: string; place: ReturnType<typeof placeOf> | undefined } {
  const [before = '', inside, after = ''] = marked.split(/[«»]/);
  if (inside === undefined) return { text: marked, place: undefined };
  const [line, column] = position(before);
  const [endLine, endColumn] = position(before + inside);
  return { text: before + inside + after, place: { line, column, endLine, endColumn } };
}

function position(before: string): [number, number] {
  const lines = before.split('\n');
  return [lines.length, (lines.at(-1)?.length ?? 0) + 1];
}

function placeOf(problem: Problem | undefined): { line: number | undefined; column: number | undefined; endLine: number | undefined; endColumn: number | undefined } {
  return { line: problem?.line, column: problem?.column, endLine: problem?.endLine, endColumn: problem?.endColumn };
}
