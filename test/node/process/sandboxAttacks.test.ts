import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Commands } from '../../../src/node/process/commands.ts';
import { probeLayers } from '../../../src/node/process/probeLayers.ts';
import { isRunning, plain, runIn, runInto, shellIn, temporaryFolder, writeFiles } from './support.ts';

const base = temporaryFolder();
const root = path.join(base, 'work');
const outside = path.join(base, 'outside');
writeFiles(root, {
  '.git/config': 'git as it was\n', '.git/hooks/pre-commit.sample': '', '.bounded/t.bounded.yaml': 'contract\n', 'oracle/check.mjs': 'oracle\n', 'oracle/deep/data.json': '{}\n',
  'src/a.js': 'source\n', '.env': 'PASSWORD=hunter2\n', 'keys/id_rsa': 'private key\n', 'sub/.git/config': 'nested\n',
});
writeFiles(outside, { 'secret.txt': 'outside secret\n' });
const shell = shellIn(root);
const sandbox = await shell.probe();
const why = sandbox.kind === 'none' ? sandbox.detail : await probeLayers(new Commands({ workspaces: [root] }), [root], path.join(base, 'private'));
const ways = [
  ['that writes into the work tree itself', sandbox, sandbox.kind === 'bubblewrap' ? undefined : sandbox.detail],
  ['that writes beside the work tree', { ...sandbox, beside: true }, why],
] as const;

/** Everything in the work tree, as text. */
function snapshot(): Record<string, string> {
  const files = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => fs.lstatSync(path.join(root, name)).isFile());
  return Object.fromEntries(files.sort().map((name) => [name, fs.readFileSync(path.join(root, name), 'utf8')]));
}

