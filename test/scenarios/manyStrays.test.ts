import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../src/core/session/events.ts';
import { call } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { contractText } from './support/project.ts';
import type { Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';

const count = 3000;
const install = call('bash', { command: `node -e 'const fs = require("fs"); for (let i = 0; i < ${count}; i += 1) { fs.mkdirSync("modules/m" + (i % 50), { recursive: true }); fs.writeFileSync("modules/m" + (i % 50) + "/f" + i + ".js", String(i)); }'` });
const blocked = call('report_blocker', { what: 'stop', tried: 'all', needs: 'you' });

/** Records of a call from its beginning to its answer: each waits for the disk once. */
function ofCall(entries: readonly Entry[]): readonly Entry[] {
  const began = entries.findIndex(({ event }) => event.type === 'tool/called' && event.tool === 'bash');
  const ended = entries.findIndex(({ event }, at) => at > began && event.type === 'tool/answered');
  return entries.slice(began, ended + 1);
}

/** The trace of the only session of a project. */
function traceOf({ env }: Project): string {
  const state = path.join(env['XDG_STATE_HOME'] ?? '', 'bounded');
  const sessions = path.join(state, readdirSync(state).find((name) => name.endsWith('-work')) ?? '', 'sessions');
  return path.join(sessions, readdirSync(sessions)[0] ?? '', 'trace.jsonl');
}

describe('thousands of strays of one command', function () {
  this.timeout(120_000);

  it('are flagged in a few records, once each also where the process died between them, and left as they are by one name', async () => {
    await scenario({ 'minimal-hook': [[install, blocked]] }, contractText({ top: 'on-stray: stop\n' }), async ({ project, bounded }) => {
      const ran = await bounded('run', project.contract, '--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      const trace = traceOf(project);
      const lines = readFileSync(trace, 'utf8').trimEnd().split('\n');
      const call = ofCall(lines.map((line) => JSON.parse(line) as Entry));
      assert.deepEqual(call.flatMap(({ event }) => (event.type === 'flags/raised' ? [event.flags.length] : [])), Array.from({ length: count / 500 }, () => 500));
      assert.ok(call.length < 20, `${call.length} records`);
      const [opened] = call.flatMap(({ event }) => (event.type === 'gate/opened' ? [event] : []));
      assert.match(opened?.question ?? '', /(?:modules\/m\d+\/f\d+\.js \(out-of-scope\), ){2}modules\/m\d+\/f\d+\.js \(out-of-scope\) and 2997 more\. What/);
      assert.match(ran.stderr, / and 2980 more\n/);
      assert.match(ran.stdout, new RegExp(`--approve ${opened?.gate} \\|.*\\n  --approve ${opened?.gate}: all .* stays as it is, and so does the contract\\n$`), 'one name for all of them');
      assert.ok(ran.stdout.length + ran.stderr.length < 10_000, 'few are named');

      // The process died after the second of these records.
      const first = lines.findIndex((line) => line.includes('"flags/raised"'));
      writeFileSync(trace, `${lines.slice(0, first + 2).join('\n')}\n`);
      const resumed = await bounded('resume', '--approve', `${opened?.blocking.slice(0, 2).join()},all`, '--json');
      const { gate, flags = [] } = resumed.result ?? {};
      assert.deepEqual(events(resumed, 'flags/raised').map((event) => event.flags.length), [500, 500, 500, 500], 'those of whole records are not raised again');
      assert.deepEqual([flags.length, new Set(flags.map((flag) => flag.path)).size], [count, count]);
      assert.deepEqual([gate?.kind, gate?.blocking.length], ['stray', count], 'a person is asked about all of them, and two are not enough');

      const contract = readFileSync(project.contract, 'utf8');
      const approved = await bounded('resume', '--approve', `${gate?.id},all`, '--json');
      assert.equal(approved.result?.gate?.kind, 'blocker', approved.stderr);
      assert.deepEqual(new Set(approved.result?.flags.map((flag) => flag.outcome)), new Set(['left']));
      assert.equal(events(approved, 'flags/settled').length, 1);
      assert.equal(readFileSync(project.contract, 'utf8'), contract);
    });
  });
});
