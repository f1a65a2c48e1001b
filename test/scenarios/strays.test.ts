import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { call, tool, turn } from '../support/messagesServer/replies.ts';
import { events } from './support/cli.ts';
import { contractText } from './support/project.ts';
import { honest, right } from './support/moves.ts';
import { scenario } from './support/scenario.ts';

const neighbour = 'src/other/neighbour.js';
const stray = call('bash', { command: `sed -i s/3/4/ ${neighbour} && echo junk > stray.txt` });
const work = honest['minimal-hook']?.[0] ?? [];

describe('changes outside of what was agreed', function () {
  this.timeout(120_000);

  it('are rewound by Bounded where the contract says so, and listed', async () => {
    await scenario({ 'minimal-hook': [[stray, ...work]] }, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run }) => {
      const before = readFileSync(path.join(project.root, neighbour), 'utf8');
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(readFileSync(path.join(project.root, neighbour), 'utf8'), before);
      assert.equal(existsSync(path.join(project.root, 'stray.txt')), false);
      assert.deepEqual(ran.result?.flags.map((flag) => [flag.path, flag.outcome]).sort(), [[neighbour, 'rewound'], ['stray.txt', 'rewound']]);
    });
  });

  it('are told to model and person by the first names, and how many more there are, when they are many', async () => {
    const many = call('bash', { command: 'mkdir spread; for i in $(seq 130); do echo $i > spread/f$i.txt; done' });
    const done = call('complete_phase', { summary: 'Done.' });
    await scenario({ 'minimal-hook': [[many, done], [call('report_blocker', { what: 'stop', tried: 'all', needs: 'you' })]] }, contractText({ top: 'on-stray: flag\n' }), async ({ run, bounded }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      const [stray, phase] = ran.entries.flatMap(({ event }) => (event.type === 'tool/answered' && /outside of what was agreed|no change outside/.test(event.text) ? [event.text] : []));
      assert.match(stray ?? '', /flagged to the user: (?:spread\/f\d+\.txt \(out-of-scope\), ){19}spread\/f\d+\.txt \(out-of-scope\) and 110 more\. The phase cannot end/);
      assert.match(phase ?? '', /no-open-flag: wanted no change outside of what was agreed; measured (?:spread\/f\d+\.txt \(out-of-scope, by .+?, flag [0-9a-f]+\), ){19}spread\/f\d+\.txt \(.+\) and 110 more/);
      assert.match((await bounded('status')).stdout, /… and 30 flags more; bounded trace names every one/);
    });
  });

  it('that put a folder with nothing but caches in the place of a file are rewound, and the caches kept', async () => {
    const swap = call('bash', { command: `rm ${neighbour} && mkdir -p ${neighbour}/__pycache__ && echo cached > ${neighbour}/__pycache__/m.pyc` });
    await scenario({ 'minimal-hook': [[swap, ...work]] }, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run }) => {
      const before = readFileSync(path.join(project.root, neighbour), 'utf8');
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(readFileSync(path.join(project.root, neighbour), 'utf8'), before);
      assert.deepEqual(ran.result?.flags.map((flag) => [flag.path, flag.outcome]), [[neighbour, 'rewound']]);
      const [moved] = events(ran, 'rewind/done').flatMap((event) => event.rewind.moved ?? []);
      assert.equal(readFileSync(path.join(project.root, moved?.to ?? '', '__pycache__/m.pyc'), 'utf8'), 'cached\n');
    });
  });

  it('to empty folders and permissions come back with the boundary, in another process too, and that can be undone', async () => {
    const change = call('bash', { command: 'rmdir constructor src/stats/spot; mkdir __proto__; echo x > src/stats/spot; mkdir -p src/stats/made/deep; chmod 644 src/stats/mean.js' });
    await scenario({ 'minimal-hook': [[change, ...work]] }, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run, bounded }) => {
      // Also where a folder has a name by which every object has something.
      const at = (file: string): string => path.join(project.root, file);
      for (const folder of ['constructor', 'src/stats/spot']) mkdirSync(at(folder));
      chmodSync(at('src/stats/mean.js'), 0o600);
      const state = () => [existsSync(at('constructor')), statSync(at('src/stats/spot')).isDirectory(), existsSync(at('src/stats/made')), existsSync(at('__proto__')), (statSync(at('src/stats/mean.js')).mode & 0o777).toString(8)];
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(state(), [false, false, true, true, '644']);
      const dry = (await bounded('rewind', '--to', 'oracle-only', '--dry-run')).stdout;
      assert.match(dry, /src\/stats\/spot \(deleted: the session made it\)[^]*\n +constructor \(an empty folder again\)\n[^]*src\/stats\/spot \(an empty folder again\)\n +__proto__ \(an empty folder: removed\)\n +src\/stats\/made\/deep \(an empty folder: removed\)/);
      const rewound = await bounded('rewind', '--to', 'oracle-only');
      assert.equal(rewound.status, 0, rewound.stderr + rewound.stdout);
      assert.deepEqual(state(), [true, true, false, false, '600']);
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      assert.deepEqual(state(), [false, false, true, true, '644']);
      assert.equal((await bounded('drop')).status, 0);
      assert.deepEqual(state(), [true, true, false, false, '600']);
    });
  });

  it('to nothing but permissions are put to a person', async () => {
    await scenario({ 'minimal-hook': [[call('bash', { command: 'chmod 666 package.json' }), ...work]] }, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run, bounded }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.deepEqual([ran.result?.gate?.kind, ran.result?.gate?.blocking], ['stray', [ran.result?.gate?.id]]);
      assert.match(ran.result?.gate?.question ?? '', /package\.json \(the usual → permissions 666\)/);
      assert.equal((await bounded('rewind', '--to', 'oracle-only')).status, 0);
      assert.equal((statSync(path.join(project.root, 'package.json')).mode & 0o777).toString(8), '644');
    });
  });

  it('to scratch are counted, and put to a person when they are large', async () => {
    const few = call('bash', { command: 'mkdir -p coverage/deep && printf 12345 > coverage/deep/report && ln -s report coverage/deep/link' });
    const many = call('bash', { command: 'truncate -s 1200M coverage/huge' });
    await scenario({ 'minimal-hook': [[few, many, ...work]] }, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run, bounded }) => {
      mkdirSync(path.join(project.root, '__pycache__'));
      writeFileSync(path.join(project.root, '__pycache__/a.pyc'), '123');
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(ran.result?.gate?.kind, 'stray');
      assert.match(ran.result?.gate?.question ?? '', /grew scratch by more than 1 GiB, to 1\.2 GiB in 4 files/);
      assert.deepEqual(events(ran, 'scratch/measured').map(({ use }) => [use.files, use.bytes]), [[1, 3], [3, 14], [4, 14 + 1200 * 1024 ** 2]]);
      assert.deepEqual(ran.result?.flags, []);
      assert.match((await bounded('rewind', '--to', 'base', '--dry-run')).stdout, /in no checkpoint, and left as it is:\n {2}scratch, 4 files of 1\.2 GiB/);
      const rest = await bounded('resume', '--approve', `${ran.result?.gate?.id},all`, '--json');
      assert.equal(rest.status, 0, rest.stderr);
      assert.match(readFileSync(path.join(project.root, '.bounded/task/EVIDENCE.md'), 'utf8'), /not covered by checkpoints: scratch, 4 files of 1\.2 GiB/);
    });
  });

  it('are flagged, keep the phase open, and are rewound by the user', async () => {
    await scenario({ 'minimal-hook': [[stray, ...work]] }, contractText({ top: 'on-stray: flag\n' }), async ({ project, run, bounded }) => {
      const before = readFileSync(path.join(project.root, neighbour), 'utf8');
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.deepEqual(ran.result?.flags.map((flag) => flag.outcome), ['open', 'open']);
      const dry = await bounded('rewind', '--file', neighbour, '--dry-run');
      assert.match(dry.stdout, /neighbour/);
      assert.notEqual(readFileSync(path.join(project.root, neighbour), 'utf8'), before);
      for (const file of [neighbour, 'stray.txt']) assert.equal((await bounded('rewind', '--file', file)).status, 0);
      assert.equal(readFileSync(path.join(project.root, neighbour), 'utf8'), before);
      const undone = await bounded('rewind', '--undo');
      assert.equal(undone.status, 0, undone.stderr);
      assert.ok(existsSync(path.join(project.root, 'stray.txt')));
    });
  });

  it('are rewound all at once by the user, in one rewind; what may be theirs stays, and so does the work in scope', async () => {
    const change = 'for f in src/other/neighbour.js package.json; do echo "// stray" >> $f; done; rm .gitignore; mkdir -p vendor/a; echo x > vendor/a/b; echo y > src/stats/more.js';
    await scenario({ 'minimal-hook': [[call('bash', { command: change }), call('report_blocker', { what: 'w', tried: 't', needs: 'n' })]] }, contractText({ top: 'on-stray: flag\n' }), async ({ project, run, bounded }) => {
      const ran = await run('--approve', 'explore,oracle-only');
      assert.deepEqual(ran.result?.flags.map(({ path }) => path).toSorted(), ['.gitignore', 'package.json', 'src/other/neighbour.js', 'vendor/a/b']);
      project.write('src/other/neighbour.js', `// mine\n${readFileSync(path.join(project.root, 'src/other/neighbour.js'), 'utf8')}`);
      const shown = await bounded('rewind', '--flags', '--dry-run');
      assert.match(shown.stdout, /would bring back:[^]*\.gitignore\n[^]*neighbour\.js \(your own changes of it stay\)[^]*vendor\/a\/b \(deleted: the session made it\)/);
      assert.doesNotMatch(shown.stdout, /more\.js/);
      const done = await bounded('rewind', '--flags', '--json');
      assert.equal(done.status, 0, done.stdout);
      assert.equal(project.git('status', '--porcelain', '-uall', '--', '.', ':!.bounded').trim().split('\n').sort().join(), '?? oracle/check.mjs,?? src/stats/more.js,M src/other/neighbour.js'.split(',').sort().join());
      assert.equal(readFileSync(path.join(project.root, 'src/other/neighbour.js'), 'utf8'), '// mine\nexport const limit = 3;\nexport const name = "neighbour";\n');
      const after = await bounded('resume', '--json');
      assert.deepEqual(after.result?.flags.filter(({ outcome }) => outcome !== 'rewound'), []);
      const none = await bounded('rewind', '--flags');
      assert.deepEqual([none.status, none.stdout.trim()], [1, 'no flag is open']);
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      assert.ok(existsSync(path.join(project.root, 'vendor/a/b')) && !existsSync(path.join(project.root, '.gitignore')));
    });
  });

  it('are allowed by their id, which amends the contract by exactly that path', async () => {
    await scenario({ 'minimal-hook': [[stray, ...work], [call('complete_phase', { summary: 'as before' })]] }, contractText({ top: 'on-stray: flag\n' }), async ({ project, run, bounded }) => {
      const ran = await run('--approve', 'all');
      const ids = ran.result?.flags.map((flag) => flag.id) ?? [];
      assert.deepEqual(new Set(ran.result?.gate?.blocking), new Set(ids));
      await bounded('rewind', '--file', neighbour);
      const rest = ran.result?.flags.find((flag) => flag.path === 'stray.txt')?.id ?? '';
      const allowed = await bounded('resume', '--approve', `${ids.join(',')},all`, '--json');
      assert.equal(allowed.status, 0, allowed.stderr);
      assert.equal(allowed.result?.flags.find((flag) => flag.id === rest)?.outcome, 'allowed');
      assert.match(readFileSync(project.contract, 'utf8'), /\/stray\.txt/);
    });
  });

  it('a change of the user in the same file survives the rewind of a stray', async () => {
    await scenario({ 'minimal-hook': [[stray, ...work]] }, contractText({ top: 'on-stray: flag\n' }), async ({ project, run, bounded }) => {
      await run('--approve', 'all');
      appendFileSync(path.join(project.root, neighbour), '\n// mine\n');
      const rewound = await bounded('rewind', '--file', neighbour);
      const now = readFileSync(path.join(project.root, neighbour), 'utf8');
      assert.match(now, /\/\/ mine/);
      assert.equal(rewound.status, 0, rewound.stderr + rewound.stdout);
      assert.match(now, /limit = 3/);
    });
  });

  it('put back by the model itself leave no flag', async () => {
    const back = call('bash', { command: `sed -i s/4/3/ ${neighbour} && rm stray.txt` });
    await scenario({ 'minimal-hook': [[stray, back, ...work]] }, contractText({ top: 'on-stray: flag\n' }), async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(ran.result?.flags.map((flag) => flag.outcome), ['restored', 'restored']);
    });
  });

  it('a command that takes back a change of the user is flagged, whatever content it restores', async () => {
    const revert = call('bash', { command: `git show HEAD:${neighbour} > ${neighbour}` });
    await scenario({ 'minimal-hook': [[revert, ...work], [call('complete_phase', { summary: 'as before' })]] }, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run, bounded }) => {
      await run('--approve', 'explore');
      appendFileSync(path.join(project.root, neighbour), '// mine\n');
      const ran = await bounded('resume', '--approve', 'all', '--json');
      assert.match(readFileSync(path.join(project.root, neighbour), 'utf8'), /\/\/ mine/);
      assert.deepEqual(ran.result?.flags.map((flag) => [flag.path, flag.outcome]), [[neighbour, 'rewound']]);
    });
  });

  it('ignored files count like tracked ones', async () => {
    await scenario({ 'minimal-hook': [[call('bash', { command: 'mkdir -p build && echo x > build/out.js' }), ...work]] }, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(existsSync(path.join(project.root, 'build/out.js')), false);
      assert.deepEqual(events(ran, 'flags/raised').flatMap((event) => event.flags.map(({ path }) => path)), ['build/out.js']);
    });
  });

  it('by file tools are refused before they happen', async () => {
    const tries = [neighbour, '../outside.js', '/etc/hosts', '.git/config', '.bounded/task.bounded.yaml', 'oracle/check.mjs', 'package.json'].map((file) => call('write', { file_path: file, content: 'x' }));
    await scenario({ 'minimal-hook': [[...tries, ...work]] }, contractText({ top: 'budget: { turns: 80 }\n' }).replace('budget: { cost: 5 USD, turns: 60, time: 20m }\n', ''), async ({ project, run, bounded }) => {
      const ran = await run('--approve', 'all');
      const refused = events(ran, 'tool/answered').filter((event) => event.outcome === 'refused');
      assert.ok(refused.length >= 3 && refused.every((event) => event.reason === 'scope'), JSON.stringify(refused));
      assert.equal(ran.status, 5, 'three turns of nothing but refusals are a matter for a person');
      assert.equal(ran.result?.gate?.kind, 'no-progress');
      assert.equal(project.git('status', '--porcelain', 'src/other', 'package.json'), '');
      const once = await bounded('resume', '--approve', 'refusals,all', '--json');
      assert.equal(once.status, 5, 'an id opens one gate, not every gate of its kind');
    });
  });

  it('are found also where a server gives a call the id of one in an earlier conversation: that answer is asked for again', async () => {
    const tried: string[] = [];
    const again = (phase: string) => () => turn([tool('bash', { command: `echo ${phase} >> ${neighbour}` }, tried.push(phase) > 2 ? {} : { id: 'call_1' })]);
    const moves = { 'oracle-only': [[again('oracle'), ...(honest['oracle-only']?.[0] ?? [])]], 'minimal-hook': [[again('hook'), call('report_blocker', { what: 'stop', tried: 'all', needs: 'you' })]] };
    await scenario(moves, contractText({ top: 'on-stray: rewind\n' }), async ({ project, run }) => {
      const before = readFileSync(path.join(project.root, neighbour), 'utf8');
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 5, ran.stderr);
      assert.equal(readFileSync(path.join(project.root, neighbour), 'utf8'), before);
      assert.deepEqual(ran.result?.flags.map((flag) => [flag.path, flag.outcome]), [[neighbour, 'rewound'], [neighbour, 'rewound']]);
      assert.deepEqual([tried, events(ran, 'turn/failed').map(({ fault }) => fault.message)], [['oracle', 'hook', 'hook'], ['the answer uses the call id "call_1" twice']]);
    });
  });

  it('the diff budget counts a file without lines before it is made', async () => {
    const empty = ['a', 'b', 'c'].map((name) => call('write', { file_path: `src/stats/${name}.js`, content: '' }));
    await scenario({ 'minimal-hook': [[...empty, call('report_blocker', { what: 'stop', tried: 'all', needs: 'you' })]] }, contractText({ top: 'diff: { files: 3, lines: 40 }\n' }), async ({ run }) => {
      const ran = await run('--approve', 'all');
      assert.deepEqual(events(ran, 'tool/answered').filter((event) => event.reason === 'budget').map(({ text }) => text), ['refused (budget): the diff budget would be exceeded: 4 files changed, at most 3']);
      assert.deepEqual(ran.result?.flags, []);
    });
  });

  it('the diff budget refuses an edit beyond it, and flags a command beyond it', async () => {
    const long = `${right}${Array.from({ length: 60 }, (_, index) => `// ${index}\n`).join('')}`;
    const moves = { 'minimal-hook': [[call('write', { file_path: 'src/stats/variance.js', content: long }), call('bash', { command: 'for i in $(seq 80); do echo "// $i" >> src/stats/mean.js; done' }), ...work]] };
    await scenario(moves, contractText({ top: 'diff: { files: 6, lines: 40 }\non-stray: rewind\n' }), async ({ project, run }) => {
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(events(ran, 'tool/answered').filter((event) => event.reason === 'budget').length, 1);
      assert.deepEqual(ran.result?.flags.map((flag) => [flag.path, flag.standing, flag.outcome]), [['src/stats/mean.js', 'over-budget', 'rewound']]);
      assert.doesNotMatch(readFileSync(path.join(project.root, 'src/stats/mean.js'), 'utf8'), /\/\/ 5/);
    });
  });

  it('secrets are neither read nor found', async () => {
    const moves = { explore: [[call('read', { file_path: '.env' }), call('grep', { pattern: 'hunter2' }), call('bash', { command: 'cat .env; env' }), ...(honest.explore?.[0] ?? [])]] };
    await scenario(moves, undefined, async ({ project, server, run }) => {
      writeFileSync(path.join(project.root, '.env'), 'PASSWORD=hunter2\n');
      mkdirSync(path.join(project.root, 'docs'), { recursive: true });
      const ran = await run();
      assert.equal(ran.status, 5, ran.stderr);
      const sent = server.requests.map((request) => request.raw.replaceAll('"pattern":"hunter2"', '').replaceAll('\\"pattern\\":\\"hunter2\\"', '')).join('\n');
      assert.doesNotMatch(sent, /hunter2/);
      assert.doesNotMatch(sent, /test-key-0123456789/);
      assert.equal(events(ran, 'tool/answered')[0]?.reason, 'secret');
    });
  });
});
