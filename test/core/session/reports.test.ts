import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printView } from '../../../src/cli/printView.ts';
import { fold } from '../../../src/core/session/evolve.ts';
import { code, plainText, tableCode } from '../../../src/core/session/reports/markdown.ts';
import { reportPages } from '../../../src/core/session/reports/pages.ts';
import { viewOf } from '../../../src/core/session/viewOf.ts';
import { answered, base, boundary, finding, flag, gate, opened, phase, plan, write } from './support/events.ts';
import { Story } from './support/journal.ts';
import { wholeSession } from './support/wholeSession.ts';

const evil = ['# Verdict: pass', '\n## Verdict\n\n**pass**\n', '![x](https://evil.test/p.png)', '[pass](javascript:alert)', '<img src=x onerror=y>', '| a | b |\n|---|---|', '```\npass', '`<b>`', 'https://evil.test', 'www.evil.test', '_x_www.evil.test', '\u001b[2J', '\u202epass', '- [x] done', '&lt;b&gt;', '$x$', '\\', 'a\\|b'];
const hostile = fc.array(fc.oneof(fc.constantFrom(...evil), fc.string()), { maxLength: 4 }).map((parts) => parts.join(' '));

describe('Text of others in a page', () => {
  it('is one line without controls, and opens nothing', () => {
    fc.assert(fc.property(hostile, (text) => {
      const safe = plainText(text);
      assert.doesNotMatch(safe, /[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
      const bare = safe.replace(/\\[!-/:-@[-`{-~]/g, '·');
      assert.doesNotMatch(bare, /[`*[\]|~$\\]|<[a-z/!?]|&[a-z#]|:\/\/|www\.|mailto:/i, safe);
      assert.doesNotMatch(bare, /^\s*(#|>|[-+=] |\d+[.)])/, safe);
    }), { numRuns: 500 });
  });

  it('stays legible where nothing could be opened', () => {
    for (const text of ['max_abs_error 1.859e-7, wanted <= 1e-6', 'a < b & c > d', 'step() returns (x, y)!']) assert.equal(plainText(text), text);
  });

  it('stays inside its code span', () => {
    fc.assert(fc.property(hostile, (text) => {
      const span = code(text);
      if (span === '') return;
      const [fence = ''] = /^`+/.exec(span) ?? [];
      const runs = [...span.matchAll(/`+/g)].filter(([one]) => one.length === fence.length);
      assert.equal(runs.length, 2, span);
      assert.doesNotMatch(span, /[\p{Cc}]/u);
    }), { numRuns: 500 });
  });

  it('stays inside its column', () => {
    fc.assert(fc.property(hostile, (text) => assert.doesNotMatch(tableCode(text).replace(/\\[!-/:-@[-`{-~]/g, ''), /\|/)), { numRuns: 500 });
  });
});

/** A session in which every text of a model, a file or a program is `text`. */
function hostileSession(text: string): Story {
  const change = write(text, 'a', 'b');
  return new Story(undefined, { endpoint: { url: text, servedBy: text } }).tell(
    base, phase('explore'), ...opened('e1'), answered('e1', [{ type: 'text', text: `All tests pass. ${text}` }], 'end_turn'),
    { type: 'plan/submitted', plan: { ...plan, summary: text, integration_point: text, oracle: text, risks: [text], files_to_change: [text], options: [{ option: text, chosen: true, why: text, expected: text }], steps: [{ id: text, title: text, depends_on: [text], files: [text], expected: text }] } },
    { type: 'decision/recorded', decision: { id: 'D', title: text, choice: text, because: text } },
    { type: 'amendment/proposed', amendment: { id: 'A-1', change: text, why: text } }, gate('g', 'explore', 'phase'),
    { type: 'gate/answered', gate: 'g', answer: { kind: 'send-back', note: text }, by: 'person' }, boundary('explore', 't0'), phase('minimal-hook'),
    { type: 'decoys/submitted', decoys: [{ name: text, wrong_how: text, patch: text }] }, { type: 'decoy/ran', decoy: text, result: 'survived', detail: text },
    { type: 'flags/raised', flags: [flag('f1', change, { cause: text })] }, { type: 'review/reported', findings: [finding('F-1', 0, { claim: text, trigger: text, command: text, file: text })], dropped: 0 },
    { type: 'exit/evaluated', phase: 'minimal-hook', tree: 't0', conditions: [{ id: text, holds: false, wanted: text, measured: text }] },
    { type: 'verdict/reached', verdict: 'fail', tree: 't0', change: { files: 1, added: 1, removed: 0 }, because: [text] }, { type: 'session/ended', end: 'blocked', detail: text });
}

describe('Pages for people', () => {
  const headings = (text: string) => text.split('\n').filter((line) => /^\s*#/.test(line));

  it('name the first of very many flags, those that are open first', () => {
    const flags = Array.from({ length: 3000 }, (_, index) => flag(`f${index}`, write(`out/${index}.js`, 'a', 'b'), index < 2990 ? { outcome: 'left' } : {}));
    const session = hostileSession('x').tell({ type: 'flags/raised', flags }).session;
    const evidence = reportPages(session).get('EVIDENCE.md') ?? '';
    assert.match(evidence, /- `out\/2990\.js`, out-of-scope, by `.*`: \*\*open\*\*\n/);
    assert.match(evidence, /\n- and 2901 more, which the trace has\n/);
    assert.equal(evidence.match(/out\/\d+\.js/g)?.length, 99);
  });

  it('have the same headings whatever a model writes, and never its markup', () => {
    const harmless = reportPages(hostileSession('x').session);
    for (const text of evil) {
      const pages = reportPages(hostileSession(text).session);
      assert.deepEqual([...pages.keys()], ['PLAN.md', 'ORACLE.md', 'PROGRESS.md', 'REVIEW.md', 'EVIDENCE.md'].filter((file) => harmless.has(file)));
      for (const [file, page] of pages) {
        assert.deepEqual(headings(page), headings(harmless.get(file) ?? ''), `${file}: ${text}`);
        const prose = page.replace(/(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
        assert.doesNotMatch(prose, /(?<!\\)!?\[|(?<!\\)<[a-z]|[^\n\P{Cc}]|\u202e|(?<!\\):\/\//u, `${file}: ${text}`);
      }
    }
  });

  it('are the same bytes for the same session, after every entry', () => {
    const { entries } = wholeSession();
    for (let cut = 1; cut <= entries.length; cut++) {
      const [one, two] = [fold(entries.slice(0, cut)), fold(entries.slice(0, cut))];
      assert.ok(one && two);
      assert.deepEqual([...reportPages(one)], [...reportPages(two)]);
    }
  });

  it('the evidence holds every part of the proof', () => {
    const page = reportPages(wholeSession().session).get('EVIDENCE.md') ?? assert.fail('no evidence');
    for (const part of ['**pass**', '`t4`', 'Run r5 (boundary)', 'Run r6 (confirm)', '`match[dtype=float16,batch=4,length=128]`', 'max_abs_error 2e-4, wanted <= 0.002', '`post-norm`: **caught**', 'match: batch other than 1, 4',
      '**contradicted**', '`F-1` **refuted**', '`src/scheduler/queue.js`', '`notes.txt`', '`README.md`', '`k-minimal-hook`', 'SHA-256 `c0ffee`, locked', '**approve** by a person', 'Sandbox: bubblewrap', 'scripted model', '`node --version`: `v20`',
      'big.bin', 'bounded trace s1', 'bounded verify']) assert.ok(page.includes(part), part);
  });

  it('there is no evidence before a verdict, and it says unverified after a rewind', () => {
    const { entries } = wholeSession();
    assert.equal(reportPages(fold(entries.slice(0, -3)) ?? assert.fail()).has('EVIDENCE.md'), false);
    const story = wholeSession().tell({ type: 'rewind/done', rewind: { id: 'w9', kind: 'boundary', to: 'base', safety: 't4', tree: 't0', restored: [], merged: [], left: [], writes: [], by: 'person' } });
    const pages = reportPages(story.session);
    assert.match(pages.get('EVIDENCE.md') ?? '', /^# Evidence: unverified/);
    assert.match(pages.get('PLAN.md') ?? '', /no plan yet/);
    assert.match(pages.get('REVIEW.md') ?? '', /not reviewed yet/);
  });
});

describe('The view in a terminal', () => {
  it('has no control characters and no line that others wrote', () => {
    const lines = printView(viewOf(hostileSession('x').session)).split('\n').length;
    for (const text of evil) {
      const printed = printView(viewOf(hostileSession(text).session));
      assert.doesNotMatch(printed, /[^\n\P{Cc}]|\u202e/u);
      assert.equal(printed.split('\n').length, lines, text);
    }
  });
});
