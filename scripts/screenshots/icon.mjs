// Draws media/logo.svg into media/icon.png, the icon of the extension.
//   node scripts/screenshots/icon.mjs
import fs from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { inRoot } from '../root.mjs';

const size = 256;

const svg = await fs.readFile(inRoot('media', 'logo.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<body style="margin:0">${svg}</body>`);
  await page.screenshot({ path: inRoot('media', 'icon.png'), omitBackground: true });
} finally {
  await browser.close();
}
