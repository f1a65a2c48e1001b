import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { FromWebview, ToWebview } from '../../../src/core/protocol.ts';
import { bundleSideView } from './bundle.ts';
import type { PageFiles } from './bundle.ts';
import { sideViewHtml } from './sideViewHtml.ts';
import type { Theme } from './themes.ts';

const origin = 'https://side-view.test';

/** The side view in a browser, with everything that it posted and everything that went wrong in it. */
export interface SideView {
  readonly page: Page;
  /** Console errors, warnings and uncaught exceptions; breaches of the content security policy are among them. */
  readonly problems: string[];
  /** Sends a message as VS Code does and waits until it is drawn. */
  show(message: ToWebview): Promise<void>;
  /** Sends anything at all. */
  send(message: unknown): Promise<void>;
  /** What was posted since the page loaded or since the last call. */
  posted(): Promise<FromWebview[]>;
  setTheme(theme: Theme): Promise<void>;
}

export interface Viewing {
  readonly theme: Theme;
  /** CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Device pixels per CSS pixel. */
  readonly scale?: number;
  /** What VS Code kept for the view. */
  readonly memory?: unknown;
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

/** Starts the browser that `CHROMIUM` names, by default Debian's. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] });
}

let files: Promise<PageFiles> | undefined;

/** Opens the side view under its content security policy. No request leaves the browser: the page is answered here. */
export async function openSideView(browser: Browser, { theme, width = 340, height = 900, scale = 1, memory, reducedMotion = 'reduce' }: Viewing): Promise<SideView> {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale, reducedMotion });
  const problems = collectProblems(page);
  await servePage(page);
  await page.addInitScript(playEditor, memory);
  await page.goto(`${origin}/`);
  await page.evaluate(putTheme, theme);
  return {
    page,
    problems,
    show: (message) => page.evaluate(sendAndWait, message),
    send: (message) => page.evaluate(sendAndWait, message),
    posted: () => page.evaluate(() => (globalThis as unknown as Editor).posted.splice(0)),
    setTheme: (next) => page.evaluate(putTheme, next),
  };
}

interface Editor {
  posted: FromWebview[];
  kept: unknown;
  acquireVsCodeApi: () => unknown;
}

// The functions below run in the page.

function playEditor(memory: unknown): void {
  const editor = globalThis as unknown as Editor;
  editor.posted = [];
  editor.kept = memory;
  editor.acquireVsCodeApi = () => ({
    postMessage: (message: FromWebview) => void editor.posted.push(structuredClone(message)),
    getState: () => editor.kept,
    setState: (state: unknown) => void (editor.kept = state),
  });
}

function putTheme({ bodyClass, colors }: Theme): void {
  document.body.className = bodyClass;
  document.documentElement.removeAttribute('style');
  for (const [name, value] of Object.entries(colors)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
}

function sendAndWait(message: unknown): Promise<void> {
  return new Promise((resolve) => {
    // Our frame callback is asked for after the page's own: when it runs, the page has drawn.
    window.addEventListener('message', () => requestAnimationFrame(() => resolve()), { once: true });
    window.postMessage(message, '*');
  });
}

function collectProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') problems.push(line.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  return problems;
}

async function servePage(page: Page): Promise<void> {
  const known = await (files ??= bundleSideView());
  const html = sideViewHtml({ cspSource: origin, scriptUri: `${origin}/webview.js`, styleUri: `${origin}/webview.css`, nonce: 'dGVzdA' });
  await page.route('**/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ body: html, contentType: 'text/html' });
    const file = known.get(name);
    return file === undefined ? route.abort() : route.fulfill({ body: file.body, contentType: file.type });
  });
}
