import assert from 'node:assert/strict';
import fc from 'fast-check';
import { globFault, globOfPath, pathFault } from '../../../src/core/contract/globSyntax.ts';
import type { Parsed } from '../../../src/core/contract/quantities.ts';
import { parseDuration, parseInstant, parseMoney, parsePercent } from '../../../src/core/contract/quantities.ts';
import { nearest } from '../../../src/core/contract/suggest.ts';
import { compileGlobs } from '../../../src/core/guard/globs.ts';

const valueOf = (parsed: Parsed<number>): number | undefined => (parsed.ok ? parsed.value : undefined);

describe('a duration', () => {
  for (const [text, ms] of [['90s', 90_000], ['20m', 1_200_000], ['7h', 25_200_000], ['1.5h', 5_400_000], ['1h30m', 5_400_000], ['2m 5s', undefined], ['0.5s', 500], ['20 m', 1_200_000], ['480h', 1_728_000_000]] as const) {
    it(`${text} is ${ms ?? 'none'}`, () => assert.equal(valueOf(parseDuration(text)), ms));
  }
  for (const text of ['', '7', 's', '-1s', '1e3s', '0s', '481h', '1m2h', '1d', '١s', ' 1s', '1s\n', '999999999999h']) it(`${JSON.stringify(text)} is none`, () => assert.equal(valueOf(parseDuration(text)), undefined));
});

describe('an amount of money', () => {
  for (const [text, usd] of [['20 USD', 20], ['0.5 USD', 0.5], ['20USD', 20], ['12.3456 USD', 12.3456]] as const) it(`${text} is ${usd} dollars`, () => assert.equal(valueOf(parseMoney(text)), usd));
  for (const text of ['20', '$20', '20 EUR', '0 USD', '-1 USD', 'USD', '1e3 USD', '20 usd']) it(`${text} is none`, () => assert.equal(valueOf(parseMoney(text)), undefined));
});

describe('a percentage', () => {
  it('is a fraction', () => assert.deepEqual(['5%', '10 %', '0%', '0.5%'].map((text) => valueOf(parsePercent(text))), [0.05, 0.1, 0, 0.005]));
  it('has its sign', () => assert.deepEqual(['5', '-5%', '%', '5 percent'].map((text) => valueOf(parsePercent(text))), [undefined, undefined, undefined, undefined]));
});

