import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OracleRequest } from '../../../src/agent/ports.ts';
import type { Check, Scope } from '../../../src/core/contract/contract.ts';
import { changedScripts } from '../../../src/core/oracle/decidingScripts.ts';
import { isManifest } from '../../../src/core/oracle/manifests.ts';
import { measuring, type MeasuredTree } from '../../../src/core/oracle/measuredTree.ts';
import type { Blob, Path } from '../../../src/core/session/changes.ts';
import { planOf } from '../../../src/node/oracle/plan.ts';
import type { TreeReader } from '../../../src/node/oracle/storeReader.ts';

type Tree = ReadonlyMap<Path, Blob>;

const texts: readonly string[] = ['{}', '{"scripts":{"test":"node a"}}', '{"scripts":{"test":"node b"}}', '{"mocha":{}}'];
const folder = fc.constantFrom('', '', 'pkg/', 'oracle/', 'tmp/', 'node_modules/a/', '.git/', '../api/', '../web/');
const path = fc.tuple(folder, fc.constantFrom('package.json', 'package.json', 'setup.cfg', 'x.ts')).map((parts) => parts.join(''));
const blob: fc.Arbitrary<Blob> = fc.record({ oid: fc.constantFrom(...texts.keys()).map(String), mode: fc.constant('100644') });
const tree = fc.array(fc.tuple(path, blob), { maxLength: 12 }).map((entries): Tree => new Map(entries));
const globs = fc.array(fc.constantFrom('oracle/**', 'pkg/', 'tmp/**', '*.json', 'setup.cfg', '../api/**'), { maxLength: 2 });
const scope = fc.record({ oracle: globs, secret: globs, scratch: globs }).map((some): Scope => ({ change: [], never: [], ...some }));
const frozenFiles = fc.option(tree.map((files) => [...files].slice(0, 3).map(([at, { oid, mode }]) => ({ path: at, oid, mode }))), { nil: undefined });

const check: Check = { id: 'c', run: 'npm test', matrix: {}, timeoutMs: 1, exit: 0, metrics: {}, override: [], by: 'minimal-hook' };

type Rules = Pick<OracleRequest, 'scope' | 'frozen'>;

const requestOf = (baseTree: string, rules: Rules): OracleRequest =>
  ({ id: 'r', purpose: 'boundary', tree: 't', baseTree, oracle: { record: [], checks: [check], decoys: 0 }, commands: { allow: [], network: 'none', sandbox: 'off' }, checks: [check], ...rules });

function readerOf(trees: Readonly<Record<string, Tree>>): TreeReader {
  const read = async (oid: string) => Buffer.from(texts[Number(oid)] ?? '');
  return {
    read, entries: async (id) => trees[id] ?? new Map(),
    async *readAll(oids) { for (const oid of oids) yield [oid, await read(oid)] as const; },
  };
}

function measured(...given: Parameters<typeof measuring>): MeasuredTree {
  const work = measuring(...given);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** What is said of manifests and scripts where both trees are measured as a whole. */
function model(candidate: Tree, base: Tree, { scope: of, frozen }: Rules, roots: readonly string[]) {
  const { files, tampered } = measured(candidate, of, frozen, roots);
  const before = base === candidate ? files : base;
  const all = (one: Tree, other: Tree) => [...new Set([...one.keys(), ...other.keys()])];
  const fixed = new Set((frozen ?? []).map((file) => file.path));
  const manifests = all(before, files).filter((at) => isManifest(at) && !fixed.has(at) && before.get(at)?.oid !== files.get(at)?.oid).map((at) => [at, before.get(at) ?? null]);
  const old = measured(before, of, undefined, roots).files;
  const isOracle = new Set(measured(new Map(all(old, files).map((at) => [at, { oid: '', mode: '100644' }])), { ...of, secret: [], scratch: [] }, [], roots).unfrozen);
  const text = (one: Blob | undefined) => (one === undefined ? undefined : texts[Number(one.oid)]);
  const packages = all(old, files).filter((at) => /(^|\/)package\.json$/.test(at) && !at.includes('node_modules/')).sort();
  const pairs = packages.map((at) => {
    const now = text(files.get(at));
    return { path: at, top: ['package.json', ...roots.map((root) => `${root}/package.json`)].includes(at), before: frozen !== undefined && (fixed.has(at) || isOracle.has(at)) ? now : text(old.get(at)), now };
  });
  return { files: [...files], manifests, tampered: [...tampered, ...changedScripts([check.run], pairs)] };
}

describe('the plan of a run', () => {
  it('says of manifests and scripts what is so where both trees are looked at as a whole', async () => {
    await fc.assert(fc.asyncProperty(tree, fc.option(tree, { nil: undefined }), scope, frozenFiles, fc.constantFrom<readonly string[]>([], ['../api']), async (candidate, other, of, frozen, roots) => {
      const base = other ?? candidate;
      const some = { scope: of, ...(frozen === undefined ? {} : { frozen }) };
      const plan = await planOf(requestOf(other === undefined ? 't' : 'b', some), readerOf({ t: candidate, b: base }), roots);
      assert.deepEqual({ files: [...(plan?.files ?? [])], manifests: [...(plan?.manifests ?? [])], tampered: plan?.tampered }, model(candidate, base, some, roots));
    }), { numRuns: 200 });
  });

  it('lets others have their turn while it matches a tree', async () => {
    const files: Tree = new Map(Array.from({ length: 6000 }, (_, at) => [`src/folder${at % 7}/file${at}.ts`, { oid: '0', mode: '100644' }]));
    const request = requestOf('b', { scope: { change: [], never: [], oracle: ['oracle/**'], secret: ['.env*'], scratch: ['coverage/'] } });
    const told: string[] = [];
    setImmediate(() => told.push('others'));
    const reader = readerOf({ t: files });
    await planOf(request, { ...reader, entries: (tree) => (told.push(tree), reader.entries(tree)) }, []);
    assert.deepEqual(told, ['t', 'others', 'b']);
  });
});
