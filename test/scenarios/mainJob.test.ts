import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startMessagesServer } from '../support/messagesServer/startMessagesServer.ts';
import { events, runCli } from './support/cli.ts';
import { honest, play } from './support/moves.ts';
import { makeProject } from './support/project.ts';

describe('the main job in the terminal', function () {
  this.timeout(120_000);

  it('runs from the contract to a measured verdict with every gate approved', async () => {
    const project = makeProject();
    const server = await startMessagesServer(play(honest));
    try {
      const before = project.git('rev-parse', 'HEAD') + project.git('status', '--porcelain');
      const ran = await runCli(project, server.url, 'run', project.contract, '--approve', 'all', '--json');
      assert.equal(ran.status, 0, ran.stderr + JSON.stringify(ran.result));
      assert.equal(ran.result?.verdict, 'pass');
      assert.deepEqual(events(ran, 'boundary/crossed').map((event) => event.boundary), ['explore', 'baseline', 'oracle-only', 'minimal-hook', 'production-shape', 'review']);
      assert.deepEqual(server.refusals, []);
      assert.ok(existsSync(path.join(project.root, 'src/stats/variance.js')));
      assert.match(readFileSync(path.join(project.root, '.bounded/task/EVIDENCE.md'), 'utf8'), /\*\*pass\*\*/);
      assert.equal(project.git('rev-parse', 'HEAD').trim(), before.split('\n')[0]);
      const trace = await runCli(project, undefined, 'trace');
      assert.equal(trace.status, 0, trace.stderr);
    } finally {
      await server.close();
      project.remove();
    }
  });
});
