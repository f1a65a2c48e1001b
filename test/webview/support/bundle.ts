import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** What the page loads, by file name. */
export type PageFiles = ReadonlyMap<string, { readonly body: string | Buffer; readonly type: string }>;

/** Bundles script and style sheet of the side view from their sources, as the product's build does. Runs in the project's folder. */
export async function bundleSideView(): Promise<PageFiles> {
  const [script, style] = await Promise.all([bundle('src/webview/main.ts'), bundle('media/webview.css')]);
  return new Map([
    ['webview.js', { body: script, type: 'text/javascript' }],
    ['webview.css', { body: style, type: 'text/css' }],
    ['codicon.ttf', { body: await readFile('node_modules/@vscode/codicons/dist/codicon.ttf'), type: 'font/ttf' }],
  ]);
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'iife', platform: 'browser', target: 'es2022', external: ['*.ttf'], write: false, logLevel: 'warning' });
  return outputFiles[0]?.text ?? '';
}
