import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { call, say, text, thinking, tool, turn } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import type { Ran } from './support/cli.ts';
import type { Moves } from './support/moves.ts';
import { honest, right, textOf } from './support/moves.ts';
import { contractText } from './support/project.ts';
import { scenario } from './support/scenario.ts';

const finding = { kind: 'weak-test', severity: 'minor', file: 'docs/variance.md', line: 1, claim: 'The page has no example.', trigger: 'A reader who looks for one.', command: 'grep -q example docs/variance.md' };
const report = (...findings: readonly object[]) => call('report_findings', { findings });
const page = (text: string) => call('write', { file_path: 'docs/variance.md', content: `# Variance\n\n${text}\n` });
const done = call('complete_phase', { summary: 'Answered.' });
const settled = (ran: Ran) => events(ran, 'finding/settled').map((event) => [event.finding, event.outcome]);

describe('the review', function () {
  this.timeout(180_000);

  it('knows nothing of what the implementer said, thought or did, beyond plan, oracle and diff', async () => {
    const [prose, thought, input] = ['SAID-7f3a', 'THOUGHT-7f3a', 'INPUT-7f3a'];
    const [write, ...rest] = honest['minimal-hook']?.[0] ?? [];
    const moves: Moves = {
      'explore': [[
        turn([thinking(`${thought} in explore`), text(`${prose} in explore`), tool('grep', { pattern: input })]), call('explore', { question: `Where is the mean? ${input}` }),
        ...(honest.explore?.[0] ?? []).slice(1),
      ]],
      'helper': [[say(`The mean is in src/stats/mean.js. ${prose}`)]],
      'minimal-hook': [[
        turn([thinking(thought), text(`${prose}: all tests pass.`), tool('bash', { command: `echo ${input}` }), tool('record_decision', { title: input, choice: input, because: input })]),
        ...(write === undefined ? [] : [write]), ...rest.slice(0, -1), call('complete_phase', { summary: `${prose} ${input}` }),
      ]],
    };
    await scenario(moves, undefined, async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      const reviews = server.requests.filter((request) => textOf(request.body, 0).startsWith('# Review'));
      assert.ok(reviews.length >= 1);
      for (const { raw } of reviews) for (const sentinel of [prose, thought, input]) assert.equal(raw.includes(sentinel), false, `${sentinel} reached the reviewer`);
      const others = server.requests.filter((request) => !reviews.includes(request)).map(({ raw }) => raw).join('\n');
      for (const sentinel of [prose, thought, input]) assert.ok(others.includes(sentinel), `${sentinel} was never in play`);
      assert.match(reviews[0]?.raw ?? '', /variance\.js/);
    });
  });

  it('of a diff that is too long for one request names the files that are not in it', async () => {
    const large = call('bash', { command: 'for i in 1 2 3; do head -c 150000 /dev/zero | tr "\\0" x | fold -w 1000 > src/stats/large$i.txt; done' });
    await scenario({ 'minimal-hook': [[large, ...(honest['minimal-hook']?.[0] ?? [])]] }, contractText({ top: 'diff: { files: 20, lines: 1000 }\n' }), async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      const review = server.requests.find((request) => textOf(request.body, 0).startsWith('# Review'));
      const asked = review === undefined ? '' : textOf(review.body, 0);
      assert.match(asked, /\(the diff is longer; read the last file here whole, and these: (?:.*, )?src\/stats\/large3\.txt, src\/stats\/variance\.js\)/);
      assert.ok(asked.length < 260_000, `${asked.length} characters`);
    });
  });

  it('passes with an empty list', async () => {
    await scenario({}, undefined, async ({ run, project }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(events(ran, 'review/reported').map((event) => event.findings), [[]]);
      assert.match(readFileSync(path.join(project.root, '.bounded/task/REVIEW.md'), 'utf8'), /review/i);
    });
  });

  it('wants a report: a reviewer that only talks is no review', async () => {
    await scenario({ review: [[say('Looks good to me.'), say('Really, it is fine.')]] }, undefined, async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(events(ran, 'boundary/crossed').some((event) => event.phase === 'review'), false);
      assert.deepEqual(ran.result?.gate?.blocking, ['no-report']);
    });
  });

  it('has no category for style, and a reviewer cannot write, end a phase or measure', async () => {
    const style = report({ ...finding, kind: 'style' });
    const moves: Moves = { review: [[turn([tool('write', { file_path: 'docs/variance.md', content: 'x' }), tool('complete_phase', { summary: 'fine' })]), style, report()]] };
    await scenario(moves, undefined, async ({ run, project }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      const refused = events(ran, 'tool/answered').filter((event) => event.outcome === 'refused').map((event) => event.reason);
      assert.deepEqual(refused, ['phase', 'phase', 'schema']);
      assert.deepEqual(events(ran, 'review/reported').map((event) => event.findings.length), [0]);
      assert.equal(readFileSync(path.join(project.root, 'docs/variance.md'), 'utf8'), '# Variance\n\nPopulation variance.\n');
    });
  });

  it('keeps a finding outside of the diff as invalid, and a command that exits with 0 refutes one', async () => {
    const moves: Moves = {
      review: [[report({ ...finding, file: 'src/other/neighbour.js' }, { ...finding, file: '../outside.js' }, { ...finding, file: './docs/variance.md', command: 'grep -q Variance docs/variance.md' })]],
    };
    await scenario(moves, undefined, async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(events(ran, 'review/reported')[0]?.findings.map((one) => one.outcome), ['invalid', 'invalid', undefined]);
      assert.deepEqual(settled(ran), [['F-3', 'refuted']]);
      assert.equal(events(ran, 'phase/started').filter((event) => event.phase === 'production-shape').length, 1, 'nothing is reopened');
    });
  });

  it('a command of a finding runs in a clean checkout: what it breaks is not the work tree', async () => {
    const moves: Moves = { review: [[report({ ...finding, command: 'rm -rf src docs test; echo x > planted.txt; true' })]] };
    await scenario(moves, undefined, async ({ run, project }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(settled(ran), [['F-1', 'refuted']]);
      assert.equal(readFileSync(path.join(project.root, 'src/stats/variance.js'), 'utf8'), right);
      assert.equal(project.git('status', '--porcelain', '--', 'planted.txt', 'src/other', 'test'), '');
    });
  });

  it('a confirmed finding is fixed in a new conversation that is told of it, then reviewed afresh', async () => {
    const moves: Moves = {
      'production-shape': [honest['production-shape']?.[0] ?? [], [call('read', { file_path: 'docs/variance.md' }), page('An example: variance([1, 3]) is 1.'), done]],
      'review': [[report(finding)], [report()]],
    };
    await scenario(moves, undefined, async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(ran.result?.verdict, 'pass');
      assert.deepEqual(settled(ran), [['F-1', 'confirmed'], ['F-1', 'fixed']]);
      assert.deepEqual(events(ran, 'boundary/crossed').map((event) => event.boundary).slice(-3), ['production-shape', 'production-shape.2', 'review']);
      const fixing = server.requests.find((request) => textOf(request.body, 0).includes('# Finding to fix'));
      assert.match(fixing === undefined ? '' : textOf(fixing.body, 0), /F-1 \(weak-test, minor\) docs\/variance\.md:1: The page has no example\./);
      const second = server.requests.filter((request) => textOf(request.body, 0).startsWith('# Review') && request.body.messages?.length === 1)[1];
      assert.equal(second?.raw.includes('The page has no example'), false, 'the fresh reviewer does not know the findings of the one before');
    });
  });

  it('a command that cannot run neither confirms nor refutes', async () => {
    const moves: Moves = {
      'production-shape': [honest['production-shape']?.[0] ?? [], [call('read', { file_path: 'docs/variance.md' }), page('Longer.'), done]],
      'review': [[report({ ...finding, command: 'no-such-program-here --x' })], [report()]],
    };
    await scenario(moves, undefined, async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(settled(ran)[0]?.[1], 'open');
      assert.notEqual(settled(ran).at(-1)?.[1], 'fixed', 'a command that never ran shows nothing');
      assert.equal(ran.status, 5, ran.stderr);
    });
  });

  it('a finding that three rounds did not fix waits for a person, by its id', async () => {
    const moves: Moves = { 'production-shape': [honest['production-shape']?.[0] ?? [], [done]], 'review': [[report(finding)], [report()]] };
    await scenario(moves, undefined, async ({ run, bounded }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.gate?.kind, 'findings');
      const ids = ran.result?.gate?.blocking ?? [];
      assert.ok(ids.includes('F-1'));
      assert.deepEqual([...new Set(events(ran, 'phase/started').filter((event) => event.phase === 'production-shape').map((event) => event.round))], [0, 1, 2, 3]);
      assert.equal((await bounded('resume', '--approve', 'all', '--json')).status, 5);
      assert.equal((await bounded('resume', '--approve', 'F-99,all', '--json')).status, 5);
      const accepted = await bounded('resume', '--approve', `${ids.join(',')},all`, '--json');
      assert.equal(accepted.status, 0, accepted.stderr);
      assert.ok(settled(accepted).some(([id, outcome]) => id === 'F-1' && outcome === 'accepted'));
    });
  });
});
