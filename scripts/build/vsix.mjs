import { must } from '../programs.mjs';
import { inRoot, root } from '../root.mjs';

/** Packs what is in `dist` and around it; the caller has built it. @param {string} file absolute path of the package to write @param {{ quiet: boolean }} options */
export async function packVsix(file, options) {
  const flags = ['--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository'];
  await must(process.execPath, [inRoot('node_modules', '@vscode', 'vsce', 'vsce'), 'package', ...flags, '--out', file], { cwd: root, ...options });
}
