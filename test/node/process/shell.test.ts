import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { isRunning, memoryArtifacts, plain, processWith, runIn, secretValue, shellIn, temporaryFolder, writeFiles } from './support.ts';

const root = temporaryFolder();
fs.mkdirSync(path.join(root, '.git'));
const sandbox = await shellIn(root).probe();
/** Milliseconds within which a command that is stopped has ended. */
const soon = 2000;
const kinds = [['plainly', plain, describe], ['in a sandbox', sandbox, sandbox.kind === 'bubblewrap' ? describe : describe.skip]] as const;

for (const [how, state, suite] of kinds) {
  suite(`a command run ${how}${state === sandbox && sandbox.kind === 'none' ? ` (skipped: ${sandbox.detail})` : ''}`, () => {
    const shell = shellIn(root);
    const run = (command: string, fields = {}, signal?: AbortSignal) => runIn(shell, command, { sandbox: state, ...fields }, signal);

    it('answers its exit status and both outputs in the order of writing', async () => {
      const { exit, signal, timedOut, output, bytes } = await run('echo one; echo two >&2; echo three; exit 7');
      assert.deepEqual({ exit, signal, timedOut, output, bytes }, { exit: 7, signal: null, timedOut: false, output: 'one\ntwo\nthree\n', bytes: 14 });
    });

    it('may open its outputs by name', async () => {
      assert.equal((await run('echo a > /dev/stdout; echo b > /dev/stderr; echo c | tee /dev/stderr')).output, 'a\nb\nc\nc\n');
    });

    it('works in the work tree and has an empty input', async () => {
      assert.equal((await run('pwd; cat; echo end')).output, `${root}\nend\n`);
    });

    it('that outlives the process which started it is ended by the next one that asks when it ran', async () => {
      const [alive, left] = [path.join(temporaryFolder(), 'alive'), path.join(temporaryFolder(), 'left')];
      const ran = runIn(shellIn(root, { alive }), 'echo begun > begun; sleep 61', { sandbox: state });
      while (!fs.existsSync(path.join(root, 'begun'))) await new Promise((resolve) => { setImmediate(resolve); });
      fs.rmSync(path.join(root, 'begun'));
      // As it lies there after kill -9.
      fs.copyFileSync(alive, left);
      const span = await shellIn(root, { alive: left }).lastRun();
      assert.ok(span !== undefined && span.from <= span.to);
      const { exit, timedOut } = await ran;
      assert.deepEqual([exit, timedOut], [null, false]);
    });

    it('is not known to have run in another folder that took the name of the work tree since', async () => {
      const tree = temporaryFolder();
      const alive = path.join(temporaryFolder(), 'alive');
      await runIn(shellIn(tree, { alive }), 'true', { sandbox: state });
      assert.ok((await shellIn(tree, { alive }).lastRun()) !== undefined);
      // Both at once, so that the other one is not given the same inode.
      fs.renameSync(tree, `${tree}-aside`);
      fs.mkdirSync(tree);
      assert.equal(await shellIn(tree, { alive }).lastRun(), undefined);
      fs.rmSync(`${tree}-aside`, { recursive: true });
    });

    it('that is not found ends with 127', async () => {
      assert.equal((await run('no-such-program-anywhere')).exit, 127);
    });

    it('writes no core file and no endless one', async () => {
      const { output, exit } = await run('ulimit -c; ulimit -f; truncate -s 9G big; echo $?; rm -f big');
      assert.match(output, /^0\n\d+\n/);
      assert.equal(exit, 0);
      assert.ok(!output.endsWith('\n0\n'), output);
    });

    it('sees no variable of ours', async () => {
      process.env['ANTHROPIC_API_KEY'] = secretValue;
      process.env['SSH_AUTH_SOCK'] = '/tmp/agent';
      try {
        const { output } = await run('env; cat /proc/self/environ; cat /proc/$PPID/environ');
        assert.doesNotMatch(output, /ANTHROPIC|SSH_AUTH|redacted/);
        assert.match(output, /^TZ=UTC$/m);
        assert.doesNotMatch((await run('echo $HOME; ls -A $HOME')).output, /\.ssh|\.config|\.npmrc/);
      } finally {
        delete process.env['ANTHROPIC_API_KEY'];
        delete process.env['SSH_AUTH_SOCK'];
      }
    });

    it('has a home and a temporary folder of its own, which are gone afterwards', async () => {
      assert.equal((await run('echo 1 > $HOME/x && echo 2 > $TMPDIR/y && cat $HOME/x $TMPDIR/y')).output, '1\n2\n');
      assert.equal((await run('cat $HOME/x $TMPDIR/y 2>/dev/null; echo')).output, '\n');
    });

    it('shows no known secret, whole or on the way', async () => {
      const seen: string[] = [];
      const command = `printf '%s' ${secretValue.slice(0, 9)}; sleep 0.05; echo ${secretValue.slice(9)}`;
      const { output } = await runIn(shell, command, { sandbox: state }, undefined, (text) => seen.push(text));
      assert.deepEqual([output, seen.join('')], ['[redacted]\n', '[redacted]\n']);
    });

    it('cannot steer a terminal by what it writes', async () => {
      assert.equal((await run(String.raw`printf '\033]0;pwn\007\033[?1049h\033[31mred\033[0m\377\000\n'`)).output, 'red\ufffd\n');
    });

    it('ends at its time limit with everything that it started', async () => {
      const { timedOut, exit, ms } = await run('setsid sh -c "sleep 47110.125" & sleep 47120.125', { timeoutMs: 300 });
      assert.deepEqual([timedOut, exit], [true, null]);
      assert.ok(ms < 3000, `${ms} ms`);
      assert.deepEqual([processWith('47110.125'), processWith('47120.125')], [undefined, undefined]);
    });

    it('stops within two seconds, even where it ignores being asked', async () => {
      const control = new AbortController();
      let asked = 0;
      const stop = () => { asked = performance.now(); control.abort(); };
      const { exit, signal } = await runIn(shell, `trap '' TERM INT HUP; echo deaf; while :; do sleep 47130.125; done`, { sandbox: state }, control.signal, stop);
      assert.equal(exit, null);
      assert.notEqual(signal, null);
      assert.ok(performance.now() - asked < soon, `${performance.now() - asked} ms`);
      assert.equal(processWith('47130.125'), undefined);
    });

    it('is ended at whatever moment of its beginning it is stopped', async function () {
      this.timeout(120_000);
      for (let ms = 0; ms < 16; ms += 2) {
        const control = new AbortController();
        setTimeout(() => control.abort(), ms);
        await run('sleep 47160.125', { timeoutMs: 60_000 }, control.signal);
        assert.equal(processWith('47160.125'), undefined, `stopped after ${ms} ms`);
      }
    });

    it('is not started where it is stopped before', async () => {
      const { exit } = await run('touch started', {}, AbortSignal.abort());
      assert.equal(exit, null);
      assert.ok(!fs.existsSync(path.join(root, 'started')));
    });

    it('leaves no process behind, not even one in a session of its own', async () => {
      const marker = path.join(root, 'late');
      const { exit, ms } = await run(`(setsid sh -c 'sleep 1; touch ${marker}; sleep 47140.125' >/dev/null 2>&1 </dev/null &) ; (sleep 47150.125 &) ; echo done`);
      assert.equal(exit, 0);
      assert.ok(ms < 5000, `${ms} ms`);
      assert.deepEqual([processWith('47140.125'), processWith(marker), processWith('47150.125')], [undefined, undefined, undefined]);
      assert.ok(!fs.existsSync(marker));
    });

    it('with a long output keeps head and tail in sight and the rest in an artifact', async () => {
      const artifacts = memoryArtifacts();
      const { output, bytes, artifact } = await runIn(shellIn(root, { artifacts }), 'seq 1 100000', { sandbox: state });
      assert.equal(bytes, 588_895);
      assert.ok(output.length < 30_000 && output.startsWith('1\n2\n') && output.endsWith('99999\n100000\n') && output.includes(`artifact ${artifact}`));
      assert.equal(artifacts.texts[Number(artifact)]?.length, 588_895);
    });

    it('with an enormous output does not fill the memory', async () => {
      const artifacts = memoryArtifacts();
      const before = process.memoryUsage.rss();
      const { bytes, exit } = await runIn(shellIn(root, { artifacts }), 'head -c 52428800 /dev/zero | tr "\\0" "x" | fold -w 99; echo; echo the end', { sandbox: state });
      assert.deepEqual([exit, bytes > 52_428_800], [0, true]);
      const kept = artifacts.texts[0] ?? '';
      assert.ok(kept.length < 9 * 1024 * 1024 && kept.endsWith('the end\n') && kept.includes('bytes left out'));
      assert.ok(process.memoryUsage.rss() - before < 150 * 1024 * 1024);
    });

    it('that never stops writing is ended', async function () {
      this.timeout(120_000);
      const { exit, timedOut, output } = await run('yes', { timeoutMs: 110_000 });
      assert.deepEqual([exit, timedOut], [null, false]);
      assert.match(output, /ended because it wrote too much/);
    });
  });
}

