import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { call, cut, httpError } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { honest, play } from './support/moves.ts';
import { scenario } from './support/scenario.ts';

describe('crash and resume', function () {
  this.timeout(180_000);

  /** Trace of the only session of a project. */
  const traceOf = (state: string): string => {
    const [repository = ''] = readdirSync(path.join(state, 'bounded')).filter((name) => name.endsWith('-work'));
    const sessions = path.join(state, 'bounded', repository, 'sessions');
    return path.join(sessions, readdirSync(sessions)[0] ?? '', 'trace.jsonl');
  };

  for (const point of ['tool/called', 'turn/requested', 'oracle/ran', 'changes/written', 'gate/answered', 'boundary/crossed'] as const) {
    it(`kill -9 after ${point}: the session goes on and ends in the same verdict`, async () => {
      await scenario({}, undefined, async ({ project, start, bounded }) => {
        const running = start(['run', project.contract, '--approve', 'all', '--json']);
        let seen = 0;
        running.child.stdout?.on('data', (chunk: Buffer) => {
          seen += chunk.toString().split(`"type":"${point}"`).length - 1;
          if (seen >= 2) running.child.kill('SIGKILL');
        });
        const killed = await running.done;
        assert.equal(killed.status, null);
        assert.match((await bounded('status')).stdout, /Paused/, 'nobody works at it any more');
        const resumed = await bounded('resume', '--approve', 'all', '--json');
        assert.equal(resumed.status, 0, resumed.stderr);
        assert.equal(resumed.result?.verdict, 'pass');
        assert.equal((await bounded('trace')).status, 0);
        assert.equal(project.git('status', '--porcelain', 'src/other', 'test', 'package.json'), '');
      });
    });
  }

  it('Ctrl-C ends at the last fact with 130, and money spent stays spent', async () => {
    await scenario({}, undefined, async ({ project, start, bounded }) => {
      const running = start(['run', project.contract, '--approve', 'all', '--json']);
      running.child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('"phase":"minimal-hook"')) running.child.kill('SIGINT');
      });
      const stopped = await running.done;
      assert.equal(stopped.status, 130, stopped.stderr);
      const spent = stopped.result?.usage.usd ?? 0;
      assert.ok(spent > 0);
      const resumed = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(resumed.status, 0, resumed.stderr);
      assert.ok((resumed.result?.usage.usd ?? 0) > spent);
    });
  });

  it('a session that died before its base is stopped without a request', async () => {
    await scenario({}, undefined, async ({ project, server, start, bounded }) => {
      const running = start(['run', project.contract, '--approve', 'all', '--json']);
      running.child.stdout?.once('data', () => running.child.kill('SIGKILL'));
      const killed = await running.done;
      assert.equal(killed.entries.some(({ event }) => event.type === 'base/taken'), false);
      const requests = server.requests.length;
      const stopped = await bounded('resume', '--stop', '--json');
      assert.equal(stopped.status, 8, stopped.stderr);
      assert.equal(server.requests.length, requests);
      assert.equal((await bounded('resume', '--approve', 'all', '--json')).status, 8);
      assert.equal((await bounded('status')).status, 0);
    });
  });

  it('a second session in the same work tree is refused', async () => {
    await scenario({}, undefined, async ({ project, start, bounded }) => {
      const slow = start(['run', project.contract, '--approve', 'all', '--json']);
      await new Promise<void>((resolve) => { slow.child.stdout?.once('data', () => resolve()); });
      const second = await bounded('run', project.contract);
      assert.match((await bounded('status')).stdout, /Working|Starting|Waiting/);
      assert.equal(second.status, 69);
      assert.match(second.stderr, /works in this work tree already/);
      slow.child.kill('SIGKILL');
      await slow.done;
    });
  });

  it('a service that is away pauses with 75, and nothing is lost', async () => {
    const script = play(honest);
    let away = true;
    await scenario((request) => (away && request.index === 3 ? httpError(401, 'authentication_error', 'invalid x-api-key') : script(request)), undefined, async ({ run, bounded }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 75, ran.stderr);
      away = false;
      assert.equal((await bounded('resume', '--approve', 'all', '--json')).status, 0);
    });
  });

  it('an answer that breaks off is dropped whole and asked for again', async () => {
    const script = play(honest);
    let broken = 0;
    await scenario((request) => {
      const reply = script(request);
      return reply.kind === 'turn' && request.index % 4 === 2 && (broken += 1) < 4 ? cut(reply, 3, 'end') : reply;
    }, undefined, async ({ run, server }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.ok(events(ran, 'turn/failed').length >= 2);
      assert.deepEqual(server.refusals, []);
    });
  });

  it('the user\'s changes during a session are theirs: they survive, are listed, and are not counted', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      await run('--approve', 'explore');
      writeFileSync(path.join(project.root, 'NOTES.md'), 'mine\n');
      const ran = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(events(ran, 'changes/observed').flatMap((event) => event.files.map((file) => file.path)), ['NOTES.md']);
      const dropped = await bounded('drop');
      assert.equal(dropped.status, 0, dropped.stderr);
      assert.equal(readFileSync(path.join(project.root, 'NOTES.md'), 'utf8'), 'mine\n');
      assert.equal(existsSync(path.join(project.root, 'src/stats/variance.js')), false);
      assert.equal(project.git('status', '--porcelain').split('\n').filter((line) => !line.includes('.bounded') && !line.includes('NOTES') && line !== '').join(), '');
    });
  });

  it('a rewind to a boundary starts a new attempt with a lesson, and can be undone', async () => {
    await scenario({}, undefined, async ({ project, server, run, bounded }) => {
      await run('--approve', 'explore,oracle-only,minimal-hook');
      const requests = server.requests.length;
      const ran = await bounded('resume', '--rewind', 'oracle-only', '--json');
      assert.equal(ran.status, 5, ran.stderr);
      const first = server.requests[requests]?.raw ?? '';
      assert.match(first, /Attempt 1 was rewound/);
      assert.match(first, /# Phase: minimal-hook/);
      assert.equal(ran.result?.gate?.phase, 'minimal-hook');
      assert.ok(existsSync(path.join(project.root, 'oracle/check.mjs')));
    });
  });

  it('any hunk of the work can be rewound by its id, and nothing else changes', async () => {
    const top = call('edit', { file_path: 'src/stats/mean.js', old_string: 'export function mean', new_string: '// top\nexport function mean' });
    const bottom = call('edit', { file_path: 'src/stats/mean.js', old_string: 'values.length;\n}\n', new_string: 'values.length;\n}\n// bottom\n' });
    await scenario({ 'minimal-hook': [[call('bash', { command: 'echo x > "$(printf "src/stats/caf\\351.txt")"; rm src/stats/old.js' }), call('read', { file_path: 'src/stats/mean.js' }), top, bottom, ...(honest['minimal-hook']?.[0] ?? [])]] }, undefined, async ({ project, run, bounded }) => {
      await run('--approve', 'all');
      assert.match((await bounded('rewind', '--file', 'src/stats/caf\ufffd.txt', '--dry-run')).stdout, /"src\/stats\/caf\\351\.txt" \(deleted/, 'a name that is no text is given as a shell hands it on');
      assert.match((await bounded('mark', '--off', '--file', '"src/stats/caf\\351.txt"')).stdout, /1 hunk/, 'and as it is shown');
      const file = path.join(project.root, 'src/stats/mean.js');
      const listed = JSON.parse((await bounded('rewind', '--file', './src/other/../stats/mean.js', '--dry-run', '--json')).stdout) as { hunks: { id: string; lines: string[] }[] };
      const hunk = listed.hunks.find((one) => one.lines.some((line) => line.includes('// top')));
      const done = await bounded('rewind', '--hunk', hunk?.id ?? '');
      assert.equal(done.status, 0, done.stderr + done.stdout);
      assert.doesNotMatch(readFileSync(file, 'utf8'), /\/\/ top/);
      assert.match(readFileSync(file, 'utf8'), /\/\/ bottom/);

      // All hunks of the file at once, one undo, and the undoing of that.
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      const both = readFileSync(file, 'utf8');
      const status = (await bounded('status')).stdout;
      for (const { id } of listed.hunks) assert.ok(status.includes(`hunk ${id}`), status);
      assert.match(status, /changes: 0 of \d+ hunks reviewed/);
      const all = listed.hunks.flatMap(({ id }) => ['--hunk', id]);
      assert.match((await bounded('rewind', ...all.slice(0, 2), '--dry-run')).stdout, /would bring back:\n {2}src\/stats\/mean\.js\n {4}hunk \w+ at line \d+: .*\nwould stay:\n {2}src\/stats\/mean\.js: 1 other hunk of it/s);
      assert.match((await bounded('rewind', ...all)).stdout, /2 hunks of src\/stats\/mean\.js rewound/);
      const none = readFileSync(file, 'utf8');
      assert.doesNotMatch(none, /\/\/ (top|bottom)/);
      for (const [flag, text] of [['--undo', both], ['--redo', none], ['--undo', both]] as const) {
        assert.equal((await bounded('rewind', flag)).status, 0);
        assert.equal(readFileSync(file, 'utf8'), text);
      }
      assert.equal((await bounded('rewind', '--hunk', 'unknown')).status, 64);

      // A person marks what they have looked at, also what they have changed since the session looked, and sees the marks.
      assert.equal((await bounded('mark', '--hunk', hunk?.id ?? '')).stdout, '1 hunk marked as reviewed\n');
      writeFileSync(file, both.replace('// bottom', '// bottom, said the user'));
      const rows = (await bounded('mark')).stdout;
      assert.match(rows, new RegExp(`^1 of \\d+ hunks reviewed\n(.*\n)*✓ src/stats/mean\\.js:1 \\+1 −0 · in-scope · by .* · hunk ${hunk?.id}\n(.*\n)*· src/stats/mean\\.js:\\d+ `));
      assert.equal((await bounded('mark', '--file', 'src/stats/mean.js')).stdout, '2 hunks marked as reviewed\n');
      assert.equal((await bounded('mark', '--all', '--off')).status, 0);
      assert.match((await bounded('mark')).stdout, /^0 of \d+ hunks reviewed/);
      for (const args of [['--hunk', 'unknown'], ['--file', 'src/other.js'], ['--off'], ['--all', '--file', 'src/stats/mean.js']]) assert.equal((await bounded('mark', ...args)).status, 64, args.join(' '));
      writeFileSync(file, both);

      // What both changed is the person's to decide: the file and its hunks are named, and nothing is written.
      writeFileSync(file, both.replace('// top', '// top, said the user'));
      const mine = readFileSync(file, 'utf8');
      const conflict = await bounded('rewind', '--file', 'src/stats/mean.js');
      assert.equal(conflict.status, 1);
      assert.match(conflict.stdout, /you changed the same lines since: line 1\).*conflict: src\/stats\/mean\.js.*hunk \w+ at line 1: \+1 −0, yours/s);
      assert.equal(readFileSync(file, 'utf8'), mine);

      // A name that is no text is told as it is listed, and what an undo takes away again is not called the session's.
      assert.equal((await bounded('rewind', '--file', '"src/stats/caf\\351.txt"')).stdout, '"src/stats/caf\\351.txt" was rewound\n');
      assert.equal((await bounded('rewind', '--file', 'src/stats/old.js')).status, 0);
      assert.match((await bounded('rewind', '--undo', '--dry-run')).stdout, /^would bring back:\n {2}src\/stats\/old\.js \(deleted again\)\n$/);
    }, { more: { 'src/stats/old.js': '// old\n' } });
  });

  it('keep makes a branch in the user\'s repository and touches nothing else of it', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      await run('--approve', 'all');
      const before = [project.git('rev-parse', 'HEAD'), project.git('symbolic-ref', 'HEAD'), project.git('ls-files', '-s'), project.git('stash', 'list')];
      const kept = await bounded('keep');
      assert.equal(kept.status, 0, kept.stderr);
      assert.deepEqual([project.git('rev-parse', 'HEAD'), project.git('symbolic-ref', 'HEAD'), project.git('ls-files', '-s'), project.git('stash', 'list')], before);
      assert.match(project.git('branch', '--list', 'bounded/*'), /bounded\/task\/1/);
      assert.match(project.git('diff', '--stat', 'main', 'bounded/task/1'), /variance\.js/);
      const patched = await bounded('patch');
      assert.equal(patched.status, 0, patched.stderr);
    });
  });

  it('a damaged trace is named with its line and is not continued', async () => {
    await scenario({}, undefined, async ({ project, run, bounded }) => {
      await run();
      const trace = traceOf(project.env['XDG_STATE_HOME'] ?? '');
      const lines = readFileSync(trace, 'utf8').split('\n');
      lines[3] = (lines[3] ?? '').replace(/"at":\d/, '"at":9');
      writeFileSync(trace, lines.join('\n'));
      const shown = await bounded('trace');
      assert.equal(shown.status, 1);
      assert.match(shown.stderr, /line 4/);
      assert.equal((await bounded('resume')).status, 69);
    });
  });

  it('a call that was interrupted is never run again', async () => {
    const slow = call('bash', { command: 'echo once >> src/stats/log.js; sleep 30' });
    await scenario({ 'minimal-hook': [[slow, ...(honest['minimal-hook']?.[0] ?? [])]] }, undefined, async ({ project, start, bounded }) => {
      const running = start(['run', project.contract, '--approve', 'all', '--json']);
      running.child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('"tool":"bash"')) setTimeout(() => running.child.kill('SIGKILL'), 1500);
      });
      await running.done;
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
      appendFileSync(path.join(project.root, 'src/stats/mean.js'), '// mine\n');
      writeFileSync(path.join(project.root, 'src/stats/mine.js'), '// mine\n');
      const resumed = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(events(resumed, 'tool/answered')[0]?.outcome, 'interrupted');
      assert.equal(readFileSync(path.join(project.root, 'src/stats/log.js'), 'utf8'), 'once\n');
      assert.deepEqual(events(resumed, 'changes/written')[0]?.writes.map((write) => write.path), ['src/stats/log.js']);
      assert.deepEqual(events(resumed, 'changes/observed')[0]?.files.map((file) => file.path), ['src/stats/mean.js', 'src/stats/mine.js'], 'what changed when nothing ran is the user\'s');
      assert.equal((await bounded('drop')).status, 0);
      assert.match(readFileSync(path.join(project.root, 'src/stats/mean.js'), 'utf8'), /\/\/ mine/);
      assert.equal(existsSync(path.join(project.root, 'src/stats/mine.js')), true);
      assert.equal(existsSync(path.join(project.root, 'src/stats/log.js')), false);
    });
  });
});
