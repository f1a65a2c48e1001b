import assert from 'node:assert/strict';
import { applyDecoy } from '../../../src/node/oracle/decoyPatch.ts';
import { catchesDecoy } from '../../../src/core/oracle/before.ts';
import { Bed, inBoth } from './support.ts';

const files = { 'src/a.js': 'one\ntwo\nthree\n', 'src/crlf.txt': 'a\r\nb\r\n', 'src/bin': '\u0000\ufffd', 'oracle/check.mjs': 'x\n', 'other.js': 'x\n', 'src/link': { link: 'a.js' } };
const edit = (path: string, from: string, to: string) => `--- a/${path}\n+++ b/${path}\n@@ -1,3 +1,3 @@\n ${from}\n-two\n+${to}\n three\n`;

inBoth('a wrong implementation on top of a tree', (sandbox) => {
  const bed = new Bed();
  const oracle = bed.oracle(sandbox);
  const run = (patch: string) => oracle.run(bed.request(files, [{ run: 'cat src/a.js src/new.js 2>/dev/null; ls src' }], { purpose: 'decoy', patch }), () => undefined, new AbortController().signal);
  const text = async (patch: string) => bed.artifacts.texts[Number((await run(patch))?.cells[0]?.log)];

  it('changes, makes and deletes files of the scope', async () => {
    assert.match(await text(edit('src/a.js', 'one', '2')) ?? '', /^one\n2\nthree\n/);
    assert.match(await text('--- /dev/null\n+++ b/src/new.js\n@@ -0,0 +1 @@\n+made\n') ?? '', /^one\ntwo\nthree\nmade\n/);
    assert.match(await text('--- a/src/a.js\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-one\n-two\n-three\n') ?? '', /^bin\ncrlf\.txt\n/);
    assert.match(await text(`diff --git a/src/a.js b/src/a.js\nindex 1..2 100644\n${edit('src/a.js', 'one', '2')}`) ?? '', /^one\n2\nthree\n/);
    assert.match(await text(edit('src/a.js', 'one', '2').replaceAll('a/src', 'src').replaceAll('b/src', 'src')) ?? '', /^one\n2\nthree\n/);
  });

  it('has the same effect where it leaves the same files behind, however it is written', async () => {
    const effect = async (patch: string) => (await run(patch))?.effect;
    const same = [edit('src/a.js', 'one', '2'), `diff --git a/src/a.js b/src/a.js\nindex 1..2 100644\n${edit('src/a.js', 'one', '2')}`, '--- a/src/a.js\n+++ b/src/a.js\n@@ -2 +2 @@\n-two\n+2\n',
      `${edit('src/a.js', 'one', '2')}--- a/src/crlf.txt\n+++ b/src/crlf.txt\n@@ -1,1 +1,1 @@\n-a\r\n+a\r\n`];
    const [first, ...others] = await Promise.all(same.map(effect));
    assert.match(first ?? '', /^[0-9a-f]{64}$/);
    for (const other of others) assert.equal(other, first);
    assert.equal(new Set(await Promise.all([first, effect(edit('src/a.js', 'one', '3')), effect('--- a/src/a.js\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-one\n-two\n-three\n'), effect('--- /dev/null\n+++ b/src/new.js\n@@ -0,0 +1 @@\n+2\n')])).size, 4);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['another line stands there', edit('src/a.js', 'uno', '2')],
    ['it touches the oracle', '--- a/oracle/check.mjs\n+++ b/oracle/check.mjs\n@@ -1 +1 @@\n-x\n+y\n'],
    ['it touches what is not in the scope', '--- a/other.js\n+++ b/other.js\n@@ -1 +1 @@\n-x\n+y\n'],
    ['one of its files is not in the scope', `${edit('src/a.js', 'one', '2')}--- a/other.js\n+++ b/other.js\n@@ -1 +1 @@\n-x\n+y\n`],
    ['it leaves the tree', '--- /dev/null\n+++ b/src/../../x.js\n@@ -0,0 +1 @@\n+y\n'],
    ['it makes a file that is there', '--- /dev/null\n+++ b/src/a.js\n@@ -0,0 +1 @@\n+y\n'],
    ['it changes a file that is not there', edit('src/b.js', 'one', '2')],
    ['it deletes only a part of a file', '--- a/src/a.js\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n'],
    ['it renames', 'diff --git a/src/a.js b/src/b.js\nsimilarity index 100%\nrename from src/a.js\nrename to src/b.js\n'],
    ['it is binary', 'diff --git a/src/bin b/src/bin\nBinary files a/src/bin and b/src/bin differ\n'],
    ['it changes a link', '--- a/src/link\n+++ b/src/link\n@@ -1 +1 @@\n-a.js\n\\ No newline at end of file\n+/etc/passwd\n\\ No newline at end of file\n'],
    ['its counts are wrong', edit('src/a.js', 'one', '2').replace('-1,3', '-1,4')],
    ['it is no patch', 'please return a - b'],
    ['it is empty', ''],
  ];
  for (const [why, patch] of refused) {
    it(`does not apply where ${why}`, async () => {
      assert.equal(await run(patch), null);
    });
  }

  it('is caught, survives or does not count by what the checks report', async () => {
    const oracleFile = 'const fs = require("fs"); const two = fs.readFileSync("src/a.js", "utf8").split("\\n")[1]; if (two === "crash") throw 1; console.log(JSON.stringify({ error: Math.abs(Number(two) - 2) }))';
    const check = { id: 'value', run: 'node oracle/value.js', metrics: { error: { kind: 'at-most', value: 0.5 } as const } };
    const outcome = async (two: string) => {
      const request = bed.request({ ...files, 'oracle/value.js': oracleFile }, [check], { purpose: 'decoy', patch: edit('src/a.js', 'one', two) });
      const [result, red] = await Promise.all([request, bed.request({ ...files, 'oracle/value.js': oracleFile }, [check], { purpose: 'red' })].map((one) => oracle.run(one, () => undefined, new AbortController().signal)));
      return result === null || result === undefined || red === null || red === undefined ? null : catchesDecoy(request.checks, [], result, [red]);
    };
    assert.deepEqual(await outcome('4'), { result: 'caught', detail: 'nearest: value error 2, 4 times its threshold', nearest: 4 });
    assert.equal((await outcome('2.25'))?.result, 'survived');
    assert.equal((await outcome('crash'))?.result, 'void');
  });
});

describe('a wrong implementation over several roots', () => {
  const scope = { change: [{ glob: 'src/**' }, { glob: '../api/src/**' }], never: ['src/never/**', '../api/src/never/**'], oracle: [], secret: [], scratch: [] };
  const make = (path: string) => `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+made\n`;
  const made = async (path: string, roots: readonly string[]) => [...((await applyDecoy(make(path), new Map(), scope, roots, () => Promise.reject(new Error('nothing is read')))) ?? [])].map(([name]) => name);

  it('changes what the scope names in each, and nothing in a root that the contract does not have', async () => {
    assert.deepEqual(await made('../api/src/x.js', ['../api']), ['../api/src/x.js']);
    assert.deepEqual(await made('../api/src/x.js', []), []);
    for (const path of ['../api/x.js', '../api/src/never/x.js', '../api/src/../x.js', '../api/src/../../work/src/x.js', '../web/src/x.js']) assert.deepEqual(await made(path, ['../api']), [], path);
  });
});
