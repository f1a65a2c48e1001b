import fs from 'node:fs';
import path from 'node:path';
import { inRoot, root } from '../root.mjs';

/** @typedef {import('esbuild').Metafile} Metafile */

/** Keeps what a bundle consists of, for the tests that look at it. @param {string} name @param {Metafile} metafile */
export function keepMetafile(name, metafile) {
  fs.mkdirSync(inRoot('out', 'meta'), { recursive: true });
  fs.writeFileSync(metafilePath(name), JSON.stringify(metafile));
}

/** @param {string} name */
export const metafilePath = (name) => inRoot('out', 'meta', `${name}.json`);

/** The files that a build wrote, as absolute paths. @param {Metafile} metafile */
export const writtenFiles = (metafile) => Object.keys(metafile.outputs).map((file) => path.resolve(root, file));

/** Removes what earlier builds left in `folder`, so that nothing stale runs or ships. @param {string} folder @param {Iterable<string>} written absolute paths */
export function removeStale(folder, written) {
  const keep = new Set(written);
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !keep.has(file)) fs.rmSync(file);
  }
}

/**
 * What is read before anything else happens when `output` is loaded: the file itself and all that it imports at once.
 * @param {Metafile} metafile @param {string} output path as in the metafile @returns {Set<string>}
 */
export function readAtOnce(metafile, output) {
  const seen = new Set([output]);
  for (const file of seen) {
    const { imports } = metafile.outputs[file] ?? { imports: [] };
    for (const { path: to, kind, external } of imports) if (external !== true && kind !== 'dynamic-import') seen.add(to);
  }
  return seen;
}

/** Names of the packages whose code is in `outputs`. @param {Metafile} metafile @param {Iterable<string>} outputs */
export function packagesIn(metafile, outputs) {
  const inputs = [...outputs].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
  return new Set(inputs.flatMap((input) => packageOf(input) ?? []));
}

/** @param {string} input */
export const packageOf = (input) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
