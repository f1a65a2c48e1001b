import fs from 'node:fs';
import path from 'node:path';
import { say } from '../problem.mjs';
import { inRoot } from '../root.mjs';
import { bundlePage, bundlePrograms } from './bundles.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { keepMetafile, removeStale, writtenFiles } from './outputs.mjs';

/** What Node runs, by the name of the file in `dist`. */
const programs = {
  extension: 'src/extension/main.ts',
  cli: 'src/cli/main.ts',
  server: 'src/server/main.ts',
  'scripted-model': 'examples/scripted-model/server.ts',
};
const scripts = { webview: 'src/webview/main.ts' };
const styles = { webview: 'media/webview.css' };

/** Files that are shipped as their package has them. */
const icons = { package: '@vscode/codicons', files: ['dist/codicon.css', 'dist/codicon.ttf'] };

export const dist = inRoot('dist');

/** Makes `dist`: everything that the extension and the terminal program consist of when they run. @param {{ production: boolean }} options */
export async function buildProduct({ production }) {
  const options = { outdir: dist, production };
  const metafiles = await Promise.all([
    bundlePrograms(present(programs), options),
    bundlePage(present(scripts), options),
    bundlePage(present(styles), options),
  ]);
  const [ofPrograms, ...ofPage] = metafiles;
  keepMetafile('programs', ofPrograms);
  const extra = [...copyIcons(), writeNotices([ofPrograms, ...ofPage])];
  markProgram(path.join(dist, 'cli.js'));
  removeStale(dist, [...metafiles.flatMap(writtenFiles), ...extra]);
}

/** @param {Record<string, string>} entries */
function present(entries) {
  const missing = Object.values(entries).filter((file) => !fs.existsSync(inRoot(file)));
  for (const file of missing) say(`${file} does not exist yet; it is left out of the build.`);
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => !missing.includes(file)));
}

function copyIcons() {
  fs.mkdirSync(dist, { recursive: true });
  return icons.files.map((file) => {
    const to = path.join(dist, path.basename(file));
    fs.copyFileSync(inRoot('node_modules', icons.package, file), to);
    return to;
  });
}

/** @param {import('esbuild').Metafile[]} metafiles */
function writeNotices(metafiles) {
  const to = path.join(dist, 'ThirdPartyNotices.txt');
  fs.writeFileSync(to, thirdPartyNotices(metafiles, [icons.package]));
  return to;
}

/** Lets a shell start the file. @param {string} file */
function markProgram(file) {
  if (!fs.existsSync(file)) return;
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.startsWith('#!') ? text : `#!/usr/bin/env node\n${text}`);
  fs.chmodSync(file, 0o755);
}