describe('an instant', function () {
  this.timeout(60_000);

  it('is the one that the platform reads, for every date and offset', () => {
    const two = (value: number) => String(value).padStart(2, '0');
    fc.assert(fc.property(fc.date({ min: new Date('1600-01-01T00:00:00Z'), max: new Date('9998-12-30T00:00:00Z'), noInvalidDate: true }), fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, offset) => {
      const whole = Math.floor(date.getTime() / 1000) * 1000;
      const local = new Date(whole + offset * 60_000).toISOString().slice(0, 19);
      const text = `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
      assert.equal(valueOf(parseInstant(text)), whole, text);
    }));
  });
  it('may leave out seconds', () => assert.equal(valueOf(parseInstant('2031-05-01 18:00Z')), Date.parse('2031-05-01T18:00:00Z')));
  for (const text of ['2031-05-01', '2031-05-01T18:00:00', '2031-13-01T00:00Z', '2031-02-29T00:00Z', '2031-05-01T24:00Z', '2031-05-01T00:60Z', 'soon', '2031-00-10T00:00Z', '2031-01-00T00:00Z']) {
    it(`${text} is none`, () => assert.equal(valueOf(parseInstant(text)), undefined));
  }
  it('knows leap years', () => assert.notEqual(valueOf(parseInstant('2032-02-29T00:00Z')), undefined));
});

describe('a glob', function () {
  this.timeout(60_000);

  for (const glob of ['src/**', '*.md', '**/*.{ts,tsx}', 'a b/c', 'src/app/\\(auth\\)/\\[id\\]/**', '/package.json', 'docs/', '[abc].ts', '[!a].ts', '.env*', 'é/**', '@scope/x', 'a+b', '**', 'a\\|b', '[ab]+c', '{a,b/c}', '{a,{b,c}}', '{a}', '[!-~]', '[a-z]', '[[:alpha:]]', '**/', '../a/*.md', '../../a/**']) it(`may be ${glob}`, () => assert.equal(globFault(glob), undefined));
  for (const glob of ['', ' ', ' a', 'a ', '!a', '../', '..//a', '../../', '../a/../b', 'a/../b', '..', '/a/b', '//a', 'a//b', './a', 'a/./b', '~/a', 'C:/a', 'c:\\a', 'file:///a', 'https://x/y', 'a\\b', '\\\\server\\x', 'a(b)', '+(a|b)', '@(a|b)', 'a!(b)', 'a?(b)', 'docs|src', '|*', '***', 'a/***/b', '{1..3}', '{01..12}', 'x{a,{b..d}}', '{a/,b}', '{a,/b}', '{a,{/b,c}}', '{a/,{b,c}}', 'a[/]b', '[a/b]c', '[+-9]', '[]/]', '{a', 'a}', '[a', 'a\nb', 'a\u202Eb', 'x'.repeat(301)]) {
    it(`is never ${JSON.stringify(glob.slice(0, 20))}`, () => assert.notEqual(globFault(glob), undefined));
  }
  it('that is accepted can be matched with', () => {
    const part = fc.constantFrom('a', 'b', '*', '**', '/', '.', '{', '}', '[', ']', '[!', '\\[', '\\(', '!', ',', '?', '+', '@', '|', '-', '{a,b}', '{1..3}');
    fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 10 }).map((parts) => parts.join('')), (glob) => {
      if (globFault(glob) === undefined) compileGlobs([glob])('a/b/c.ts');
    }), { numRuns: 500 });
  });
});

describe('the glob of a path', () => {
  const name = fc.array(fc.constantFrom('a', 'b', '.', ' b', ...'[]{}()*?!+@|"\',#$^&;=-1'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')).filter((text) => !/^\.+$|^ /.test(text));
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));

  it('is one that a contract may have, and matches this path and no other', () => {
    fc.assert(fc.property(path, path, (one, other) => {
      assert.equal(globFault(globOfPath(one)), undefined, globOfPath(one));
      assert.notEqual(compileGlobs([globOfPath(one)])(one), undefined, globOfPath(one));
      assert.equal(compileGlobs([globOfPath(one)])(`x/${one}`), undefined);
      if (other !== one && !other.startsWith(`${one}/`)) assert.equal(compileGlobs([globOfPath(one)])(other), undefined, `${globOfPath(one)} and ${other}`);
    }), { numRuns: 2000 });
  });
  for (const one of ['a|b', 'a"b', '!a', 'app/(auth)/[id].ts', '{a,b}', 'a+b', '[a]+', '*']) it(`matches ${one}`, () => assert.equal(compileGlobs([globOfPath(one)])(one), globOfPath(one)));
});

describe('the path of a file', () => {
  it('lies in the workspace folder', () => {
    for (const path of ['a', 'a/b.json', '.x/y', 'a b']) assert.equal(pathFault(path), undefined, path);
    for (const path of ['', '/a', '../a', 'a/../b', './a', 'a/', 'C:/a', 'a\\b', '~/a', 'a\0', ' a']) assert.notEqual(pathFault(path), undefined, path);
  });
});

describe('what was meant', () => {
  const keys = ['at-most', 'at-least', 'files', 'lines', 'on-stray', 'minimal-hook', 'run', 'report', 'record'];
  for (const [word, meant] of [['atMost', 'at-most'], ['at_least', 'at-least'], ['file', 'files'], ['liens', 'lines'], ['ON-STRAY', 'on-stray'], ['minimalhook', 'minimal-hook'], ['rnu', 'run'], ['xyzzy', undefined], ['', undefined], ['recrod', 'record']] as const) {
    it(`by ${JSON.stringify(word)} is ${meant ?? 'nothing'}`, () => assert.equal(nearest(word, keys), meant));
  }
  it('is found in bounded time', () => assert.equal(nearest('x'.repeat(100_000), keys), undefined));
});
