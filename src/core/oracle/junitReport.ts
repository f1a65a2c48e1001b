import type { TestReading } from './testReport.ts';

interface Case {
  readonly id: string;
  state: 'passed' | 'failed' | 'skipped' | 'pending' | 'not-loaded';
}

const token = /<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;

/** Reads a JUnit XML report. It is complete when every element is closed and the suites' own counts agree. */
export function readJunit(text: string): TestReading {
  const open: string[] = [];
  const cases: Case[] = [];
  let declared = 0;
  for (const [, slash, name, attributes = '', empty] of text.matchAll(token)) {
    if (name === undefined) continue;
    if (slash === '/') {
      if (open.pop() !== name) return unfit(`</${name}> closes nothing`);
      continue;
    }
    if (name === 'testcase') cases.push({ id: idOf(attributes), state: 'passed' });
    else if (name === 'testsuite' && !open.includes('testsuite')) declared += Number(attribute(attributes, 'tests') ?? Number.NaN);
    else if (open.includes('testcase')) mark(cases.at(-1), name, attributes);
    if (empty !== '/') open.push(name);
  }
  if (open.length > 0 || !/<\/testsuites?>\s*$|<testsuites?[^<>]*\/>\s*$/.test(text)) return unfit('it is cut off');
  if (!Number.isNaN(declared) && declared !== cases.length) return unfit(`it declares ${declared} tests and lists ${cases.length}`);
  return reading(cases);
}

function unfit(why: string): TestReading {
  return { kind: 'incomplete', why: `the JUnit report is not complete: ${why}` };
}

function mark(test: Case | undefined, name: string, attributes: string): void {
  if (test === undefined) return;
  if (name === 'skipped') test.state = attribute(attributes, 'type') === 'pytest.xfail' ? 'pending' : 'skipped';
  if (name === 'failure' || name === 'error') test.state = attribute(attributes, 'message') === 'collection failure' ? 'not-loaded' : 'failed';
}

function reading(cases: readonly Case[]): TestReading {
  const broken = cases.filter(({ state }) => state === 'not-loaded').map(({ id }) => id);
  if (broken.length > 0) return { kind: 'not-loaded', why: `could not be collected: ${broken.join(', ')}` };
  const count = (...states: readonly Case['state'][]) => cases.filter(({ state }) => states.includes(state)).length;
  const ids = cases.filter(({ state }) => state === 'passed').map(({ id }) => id);
  return { kind: 'complete', pending: count('pending'), tests: { total: cases.length, passed: ids.length, failed: count('failed'), skipped: count('skipped', 'pending'), ids } };
}

function idOf(attributes: string): string {
  return [attribute(attributes, 'classname'), attribute(attributes, 'name')].filter((one) => one !== undefined && one !== '').join(' > ');
}

function attribute(attributes: string, name: string): string | undefined {
  const [, double, single] = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes) ?? [];
  return (double ?? single)?.replace(/&(lt|gt|quot|apos|amp|#\d+|#x[\da-f]+);/gi, (_, entity: string) => character(entity.toLowerCase()));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function character(entity: string): string {
  if (!entity.startsWith('#')) return entities[entity] ?? '';
  const code = entity.startsWith('#x') ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
