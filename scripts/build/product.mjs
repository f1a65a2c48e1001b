import fs from 'node:fs';
import path from 'node:path';
import { inRoot } from '../root.mjs';
import { bundlePage, bundlePrograms } from './bundles.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { keepMetafile, writeFolder } from './outputs.mjs';

/** What Node runs, by the name of the file in `dist`. */
const programs = {
  extension: 'src/extension/main.ts',
  cli: 'src/cli/main.ts',
  server: 'src/server/main.ts',
  workspace: 'src/node/thread/main.ts',
  'scripted-model': 'examples/scripted-model/server.ts',
};
const page = { webview: 'src/webview/main.ts' };
const styles = { webview: 'media/webview.css' };

/** Files that are shipped as their package has them. */
const icons = { package: '@vscode/codicons', files: ['dist/codicon.css', 'dist/codicon.ttf'] };

/** The file that a shell starts. */
const command = inRoot('dist', 'cli.js');

/** Makes `dist`: everything that the extension and the terminal program consist of when they run. @param {{ production: boolean }} options */
export async function buildProduct({ production }) {
  const options = { outdir: inRoot('dist'), production };
  const bundles = await Promise.all([bundlePrograms(programs, options), bundlePage(page, options), bundlePage(styles, options)]);
  keepMetafile('programs', bundles[0].metafile);
  /** @type {Map<string, string | Buffer>} */
  const files = new Map(bundles.flatMap((bundle) => [...bundle.files]));
  files.set(command, `#!/usr/bin/env node\n${files.get(command)}`);
  for (const file of icons.files) files.set(inRoot('dist', path.basename(file)), fs.readFileSync(inRoot('node_modules', icons.package, file)));
  files.set(inRoot('dist', 'ThirdPartyNotices.txt'), thirdPartyNotices(bundles.map(({ metafile }) => metafile), [icons.package]));
  writeFolder(options.outdir, files);
  fs.chmodSync(command, 0o755);
}
