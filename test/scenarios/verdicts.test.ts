import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { call, say } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { contractText } from './support/project.ts';
import { honest, oracleFile, right, wrong } from './support/moves.ts';
import { scenario } from './support/scenario.ts';

const variance = (content: string) => call('write', { file_path: 'src/stats/variance.js', content });
const done = call('complete_phase', { summary: 'done' });

describe('the verdict', function () {
  this.timeout(120_000);

  it('is measured, not claimed: a wrong result stays red whatever the model says', async () => {
    const moves = { 'minimal-hook': [[variance(wrong), call('run_oracle', {}), say('All cells are green now. The task is complete.'), done, done, done]] };
    await scenario(moves, contractText({ top: '' }).replace('time: 20m', 'time: 20m, repairs: 1'), async ({ run, bounded }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.verdict, 'unverified');
      assert.equal(events(ran, 'boundary/crossed').some((event) => event.phase === 'minimal-hook'), false);
      const status = await bounded('status', '--json');
      assert.equal(status.status, 0);
      const stopped = await bounded('resume', '--stop', '--json');
      assert.equal(stopped.status, 8);
      const report = await bounded('report');
      assert.match(report.stdout, /All cells are green now/);
      assert.match(report.stdout, /contradicted/);
    });
  });

  it('is fail when a budget ends the session on a red tree', async () => {
    const moves = { 'minimal-hook': [[variance(wrong), ...Array.from({ length: 30 }, () => call('run_oracle', {}))]] };
    await scenario(moves, contractText().replace('turns: 60', 'turns: 12'), async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 4, ran.stderr);
      assert.equal(ran.result?.verdict, 'fail');
      assert.equal(ran.result?.usage.turns, 12);
    });
  });

  it('a money budget stops before the request that could exceed it', async () => {
    await scenario({}, contractText().replace('cost: 5 USD', 'cost: 0.01 USD'), async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 4, ran.stderr);
      assert.equal(server.requests.length, 0);
    });
  });

  it('a token budget stops before the request that could exceed it', async () => {
    await scenario({}, contractText().replace('turns: 60', 'turns: 60, tokens: 20000'), async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 4, ran.stderr);
      const { usage } = ran.result?.usage ?? { usage: undefined };
      assert.ok(usage !== undefined && usage.input + usage.output + usage.cacheRead + usage.cacheWrite <= 20_000);
      assert.equal(events(ran, 'budget/reached')[0]?.budget, 'tokens');
    });
  });

  it('an oracle that is green before the work is refused', async () => {
    const weak = 'console.log(JSON.stringify({ nonce: process.env.BOUNDED_NONCE, max_abs_error: 0 }));\n';
    const moves = { 'oracle-only': [[call('write', { file_path: 'oracle/check.mjs', content: weak }), done, call('read', { file_path: 'oracle/check.mjs' }), call('write', { file_path: 'oracle/check.mjs', content: oracleFile }), done]] };
    await scenario(moves, undefined, async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(events(ran, 'exit/evaluated').filter((event) => event.phase === 'oracle-only' && event.conditions.some((one) => !one.holds)).length, 1);
    });
  });

  it('an oracle that cannot run keeps the phase open', async () => {
    const broken = 'import "./missing.mjs";\n';
    const moves = { 'oracle-only': [[call('write', { file_path: 'oracle/check.mjs', content: broken }), done, say('It is red, as it should be.'), say('So I am done.')]] };
    await scenario(moves, contractText().replace('time: 20m', 'time: 20m, repairs: 1'), async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(events(ran, 'oracle/frozen').length, 0);
    });
  });

  it('decoys that survive keep the oracle from being approved', async () => {
    const patch = (body: string): string => `--- /dev/null\n+++ b/src/stats/variance.js\n@@ -0,0 +1,${body.trimEnd().split('\n').length} @@\n${body.trimEnd().split('\n').map((line) => `+${line}`).join('\n')}\n`;
    const loose = oracleFile.replace('Math.abs(found.variance(values) - wanted)', 'found.variance(values) > 0 ? 0 : 1');
    const decoys = (names: readonly string[]) => call('submit_decoys', { decoys: names.map((name) => ({ name, wrong_how: 'sample variance', patch: patch(wrong) })) });
    const moves = {
      'oracle-only': [[call('write', { file_path: 'oracle/check.mjs', content: loose }), done, call('read', { file_path: 'oracle/check.mjs' }), call('write', { file_path: 'oracle/check.mjs', content: oracleFile }), done]],
      'decoys': [[decoys(['sample'])]],
    };
    await scenario(moves, contractText({ oracle: '  decoys: 1\n' }), async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(events(ran, 'decoy/ran').map((event) => event.result), ['survived', 'caught']);
    });
  });

  const created = (name: string, text: string): string => `--- /dev/null\n+++ b/${name}\n@@ -0,0 +1,${text.trimEnd().split('\n').length} @@\n${text.trimEnd().split('\n').map((line) => `+${line}`).join('\n')}\n`;
  const submit = (patches: Readonly<Record<string, string>>) => call('submit_decoys', { decoys: Object.entries(patches).map(([name, patch]) => ({ name, wrong_how: 'sample variance', patch })) });

  it('does not come of decoys that implement nothing, or the same twice', async () => {
    const blind = "const there = await import('../src/stats/variance.js').then(() => true, () => false);\nconsole.log(JSON.stringify({ nonce: process.env.BOUNDED_NONCE, max_abs_error: there ? 0 : 1 }));\n";
    const docs = Object.fromEntries(['a', 'b'].map((name) => [name, created('docs/variance.md', name)]));
    const moves = {
      'oracle-only': [[call('write', { file_path: 'oracle/check.mjs', content: blind }), done, call('read', { file_path: 'oracle/check.mjs' }), call('write', { file_path: 'oracle/check.mjs', content: oracleFile }), done, done]],
      'decoys': [[submit(docs)], [submit({ c: created('src/stats/variance.js', wrong), d: `diff --git a/x b/x\n${created('src/stats/variance.js', wrong)}` })]],
    };
    await scenario(moves, contractText({ oracle: '  decoys: 2\n' }).replace('time: 20m', 'time: 20m, repairs: 2'), async ({ run }) => {
      const ran = await run('--approve', 'all');
      const outcomes = events(ran, 'decoy/ran').map((event) => `${event.decoy} ${event.result}: ${event.detail}`);
      assert.deepEqual(outcomes.slice(0, 2), ['a void: measures the same as without it', 'b void: measures the same as without it'], outcomes.join('\n'));
      assert.match(outcomes[2] ?? '', /^c caught: nearest/);
      assert.match(outcomes[3] ?? '', /^d void: has the same effect as D-3 \(c\)$/);
      assert.equal(events(ran, 'boundary/crossed').some((event) => event.phase === 'oracle-only'), false);
      assert.equal(ran.result?.verdict, 'unverified');
    });
  });

  it('a decoy that survives is approved by Bounded\'s own name of it, not by the model\'s', async () => {
    const loose = oracleFile.replace('Math.abs(found.variance(values) - wanted)', 'found.variance(values) > 0 ? 0 : 1');
    const moves = { 'oracle-only': [[call('write', { file_path: 'oracle/check.mjs', content: loose }), done, say('I see.'), say('I see.')]], 'decoys': [[submit({ 'minimal-hook': created('src/stats/variance.js', wrong) })]] };
    await scenario(moves, contractText({ oracle: '  decoys: 1\n' }), async ({ run, bounded }) => {
      const ran = await run('--approve', 'explore,oracle-only,minimal-hook,decoy:minimal-hook');
      assert.deepEqual(ran.result?.gate?.blocking, ['D-1'], ran.stderr);
      assert.match(ran.result?.gate?.question ?? '', /D-1 \(minimal-hook\)/);
      const resumed = await bounded('resume', '--json', '--approve', 'all,D-1');
      assert.equal(resumed.result?.verdict, 'pass', resumed.stderr);
    });
  });

  it('is tampered when the contract changes without an amendment', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      await run('--approve', 'explore');
      const text = readFileSync(project.contract, 'utf8').replace('1e-9', '1e9');
      appendFileSync(project.contract, '');
      project.write('.bounded/task.bounded.yaml', text);
      const ran = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(events(ran, 'boundary/crossed').some((event) => event.phase === 'minimal-hook'), false);
      const stopped = await bounded('resume', '--stop', '--json');
      assert.equal(stopped.status, 6, stopped.stderr);
      assert.equal(stopped.result?.verdict, 'tampered');
    });
  });

  it('is lost when the work tree changes after it was measured', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.result?.verdict, 'pass');
      const rewound = await bounded('rewind', '--file', 'docs/variance.md');
      assert.equal(rewound.status, 0, rewound.stderr);
      const status = JSON.parse((await bounded('status', '--json')).stdout) as { result: { verdict: string } };
      assert.equal(status.result.verdict, 'unverified');
      assert.equal(readFileSync(path.join(project.root, 'src/stats/variance.js'), 'utf8'), right);
    });
  });

  it('a regression of a neighbour is never a pass', async () => {
    const breaking = call('bash', { command: 'sed -i "s/values.length/(values.length + 1)/" src/stats/mean.js' });
    const moves = { 'minimal-hook': [[breaking, ...(honest['minimal-hook']?.[0] ?? []), say('Done.'), say('Done.')]] };
    await scenario(moves, contractText().replace('time: 20m', 'time: 20m, repairs: 1'), async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.notEqual(ran.result?.verdict, 'pass');
    });
  });
});
