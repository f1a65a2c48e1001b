import assert from 'node:assert/strict';
import { sandboxArgs, type SandboxPlan } from '../../../src/node/process/sandboxArgs.ts';

const plan: SandboxPlan = {
  system: { folders: ['/usr', '/etc'], links: [{ at: '/bin', to: 'usr/bin' }], private: [{ path: '/etc/shadow', directory: false }], resolver: '/run/resolv.conf' },
  toolchains: ['/home/u/.pyenv'], roots: ['/home/u/w'], workTree: 'writable', layered: [], pinned: ['/home/u/w/a', '/home/u/w/a/b'], readOnly: ['/home/u/w/.git', '/home/u/w/oracle'],
  hidden: [{ path: '/home/u/w/.env', directory: false }, { path: '/home/u/w/keys', directory: true }], borrowed: [{ from: '/home/u/w/node_modules', at: '/tmp/c/node_modules' }],
  home: '/home/u', cwd: '/home/u/w', network: 'none', env: { A: 'b c', PATH: '/usr/bin' }, user: { uid: 1000, gid: 1000 }, features: { disableUserns: true, size: true },
};

const args = (fields: Partial<SandboxPlan> = {}) => sandboxArgs({ ...plan, ...fields }, ['/bin/sh', '-c', 'true']);
const at = (list: readonly string[], ...wanted: readonly string[]) => list.findIndex((_, index) => wanted.every((word, offset) => list[index + offset] === word));

describe('the arguments of a sandbox', () => {
  it('share no namespace, keep no capability and no way to a new namespace', () => {
    for (const flag of ['--unshare-all', '--disable-userns', '--die-with-parent', '--new-session', '--clearenv']) assert.ok(args().includes(flag), flag);
    assert.notEqual(at(args(), '--cap-drop', 'ALL'), -1);
    assert.ok(!args().includes('--share-net'));
  });

  it('show a work tree through its layer, with what is pinned in it, and what is protected from where it really lies', () => {
    const layered = args({ layered: [{ root: '/home/u/w', layer: '/state/0' }] });
    assert.deepEqual([at(layered, '--bind', '/home/u/w'), at(layered, '--bind', '/home/u/w/a'), at(layered, '--bind', '/home/u/w/a/b')], [-1, -1, -1], 'nothing of the work tree itself can be written');
    for (const [from, to] of [['/state/0/merged', '/home/u/w'], ['/state/0/merged/a', '/home/u/w/a'], ['/state/0/merged/a/b', '/home/u/w/a/b']]) assert.notEqual(at(layered, '--bind', from ?? '', to ?? ''), -1, to);
    assert.notEqual(at(layered, '--ro-bind', '/home/u/w/.git', '/home/u/w/.git'), -1);
    assert.notEqual(at(layered, '--uid', '1000'), -1);
  });

  it('share the network only where the contract says so', () => {
    assert.ok(args({ network: 'full' }).includes('--share-net'));
    assert.notEqual(at(args({ network: 'full' }), '--ro-bind', '/run/resolv.conf'), -1);
    assert.equal(at(args(), '--ro-bind', '/run/resolv.conf'), -1);
  });

  it('lay the work tree above the empty home, and what is protected above the work tree', () => {
    const order = [
      at(args(), '--tmpfs', '/tmp'), at(args(), '--tmpfs', '/home/u'), at(args(), '--ro-bind', '/home/u/.pyenv'), at(args(), '--bind', '/home/u/w', '/home/u/w'),
      at(args(), '--bind', '/home/u/w/a', '/home/u/w/a'), at(args(), '--bind', '/home/u/w/a/b', '/home/u/w/a/b'),
      at(args(), '--ro-bind', '/home/u/w/node_modules', '/tmp/c/node_modules'), at(args(), '--ro-bind', '/home/u/w/.git', '/home/u/w/.git'), at(args(), '--ro-bind', '/home/u/w/oracle'),
      at(args(), '--ro-bind', '/dev/null', '/home/u/w/.env'), at(args(), '--tmpfs', '/home/u/w/keys'), at(args(), '--remount-ro', '/'),
    ];
    assert.ok(!order.includes(-1));
    assert.deepEqual(order, order.toSorted((a, b) => a - b));
  });

  it('show every work tree of a session, writable or not as the first', () => {
    const roots = ['/home/u/w', '/home/u/api'];
    for (const root of roots) {
      assert.notEqual(at(args({ roots }), '--bind', root, root), -1);
      assert.notEqual(at(args({ roots, workTree: 'read-only' }), '--ro-bind', root, root), -1);
    }
    assert.ok(!args({ roots, workTree: 'read-only' }).includes('--bind'));
  });

  it('make the work tree read-only where nothing may change', () => {
    assert.notEqual(at(args({ workTree: 'read-only' }), '--ro-bind', '/home/u/w', '/home/u/w'), -1);
    assert.ok(!args({ workTree: 'read-only' }).includes('--bind'));
  });

  it('hide what is not for everybody', () => {
    assert.notEqual(at(args(), '--ro-bind', '/dev/null', '/etc/shadow'), -1);
  });

  it('end with the environment and the command, untouched', () => {
    assert.deepEqual(args().slice(args().indexOf('--clearenv')), ['--clearenv', '--setenv', 'A', 'b c', '--setenv', 'PATH', '/usr/bin', '--', '/bin/sh', '-c', 'true']);
  });

  it('leave out what an older bubblewrap does not know', () => {
    const old = args({ features: { disableUserns: false, size: false } });
    assert.ok(!old.includes('--disable-userns') && !old.includes('--size'));
  });
});
