import assert from 'node:assert/strict';
import { printView } from '../../../src/cli/printView.ts';
import type { Hunk } from '../../../src/core/session/changes.ts';
import type { ListedHunk } from '../../../src/core/session/listedHunk.ts';
import { reportPages } from '../../../src/core/session/reports/pages.ts';
import { viewOf } from '../../../src/core/session/viewOf.ts';
import { wholeSession } from './support/wholeSession.ts';

const lines: Hunk = { id: 'h', oldStart: 1, oldLines: 1, newStart: 3, newLines: 2, lines: ['-a', '+b', '+c'] };
const hunk = (name: string, path = 'src/model/block.js'): ListedHunk => ({ path, hunk: name, lines: { ...lines, id: name }, line: 3, added: 2, removed: 1, what: 'changed', writes: [], users: true, standing: 'user' });

describe('what a person has looked at', () => {
  const hunks = [hunk('h1'), hunk('h2'), hunk('h1', 'test/a.js')];
  const marked = (reviewed: boolean, ...names: string[]) => ({ type: 'hunks/marked' as const, reviewed, hunks: names.map((name) => ({ path: 'src/model/block.js', hunk: name })) });

  it('is folded from the marks of a person: set, and taken off', () => {
    const story = wholeSession().tell(marked(true, 'h1', 'h2'), marked(true, 'h2'), marked(false, 'h1'));
    assert.deepEqual(story.session.reviewed, [{ path: 'src/model/block.js', hunk: 'h2' }]);
  });

  it('is counted and told hunk by hunk; a hunk of the same name in another file is another one', () => {
    const { session } = wholeSession().tell(marked(true, 'h1'));
    const view = viewOf(session, { active: 0, running: false, hunks });
    assert.deepEqual([view.changes?.reviewed, view.changes?.total, view.changes?.files.map((file) => file.hunks.map((row) => row.reviewed))], [1, 3, [[true, false], [false]]]);
    assert.match(printView(view), /changes: 1 of 3 hunks reviewed\n {2}src\/model\/block\.js · \+4 −2\n {4}✓ line 3 \+2 −1 · user · by you · hunk h1 · reviewed\n {4}· line 3 \+2 −1 · user · by you · hunk h2\n/);
  });

  it('names the first hundred files, and how many more there are', () => {
    const many = Array.from({ length: 260 }, (_, index) => hunk('h1', `src/file${index}.js`));
    const view = viewOf(wholeSession().session, { active: 0, running: false, hunks: many });
    assert.deepEqual([view.changes?.total, view.changes?.files.length, view.changes?.files.at(-1)?.path, view.changes?.more], [260, 100, 'src/file99.js', 160]);
    assert.match(printView(view), /… and 160 files more; bounded mark lists every hunk\n/);
  });

  it('is in the evidence, with what nobody has looked at', () => {
    const { session } = wholeSession().tell(marked(true, 'h1'));
    const page = reportPages(session, hunks).get('EVIDENCE.md') ?? '';
    assert.match(page, /## Marked as reviewed by a person\n\n1 of 3 hunks\.\n\nNot looked at:\n\n- `src\/model\/block\.js:3`, \+2 −1\n- `test\/a\.js:3`/);
    assert.doesNotMatch(reportPages(session).get('EVIDENCE.md') ?? '', /Marked as reviewed/, 'where the change is not known, nothing is said of it');
  });
});
