import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { killTree } from '../../../src/node/process/processTree.ts';
import { runProcess } from '../../../src/node/process/runProcess.ts';
import { processWith, temporaryFolder } from './support.ts';

const place = temporaryFolder();
const request = { cwd: place, temp: place, env: { PATH: '/usr/bin:/bin' }, timeoutMs: 20_000, outputLimit: 1000, merged: true };

describe('a process', function () {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  /** As bubblewrap's child does when its parent is ended before it has asked to die with it. */
  it('in a sandbox that was ended while it was set up leaves no child, not even one in a session of its own', async () => {
    const control = new AbortController();
    const { aborted } = await runProcess({ ...request, call: 'half-made', confined: true, argv: ['/bin/sh', '-c', 'setsid sh -c "echo begun; exec sleep 47210.125" & exec sleep 47220.125'], onOutput: () => control.abort() }, control.signal);
    assert.ok(aborted);
    assert.deepEqual([processWith('47210.125'), processWith('47220.125')], [undefined, undefined]);
  });

  it('does no work any more while its last words are waited for, once it was stopped', async function () {
    const began = performance.now();
    await killTree({ marker: 'BOUNDED_CALL=nobody' });
    // Among thousands of other processes, or where they take all the time, it is found too late to tell.
    if (performance.now() - began > 50) this.skip();
    const control = new AbortController();
    const [late, script] = [path.join(place, 'late'), path.join(place, 'late.sh')];
    // Half a second of work from when the first process is dead.
    fs.writeFileSync(script, `echo begun; while kill -0 $1 2> /dev/null; do :; done; i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done; echo > '${late}'`);
    await runProcess({ ...request, call: 'late', confined: true, argv: ['/bin/sh', '-c', `setsid sh '${script}' $$ & exec sleep 47240.125`], onOutput: () => control.abort() }, control.signal);
    assert.equal(fs.existsSync(late), false);
  });

  it('is never started where it is stopped before it has begun', async () => {
    const control = new AbortController();
    const running = runProcess({ ...request, call: 'early', confined: false, argv: ['/bin/sleep', '47230.125'], onOutput: () => undefined }, control.signal);
    control.abort();
    const { aborted, exit, signal } = await running;
    assert.deepEqual([aborted, exit, signal, processWith('47230.125')], [true, null, null, undefined]);
  });
});