for (const [way, sandbox, missing] of ways) (missing === undefined ? describe : describe.skip)(`a command in a sandbox ${way}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  /** What the command wrote beside the work tree has landed when this resolves. */
  const runHere = (tree: string, command: string, fields = {}, own = shellIn(tree)) => ('beside' in sandbox ? runInto(tree, own, command, { sandbox, ...fields }) : runIn(own, command, { sandbox, ...fields }));
  const attack = (command: string, fields = {}) => runHere(root, command, { readOnly: ['oracle/**'], secret: ['.env*', 'keys/'], ...fields }, shell);

  it('may write in the work tree', async () => {
    assert.equal((await attack('echo new > src/b.js && mkdir -p made/deep && mv src/b.js made/deep/c.js && cat made/deep/c.js; rm -r made')).output, 'new\n');
  });

  it('may write nowhere in it where nothing may change', async () => {
    const before = snapshot();
    await attack('echo x > src/a.js; touch new; rm -rf src; mv src s; chmod 777 src/a.js; ln src/a.js l; touch oracle/x', { workTree: 'read-only' });
    assert.deepEqual(snapshot(), before);
  });

  const protectedOnes = ['.git', '.bounded', 'oracle', 'sub/.git'];
  for (const folder of protectedOnes) {
    it(`cannot change, move, remove or mount over ${folder}`, async () => {
      const before = snapshot();
      await attack([
        `echo x > ${folder}/new`, `find ${folder} -type f -exec sh -c 'echo x > "$1"' _ {} \\;`, `rm -rf ${folder}`, `mv ${folder} gone`, `rmdir ${folder}`, `mv -T src ${folder}`,
        `ln -sfn /tmp ${folder}`, `chmod -R 777 ${folder}`, `mount -t tmpfs none ${folder}`, `umount ${folder}`, `umount -l ${folder}`, `mount -o remount,rw,bind ${folder}`, `touch -d 2001-01-01 ${folder}`,
        `unshare -Urm sh -c 'umount -l ${folder}; echo x > ${folder}/y'`, `find ${folder} -type f -exec ln {} linked \\; ; echo x > linked`, 'rm -f linked', 'rm -rf gone',
      ].join('; '));
      assert.deepEqual(snapshot(), before);
    });
  }

  it('cannot write to a protected file through a hard link or its descriptor', async () => {
    await attack('exec 9<oracle/check.mjs; echo x > /proc/self/fd/9; ln oracle/check.mjs src/l && echo x > src/l; cp --link oracle/check.mjs src/m && echo x > src/m; rm -f src/l src/m');
    assert.equal(fs.readFileSync(path.join(root, 'oracle/check.mjs'), 'utf8'), 'oracle\n');
  });

  it('does not see secrets, by name, by listing or by link', async () => {
    const { output } = await attack('cat .env keys/id_rsa; ls keys; ln -s .env e; cat e; rm e; cp .env c; cat c; rm -f c; grep -rc hunter . ; tar cf - . | grep -ac hunter2');
    assert.doesNotMatch(output, /hunter2|private key/);
    assert.match(output, /^0$/m);
    assert.doesNotMatch(output, /^id_rsa$/m);
    assert.equal(fs.readFileSync(path.join(root, '.env'), 'utf8'), 'PASSWORD=hunter2\n');
  });

  it('does not see a secret that an earlier command has moved, alone or with the folders around it', async () => {
    const moved = path.join(base, `moved-${way.length}`);
    const secret = ['.env*', '*.key', 'config/prod/secret.json', 'a/keys/**'];
    writeFiles(moved, { '.env': 'hunter2\n', 'sub/x.key': 'hunter3\n', 'config/prod/secret.json': 'hunter4\n', 'config/open.txt': 'open\n', 'a/keys/k': 'hunter5\n' });
    const files = ['.env', 'sub/x.key', 'config/prod/secret.json', 'a/keys/k'];
    const mv = [...files, 'sub', 'config', 'config/prod', 'a', 'a/keys'].map((name) => `mv ${name} ${name}2; node -e 'require("fs").renameSync("${name}","${name}3")' 2>&1 | grep -c xx; ln ${name} ${name}4; cp -r ${name} ${name}5`);
    const { output } = await runHere(moved, `${mv.join('; ')}; echo more >> config/open.txt; echo new > config/prod/new`, { secret });
    const next = await runHere(moved, 'find . -type f -exec cat {} +; grep -r hunter . ; tar cf - . | grep -a hunter', { secret });
    assert.doesNotMatch(output + next.output, /hunter\d/);
    assert.match(next.output, /^open\nmore$/m);
    assert.match(next.output, /^new$/m);
  });

  it('does not see or change what lies outside, by path, by link or upwards', async () => {
    fs.symlinkSync(outside, path.join(root, 'way-out'));
    const { output } = await attack(`cat ${outside}/secret.txt ../outside/secret.txt way-out/secret.txt; echo x > ${outside}/secret.txt; echo x > way-out/new; echo x > ../outside/new; ls -A ..; ls -A ${os.homedir()}; cat ${os.homedir()}/.bashrc ${os.homedir()}/.npmrc`);
    fs.rmSync(path.join(root, 'way-out'));
    assert.doesNotMatch(output, /outside secret/);
    assert.deepEqual(fs.readdirSync(outside), ['secret.txt']);
    assert.equal(fs.readFileSync(path.join(outside, 'secret.txt'), 'utf8'), 'outside secret\n');
  });

  it('cannot write to the system, to devices, or read what is not for everybody', async () => {
    const name = `bounded-attack-${process.pid}`;
    const { output } = await attack(`touch /usr/${name} /etc/${name} /${name}; cat /etc/shadow; ls /dev | sort | tr '\\n' ' '; cat /dev/sda /dev/vda /dev/mem 2>&1 | head -c 100; mknod d b 8 0; ls /sys /boot /run`);
    for (const folder of ['/usr', '/etc', '/']) assert.ok(!fs.existsSync(path.join(folder, name)));
    assert.doesNotMatch(output, /root:[^x*!]/);
    assert.doesNotMatch(output, /\b(?:sda|vda|mem|kmsg)\b(?!:| ?')/);
    assert.ok(!fs.existsSync(path.join(root, 'd')));
  });

  it('reaches no listener of this machine', async () => {
    let hits = 0;
    const server = net.createServer((socket) => { hits += 1; socket.destroy(); });
    const local = net.createServer((socket) => { hits += 1; socket.destroy(); });
    const socketFile = path.join(outside, 'socket');
    await Promise.all([new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)), new Promise<void>((resolve) => local.listen(socketFile, resolve))]);
    const { port } = server.address() as net.AddressInfo;
    const connect = `bash -c 'echo hi > /dev/tcp/127.0.0.1/${port}'`;
    const node = `node -e "for (const to of [[${port},'127.0.0.1'],[${port},'::1'],['${socketFile}'],['\\\\0bounded']]) require('net').connect(...to).on('error',(e)=>console.log(e.code))"`;
    try {
      assert.equal((await runIn(shell, connect, { sandbox: plain })).exit, 0);
      assert.equal(hits, 1, 'the attack works where there is no sandbox');
      const { output } = await attack(`${connect}; ${node}; curl -s -m 2 http://127.0.0.1:${port}/; getent hosts example.com`);
      assert.equal(hits, 1, output);
      assert.equal((await attack(connect, { network: 'full' })).exit, 0);
    } finally {
      server.close();
      local.close();
      fs.rmSync(socketFile, { force: true });
    }
    assert.equal(hits, 2, 'with the network it is there');
  });

  it('cannot mount, become another user, or make a namespace', async () => {
    const { output } = await attack('mount -t tmpfs none /mnt && echo BROKEN; mount --bind /tmp src && echo BROKEN; unshare -U true && echo BROKEN; unshare -m true && echo BROKEN; unshare -Ur id && echo BROKEN; chroot . true && echo BROKEN; su -c true nobody && echo BROKEN; grep -E "^(CapEff|CapPrm|CapBnd|NoNewPrivs)" /proc/self/status');
    assert.doesNotMatch(output, /BROKEN/);
    assert.match(output, /CapPrm:\s+0{16}\nCapEff:\s+0{16}/);
    assert.match(output, /NoNewPrivs:\s+1/);
  });

  if ('beside' in sandbox) it('reaches neither the work tree as it is outside nor the layer that its writes go to', async () => {
    const layer = `${root}.layers`;
    const { output } = await attack([
      `for p in /proc/[0-9]*; do for f in ${layer}/0/upper ${root}; do echo x > $p/root$f/through-$$; ls -d $p/root${layer}; done; done 2>/dev/null`, `ls -d ${layer} ${layer}/0/upper 2>/dev/null`, `find / -xdev -name upper 2>/dev/null | grep layers`,
      `mount -o remount,rw ${root} && echo BROKEN`, `umount ${root} && echo BROKEN`, `umount -l ${root} && echo BROKEN`, `mkdir -p /tmp/o/w && mount -t overlay o -o lowerdir=/usr,upperdir=${root}/src,workdir=/tmp/o/w /tmp/o && echo BROKEN`,
      'mknod src/white c 0 0 && echo BROKEN', `unshare -Urm sh -c 'umount -l ${root}' && echo BROKEN`, 'nsenter -t 1 -m true && echo NSENTER', 'exec 9<.; ls /proc/self/fd/9/.. | grep layers; true',
    ].join('; '));
    assert.doesNotMatch(output, /BROKEN|layers/);
    // Through its own name in /proc it wrote into the work tree that it was shown, which landed.
    for (const name of fs.readdirSync(root).filter((one) => one.startsWith('through-'))) fs.rmSync(path.join(root, name));
    assert.deepEqual([fs.existsSync(layer), fs.existsSync(path.join(root, 'src/white'))], [false, false]);
  });

  it('cannot see or end processes outside', async () => {
    const victim = spawn('sleep', ['4800'], { stdio: 'ignore' });
    try {
      const { output } = await attack(`kill -9 ${victim.pid} ${process.pid} 2>&1; kill -9 $PPID; ps -ef 2>/dev/null | grep -c 'sleep 480[0]'; ls /proc | grep -cE '^[0-9]+$'`);
      assert.ok(victim.pid !== undefined && isRunning(victim.pid), output);
    } finally {
      victim.kill('SIGKILL');
    }
    await attack('kill -9 -1; kill -STOP $PPID; kill -9 1');
  });

  it('has no open file of ours', async () => {
    const { output } = await attack('for f in /proc/self/fd/*; do readlink "$f"; done; ls -l /proc/1/fd 2>/dev/null');
    assert.doesNotMatch(output, new RegExp(`${base}/outside|trace|journal`));
  });

  it('sees an empty home folder around its work tree, and no keys where the work tree is the home folder', async () => {
    const home = path.join(base, `home-${way.length}`);
    writeFiles(home, { '.ssh/id_ed25519': 'home key\n', '.config/gh/hosts.yml': 'home token\n', 'notes.txt': 'home note\n', 'project/a.txt': 'in the project\n' });
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      const look = `find ${home} -type f; cat ${home}/.ssh/* ${home}/.config/gh/* ${home}/notes.txt; echo x > $HOME/new && cat $HOME/new`;
      const inside = (await runIn(shellIn(path.join(home, 'project')), look, { sandbox })).output;
      assert.doesNotMatch(inside, /home (?:key|token|note)/);
      assert.match(inside, new RegExp(`^${home}/project/a.txt\n[^]*^x$`, 'm'));
      const itself = (await runIn(shellIn(home), look, { sandbox })).output;
      assert.doesNotMatch(itself, /home (?:key|token)/);
      assert.match(itself, /home note/);
      const around = (await runIn(shellIn(base), look, { sandbox })).output;
      assert.doesNotMatch(around, /home (?:key|token|note)/);
    } finally {
      if (before === undefined) delete process.env['HOME'];
      else process.env['HOME'] = before;
    }
    assert.ok(!fs.existsSync(path.join(home, 'new')));
  });

  it('still sees its work tree where that is a linked one of a repository elsewhere', async () => {
    const main = path.join(base, `main-${way.length}`);
    const linked = path.join(base, `linked-${way.length}`);
    const git = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    const run = (command: string) => runIn(shellIn(base), command);
    await run(`git init -q ${main} && cd ${main} && git ${git.join(' ')} commit -q --allow-empty -m one && git worktree add -q ${linked}`);
    const { output } = await runHere(linked, 'git log --format=%s; git status --short; git commit -q --allow-empty -m two 2>&1 | head -1; git config user.x y');
    assert.match(output, /^one\n/);
    assert.equal((await runIn(shellIn(main), 'git log --format=%s --all; git config user.x')).output, 'one\n');
  });
});
