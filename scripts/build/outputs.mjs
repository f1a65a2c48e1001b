import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from '../programs.mjs';
import { inRoot } from '../root.mjs';

/** @typedef {import('esbuild').Metafile} Metafile */

/** Keeps what a bundle consists of, for the tests that look at it. @param {string} name @param {Metafile} metafile */
export function keepMetafile(name, metafile) {
  fs.mkdirSync(inRoot('out', 'meta'), { recursive: true });
  fs.writeFileSync(metafilePath(name), JSON.stringify(metafile));
}

/** @param {string} name */
export const metafilePath = (name) => inRoot('out', 'meta', `${name}.json`);

/**
 * Makes a folder hold exactly these files, so that nothing stale runs or ships. A file whose content stays is not touched and a new
 * content replaces the old one in one step: what runs from the folder meanwhile never meets half a file.
 * @param {string} folder @param {ReadonlyMap<string, string | Uint8Array>} files contents by absolute path
 */
export function writeFolder(folder, files) {
  for (const [file, content] of files) replace(file, Buffer.from(content));
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !files.has(file) && !isBeingWritten(file)) fs.rmSync(file, { force: true });
  }
}

/** Whether another build is about to put this file in place. @param {string} file */
const isBeingWritten = (file) => isAlive(Number(/\.(\d+)\.new$/.exec(file)?.[1] ?? Number.NaN));

/** @param {string} file @param {Buffer} content */
function replace(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (fs.existsSync(file) && fs.readFileSync(file).equals(content)) return;
  const fresh = `${file}.${process.pid}.new`;
  fs.writeFileSync(fresh, content);
  fs.renameSync(fresh, file);
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
