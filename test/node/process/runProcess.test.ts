import assert from 'node:assert/strict';
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

  it('is ended where it is stopped before it has begun', async () => {
    const control = new AbortController();
    const running = runProcess({ ...request, call: 'early', confined: false, argv: ['/bin/sleep', '47230.125'], onOutput: () => undefined }, control.signal);
    control.abort();
    assert.ok((await running).aborted);
    assert.equal(processWith('47230.125'), undefined);
  });
});
