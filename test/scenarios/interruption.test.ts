import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { call, cut, silence, text, tool, turn } from '../support/messagesServer/replies.ts';
import type { Reply } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import type { Running } from './support/cli.ts';
import { honest, oracleFile, play, textOf } from './support/moves.ts';
import type { Moves } from './support/moves.ts';
import { scenario } from './support/scenario.ts';

/** Whether a process with this word on its command line is alive. */
function isAlive(word: string): boolean {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
    } catch {
      return false; // It ended while we looked.
    }
  });
}

/** Sends an interrupt once `word` shows on stdout, and answers how long the end took, in milliseconds. */
async function interruptAt(running: Running, word: string, more: () => boolean = () => true): Promise<{ readonly ran: Awaited<Running['done']>; readonly ms: number }> {
  let [seen, at] = ['', 0];
  running.child.stdout?.on('data', (chunk: Buffer) => { seen += chunk.toString(); });
  const watch = setInterval(() => {
    if (at !== 0 || !seen.includes(word) || !more()) return;
    at = performance.now();
    running.child.kill('SIGINT');
  }, 20);
  const ran = await running.done;
  clearInterval(watch);
  return { ran, ms: performance.now() - at };
}

describe('an interruption', function () {
  this.timeout(120_000);
  /** The promise is two seconds; a machine under load gets some more. */
  const soon = 6_000;

  for (const [name, reply] of Object.entries({ 'while the service is silent': silence(), 'in the middle of an answer': cut(turn([text('I begin'), tool('read', { file_path: 'package.json' })]), 5, 'stall') } satisfies Record<string, Reply>)) {
    it(`${name} leaves no part of the answer, and the request is made again`, async () => {
      const script = play(honest);
      let first = true;
      await scenario((request) => {
        const answer = first ? reply : script(request);
        first = false;
        return answer;
      }, undefined, async ({ start, bounded, project, server }) => {
        const { ran, ms } = await interruptAt(start(['run', project.contract, '--json']), '"turn/requested"', () => server.requests.length > 0);
        assert.equal(ran.status, 130, ran.stderr);
        assert.ok(ms < soon, `${ms} ms`);
        assert.equal(events(ran, 'turn/answered').length + events(ran, 'tool/called').length, 0);
        const resumed = await bounded('resume', '--json');
        assert.equal(resumed.result?.gate?.kind, 'phase', resumed.stderr);
        assert.equal(server.requests[0]?.raw, server.requests[1]?.raw);
      });
    });
  }

  it('of a command ends it with all that it started, and the command is not run again', async () => {
    const word = `4${process.pid}31`;
    const moves: Moves = { 'minimal-hook': [[call('bash', { command: `echo x >> src/stats/count.txt; (sleep ${word} & sleep ${word})` }), ...(honest['minimal-hook']?.[0] ?? [])]] };
    await scenario(moves, undefined, async ({ start, bounded, project, server }) => {
      const { ran, ms } = await interruptAt(start(['run', project.contract, '--approve', 'all', '--json']), `sleep ${word}`, () => isAlive(`\0${word}\0`));
      assert.equal(ran.status, 130, ran.stderr);
      assert.ok(ms < soon, `${ms} ms`);
      assert.equal(isAlive(`\0${word}\0`), false, 'the command is alive after its session');
      const resumed = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(resumed.status, 0, resumed.stderr);
      assert.equal(readFileSync(`${project.root}/src/stats/count.txt`, 'utf8'), 'x\n', 'the command ran once');
      assert.match(server.requests.map(({ raw }) => raw).join('\n'), /interrupted|ended by/i);
    });
  });

  it('of the oracle ends it, and it is measured anew', async () => {
    const word = `5${process.pid}31`;
    const slow = oracleFile.replace('const args', `import { execFileSync } from 'node:child_process';\nimport { existsSync } from 'node:fs';\nif (existsSync('slow.txt')) execFileSync('sleep', ['${word}']);\nconst args`);
    const moves: Moves = {
      'oracle-only': [[call('write', { file_path: 'oracle/check.mjs', content: slow }), call('complete_phase', { summary: 'Written.' })]],
    };
    await scenario(moves, undefined, async ({ start, run, bounded, project, server }) => {
      assert.equal((await run('--approve', 'explore,oracle-only')).status, 5);
      project.write('slow.txt', 'x');
      const { ran, ms } = await interruptAt(start(['resume', '--approve', 'minimal-hook', '--json']), '', () => isAlive(`\0${word}\0`));
      assert.equal(ran.status, 130, ran.stderr);
      assert.ok(ms < soon, `${ms} ms`);
      assert.equal(isAlive(`\0${word}\0`), false);
      assert.equal(events(ran, 'oracle/ran').length, 0, 'half a run is no run');
      rmSync(`${project.root}/slow.txt`);
      const resumed = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(resumed.status, 0, resumed.stderr);
      assert.equal(resumed.result?.verdict, 'pass');
      assert.ok(server.requests.some((request) => textOf(request.body, 0).startsWith('# Review')));
    });
  });
});
