import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { call, say, text, tool, turn } from '../support/messagesServer/replies.ts';
import { contractText } from './support/project.ts';
import { events } from './support/cli.ts';
import type { Moves } from './support/moves.ts';
import { plan, textOf } from './support/moves.ts';
import { scenario } from './support/scenario.ts';

const planned = call('submit_plan', plan);
const ask = call('explore', { question: 'Where is the limit kept?' });
const withExplore = (explore: string): string => contractText().replace('budget: {', `budget: { explore: { ${explore} },`);

describe('explore', function () {
  this.timeout(120_000);

  it('a glob that would be matched for ever is refused, and nothing hangs', async () => {
    const patterns = ['+(*)+(*)+(*)+(*)+(*)Z', '*a*a*a*a*a*a*a*ab', '**/**/**/**/x'];
    await scenario({ explore: [[turn(patterns.map((pattern) => tool('glob', { pattern })).concat(tool('glob', { pattern: '**/*a*a*.js' }))), call('submit_plan', plan)]] }, undefined, async ({ project, run }) => {
      writeFileSync(path.join(project.root, 'src/stats', `${'a'.repeat(200)}.js`), '');
      const ran = await run();
      assert.equal(ran.result?.gate?.kind, 'phase', ran.stderr);
      assert.deepEqual(events(ran, 'tool/answered').slice(0, 4).map((event) => event.reason ?? event.outcome), ['schema', 'schema', 'schema', 'done']);
    });
  });

  it('gives back the summary of a helper alone, and the helper only looks', async () => {
    const sentinel = 'SEEN-BY-THE-HELPER-91c2';
    const moves: Moves = {
      explore: [[ask, planned]],
      helper: [[
        call('read', { file_path: 'notes.txt' }), turn([text(`Prose of the helper ${sentinel}`), tool('write', { file_path: 'src/stats/helper.js', content: 'x' }), tool('bash', { command: 'touch src/stats/helper.js' }), tool('submit_plan', plan), tool('explore', { question: 'deeper' })]),
        say('It is kept in src/other/neighbour.js:1.'),
      ]],
    };
    await scenario(moves, undefined, async ({ run, server, project }) => {
      project.write('notes.txt', `${sentinel}\n`);
      const ran = await run();
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.gate?.kind, 'phase');
      const [helper, parent] = [true, false].map((wanted) => server.requests.filter((request) => textOf(request.body, 0).startsWith('# Helper') === wanted));
      assert.ok(helper?.some(({ raw }) => raw.includes(sentinel)));
      assert.equal(parent?.some(({ raw }) => raw.includes(sentinel)), false, 'what the helper saw reached its parent');
      assert.match(textOf(parent?.at(-1)?.body ?? {}, -1), /It is kept in src\/other\/neighbour\.js:1\./);
      assert.equal(helper?.[0]?.raw.includes(plan.summary), false);
      assert.equal(helper?.[0]?.body.model, 'claude-haiku-5-5');
      const refused = events(ran, 'tool/answered').filter((event) => event.outcome === 'refused').map((event) => event.reason);
      assert.deepEqual(refused, ['phase', 'phase', 'phase', 'phase']);
      assert.equal(existsSync(path.join(project.root, 'src/stats/helper.js')), false);
      assert.equal(ran.result?.usage.turns, server.requests.length, 'the turns of a helper are turns of the session');
    });
  });

  it('a helper that does not come to an end is ended, and the call says so', async () => {
    await scenario({ explore: [[ask, planned]], helper: [Array.from({ length: 40 }, () => call('glob', { pattern: '**' }))] }, undefined, async ({ run, server }) => {
      const ran = await run();
      assert.equal(ran.result?.gate?.kind, 'phase', ran.stderr);
      assert.ok(server.requests.filter((request) => textOf(request.body, 0).startsWith('# Helper')).length <= 12);
      assert.equal(events(ran, 'tool/answered').find((event) => event.text.includes('without an answer'))?.outcome, 'failed');
    });
  });

  it('without a plan, its turns are used up: a person decides, and can give as many again', async () => {
    const looking = Array.from({ length: 4 }, (_, index) => call('grep', { pattern: `x${index}` }));
    await scenario({ explore: [[...looking, planned]] }, withExplore('turns: 3'), async ({ run, bounded, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.gate?.kind, 'budget');
      assert.deepEqual(ran.result?.gate?.blocking, ['explore-turns']);
      assert.equal(server.requests.length, 3);
      assert.equal((await bounded('resume', '--approve', 'all', '--json')).status, 5);
      assert.equal(server.requests.length, 3, 'nothing is asked of the model while the gate is open');
      const on = await bounded('resume', '--approve', 'explore-turns', '--json');
      assert.equal(on.result?.gate?.kind, 'phase', on.stderr);
      assert.equal(events(on, 'plan/submitted').length, 1);
    });
  });

  it('without a plan, its time is used up: a person decides', async () => {
    await scenario({ explore: [[call('bash', { command: 'sleep 2' }), planned]] }, withExplore('time: 1s'), async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.deepEqual(ran.result?.gate?.blocking, ['explore-time']);
      assert.equal(server.requests.length, 1);
    });
  });

  it('a command that reads may run in the sandbox; the work tree, git and the contract are read-only to it', async () => {
    const tries = ['cat src/stats/mean.js', 'echo x > src/stats/mean.js', 'echo x >> .git/config', 'echo x >> .bounded/task.bounded.yaml', 'git -c user.name=x -c user.email=x@x commit --allow-empty -qm x', 'mkdir -p build && touch build/x'];
    await scenario({ explore: [[turn(tries.map((command) => tool('bash', { command }))), planned]] }, undefined, async ({ run, project }) => {
      const before = [project.git('status', '--porcelain', '--ignored'), project.git('rev-parse', 'HEAD'), project.git('config', '--list', '--local')];
      const ran = await run();
      assert.equal(ran.result?.gate?.kind, 'phase', ran.stderr);
      assert.deepEqual(events(ran, 'tool/answered').slice(0, tries.length).map((event) => event.outcome), ['done', ...tries.slice(1).map(() => 'failed')]);
      assert.deepEqual([project.git('status', '--porcelain', '--ignored').replace('?? .bounded/task/\n', ''), project.git('rev-parse', 'HEAD'), project.git('config', '--list', '--local')], before);
    });
  });
});
