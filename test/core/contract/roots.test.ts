import assert from 'node:assert/strict';
import fc from 'fast-check';
import { globFault } from '../../../src/core/contract/globSyntax.ts';
import { isProtected } from '../../../src/core/contract/protectedPaths.ts';
import { readContract } from '../../../src/core/contract/reader.ts';
import { rootProblems } from '../../../src/core/contract/rootProblems.ts';
import { pathIn, splitPath } from '../../../src/core/contract/rootPath.ts';
import { asWritten, everywhere, globsIn, overlap, rootFault } from '../../../src/core/contract/roots.ts';
import { compileGlobs } from '../../../src/core/guard/globs.ts';
import { rule } from '../../../src/core/guard/rule.ts';
import { standingOf } from '../../../src/core/guard/standing.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { joinIds, shortId, splitIds } from '../../../src/core/session/joinedIds.ts';

const roots = ['../api', '../../libs/shared'];
const name = fc.constantFrom('a', 'b', 'src', '.env', 'api', 'libs', 'x.ts', '.git', '..a', '...', 'Ä', 'a b');
const inner = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const piece = fc.constantFrom('a', 'b', 'src', '*', '**', '.*', '*.ts', '.env*', '?', '[ab]', '{a,src}', '*.{ts,env}', 'api', '[!a]', '\\*', '*a*');
const glob = fc.tuple(fc.constantFrom('', '/'), fc.array(piece, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/'))
  .map(([start, pieces, end]) => `${start}${pieces.join('/')}${end}`).filter((one) => globFault(one) === undefined);

describe('a path of several roots', () => {
  it('is split into its root and the rest, and joined again', () => {
    fc.assert(fc.property(fc.constantFrom('', ...roots), inner, (root, rest) => {
      assert.deepEqual(splitPath(roots, pathIn(root, rest)), { root, path: rest });
    }));
    assert.deepEqual(splitPath(roots, '../api'), { root: '../api', path: '' });
  });

  it('that lies elsewhere lies nowhere', () => {
    for (const path of ['..', '../..', '../ap', '../apis/x', '../apis', '../apisx', '../API/x', '../api/../x', '../api/..', '../api/src/../../../etc', '../../libs', '../../libs/x', '../../api/x', 'a/../../api/x', '/etc/passwd', '../api//../x', '../../../etc', '../api//etc']) {
      assert.equal(splitPath(roots, path), undefined, path);
    }
    fc.assert(fc.property(fc.array(fc.oneof(name, fc.constant('..')), { maxLength: 6 }).map((names) => names.join('/')), (path) => {
      const placed = splitPath(roots, path);
      if (placed !== undefined) assert.ok(!placed.path.split('/').includes('..') && pathIn(placed.root, placed.path) === path);
    }));
  });
});

describe('globs of several roots', function () {
  this.timeout(30_000);

  it('allow nothing in a root that they do not name', () => {
    fc.assert(fc.property(glob, fc.constantFrom(...roots), inner, (one, root, rest) => assert.equal(compileGlobs([one])(`${root}/${rest}`), undefined)), { numRuns: 500 });
    fc.assert(fc.property(glob, inner, (one, rest) => assert.equal(compileGlobs([`../api/${one.replace(/^\//, '')}`])(rest), undefined)));
    for (const one of ['**', '*', '.*', '..', '../**', '../*', '**/*.ts', '{..,a}/api/x.ts', '[.][.]/api/x.ts', '?./api/x.ts', '.?/api/**', '*/api/**']) assert.equal(compileGlobs([one])('../../libs/shared/x.ts'), undefined, one);
  });

  it('mean in the root that they name what they mean in the main one', () => {
    fc.assert(fc.property(glob, fc.constantFrom(...roots), inner, (one, root, rest) => {
      const there = everywhere([one], [root])[1] ?? '';
      assert.equal(globFault(there), undefined, there);
      assert.equal(compileGlobs([there])(`${root}/${rest}`) !== undefined, compileGlobs([one])(rest) !== undefined, `${there} ${rest}`);
      assert.equal(compileGlobs(globsIn(root, [there]))(rest) !== undefined, compileGlobs([one])(rest) !== undefined, `${globsIn(root, [there])} ${rest}`);
    }), { numRuns: 500 });
    for (const whole of ['../api', '../api/', '../api/**']) assert.notEqual(compileGlobs(globsIn('../api', [whole]))('.git/config'), undefined, whole);
    assert.deepEqual([globsIn('../api', ['../apis/x', 'x', '../../api/x']), globsIn('', ['../api/x', 'x'])], [[], ['x']]);
  });

  it('forbid in every root, also where another root is named as well', () => {
    const all = everywhere(['src/secret/**', '*.pem', '/top', '../api/only'], roots);
    const forbidden = (path: string) => compileGlobs(all)(path) !== undefined;
    for (const root of ['', ...roots]) for (const rest of ['src/secret/x', 'deep/a.pem', 'top']) assert.ok(forbidden(pathIn(root, rest)), `${root} ${rest}`);
    assert.deepEqual(['../api/only', 'only', '../../libs/shared/only', '../api/deep/top'].map(forbidden), [true, false, false, false]);
    assert.deepEqual(asWritten(all, roots), ['src/secret/**', '*.pem', '/top', '../api/only']);
  });
});

const contract = (more: string, change = 'src/**, ../api/src/**'): string => `task: x\n${more}scope:\n  change: [${change}]\n  never: [src/never/**]\n  secret: [/vault/]\noracle:\n  checks: [{ id: a, run: b, metrics: { m: { at-most: 1 } } }]\n`;

describe('roots of a contract', () => {
  it('widen what is forbidden and nothing else', () => {
    const { contract: read, problems } = readContract(contract('roots: [../api, ../../libs/shared]\n'));
    assert.deepEqual([problems, read?.roots], [[], roots]);
    if (read === undefined) return;
    const standing = (path: string) => standingOf({ contract: read, contractFile: '.bounded/x.bounded.yaml' }, 'minimal-hook', path).standing;
    const rows = ['src/a', '../api/src/a', '../api/src/never/a', '../../libs/shared/src/a', '../api/README.md', '../elsewhere/src/a', '../api/src/.git/config', '../api/src/.GIT/config', '../api/src/package.json', '../api/src/.bounded/x'];
    assert.deepEqual(rows.map(standing), ['in-scope', 'in-scope', ...Array.from({ length: 8 }, () => 'out-of-scope')]);
    assert.equal(compileGlobs(read.scope.secret)('../api/deep/.env'), '../api/**/.env');
    assert.ok(compileGlobs(read.scope.secret)('../../libs/shared/vault/key') !== undefined && compileGlobs(read.scope.scratch)('../api/__pycache__/x') !== undefined);
    const looked = (path: string) => rule({ contract: read } as Session, { kind: 'look', paths: [path] }, { unsaved: [] });
    for (const path of ['../api/.env', '../api/deep/.ENV', '../api/.env::$DATA', '../api/VAULT/key', '../../libs/shared/.ssh/config']) assert.equal(looked(path).allow, false, path);
    assert.equal(looked('../api/src/a').allow, true);
    assert.notEqual(isProtected('../api/.vscode/settings.json', ['../api/**']), undefined);
    assert.equal(isProtected('../api/.vscode/settings.json', ['../api/.vscode/settings.json']), undefined);
  });

  it('are not there in a contract without them', () => {
    const { contract: read } = readContract(contract('', 'src/**'));
    assert.ok(read !== undefined && !('roots' in read));
    assert.ok([...read.scope.never, ...read.scope.secret, ...read.scope.scratch].every((one) => !one.startsWith('..')));
  });

  const faults: readonly (readonly [string, RegExp])[] = [
    ['', /cannot be empty/], [' ../a', /begin or end/], ['/etc', /absolute/], ['~/a', /absolute/], ['C:/a', /another drive/], ['d:a', /another drive/], ['..\\a', /separated by/], ['src', /inside the workspace folder/], ['./../a', /`\.` segments/], ['../a/', /at its end/],
    ['../a//b', /empty/], ['..', /holds the workspace folder/], ['../..', /holds the workspace folder/], ['../a/../b', /climbs/], ['../.git', /`\.git`/], ['../a/.GIT/b', /`\.git`/], ['../GIT~1', /`\.git`/], ['../.bounded', /`\.bounded`/], ['../a*', /in globs/], ['../[a]', /in globs/], ['../a\u200b', /invisible/],
  ];
  for (const [root, why] of faults) it(`are never ${JSON.stringify(root)}`, () => assert.match(rootFault(root) ?? '', why));

  it('lie beside each other, in whatever spelling', () => {
    assert.match(overlap('../a', '../a') ?? '', /twice/);
    assert.match(overlap('../a', '../A') ?? '', /take this for/);
    assert.match(overlap('../a', '../a/b') ?? '', /lies inside/);
    assert.match(overlap('../a/b', '../a') ?? '', /holds/);
    assert.equal(overlap('../a', '../ab'), undefined);
  });

  it('are named with line and column where they are wrong, and so are globs that reach none', () => {
    const places = (text: string) => readContract(text).problems.filter(({ severity }) => severity === 'error').map(({ line, column, message }) => `${line}:${column} ${message}`);
    assert.deepEqual(places(contract('roots: [../api, ../api/x, src]\n')).map((one) => one.slice(0, 40)), ['2:17 this lies inside `../api`: roots ca', '2:27 this lies inside the workspace fold']);
    const outside = 'a glob cannot leave the workspace folder by `..`';
    assert.deepEqual(places(contract('')), [`3:20 ${outside}`]);
    assert.deepEqual(places(contract('roots: [../web]\ndiff: { uncounted: [../x] }\n')), [`3:21 ${outside}, but into a folder of \`roots\``, `5:20 ${outside}, but into a folder of \`roots\``]);
    assert.deepEqual(rootProblems(contract('roots:\n  - ../api\n  - ../gone\n'), new Map([[1, 'gone']])).map(({ line, column, message }) => [line, column, message]), [[4, 5, 'gone']]);
    assert.match(readContract(contract('roots: [../api]\n', '../api/**')).problems[0]?.message ?? '', /opens the whole folder \.\.\/api/);
  });
});

describe('ids of several roots', () => {
  it('are one id that names each', () => {
    assert.deepEqual(splitIds(joinIds(['a', '', 'c']), 3), ['a', '', 'c']);
    assert.deepEqual(splitIds('', 2), ['', '']);
    assert.throws(() => splitIds('a', 2), /1 folders/);
    assert.equal(shortId('0123456789+abcdefghij'), '0123456+abcdefg');
    assert.equal(shortId('0123456789'), '0123456');
  });
});
