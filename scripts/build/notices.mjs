import fs from 'node:fs';
import path from 'node:path';
import { inRoot } from '../root.mjs';
import { Problem } from '../problem.mjs';
import { packageOf } from './outputs.mjs';

/**
 * The licences of the packages whose code is in the bundles, as their authors ask for.
 * @param {readonly import('esbuild').Metafile[]} metafiles @param {readonly string[]} copied packages of which files are shipped as they are
 */
export function thirdPartyNotices(metafiles, copied) {
  const inputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)));
  const folders = new Map(copied.map((name) => [name, inRoot('node_modules', name)]));
  for (const input of inputs) {
    const name = packageOf(input);
    if (name !== undefined) folders.set(name, inRoot(input.slice(0, input.lastIndexOf(name) + name.length)));
  }
  const names = [...folders.keys()].sort();
  return ['Bounded contains code of these packages.\n', ...names.map((name) => notice(name, folders.get(name) ?? ''))].join('\n');
}

/** @param {string} name @param {string} folder */
function notice(name, folder) {
  const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const texts = fs.readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (texts.length === 0 && license === undefined) throw new Problem(`The package ${name} states no licence; it cannot be shipped.`);
  const body = texts.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim()).join('\n\n');
  return `${'='.repeat(80)}\n${name} ${version} (${license})\n\n${body}\n`;
}