describe('a shell without a sandbox', () => {
  it('says how many processes it had to end', async () => {
    assert.match((await runIn(shellIn(root), 'sleep 47160.125 & sleep 47170.125 & echo x')).output, /^x\n\n\(2 processes that were left running were ended\)$/);
  });

  it('does not touch processes that are not its own', async () => {
    const control = new AbortController();
    let other: Promise<unknown> = Promise.resolve();
    await new Promise<void>((started) => { other = runIn(shellIn(root), 'echo started; exec sleep 47180.125', {}, control.signal, () => started()); });
    await runIn(shellIn(root), 'sleep 47190.125 & true');
    const pid = processWith('47180.125');
    assert.ok(pid !== undefined && isRunning(pid));
    control.abort();
    await other;
    assert.ok(!isRunning(pid));
  });
});

describe('a sandbox that is not there', () => {
  it('is told, with the reason', async () => {
    const { kind, detail } = await shellIn(root, { bubblewrap: path.join(root, 'no-bwrap') }).probe();
    assert.equal(kind, 'none');
    assert.match(detail, /bubblewrap does not run/);
  });

  it('is never replaced by running without one', async () => {
    const shell = shellIn(root, { bubblewrap: path.join(root, 'no-bwrap') });
    const { spawnError, exit } = await runIn(shell, 'touch unguarded', { sandbox: { kind: 'bubblewrap', detail: 'recorded earlier' } });
    assert.equal(exit, null);
    assert.match(spawnError ?? '', /bubblewrap/);
    assert.ok(!fs.existsSync(path.join(root, 'unguarded')));
  });

  /** Programs that pose as bubblewrap and confine less than it does. */
  const pretenders: readonly (readonly [string, string, RegExp])[] = [
    ['runs nothing', 'exit 0', /could not be set up|did not do its work/],
    ['cannot make namespaces', 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1', /Permission denied/],
    ['confines nothing', 'while [ "$1" != -- ]; do [ "$1" = --chdir ] && cd "$2"; [ "$1" = --setenv ] && export "$2=$3"; shift; done; shift; echo "{ \\"exit-code\\": 0 }" >&3; exec "$@"', /could be read/],
  ];
  for (const [what, body, reason] of pretenders) {
    it(`is what a program is that ${what}`, async function () {
      if (process.platform !== 'linux') this.skip();
      const fake = path.join(root, `fake-${what.replaceAll(' ', '-')}`);
      writeFiles(root, { [path.basename(fake)]: `#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.8.0 && exit 0\n[ "$1" = --help ] && exit 0\n${body}\n` });
      fs.chmodSync(fake, 0o755);
      const { kind, detail } = await shellIn(root, { bubblewrap: fake }).probe();
      assert.equal(kind, 'none');
      assert.match(detail, reason);
    });
  }
});
