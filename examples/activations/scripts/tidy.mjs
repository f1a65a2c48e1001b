// Brings every source file to the house style: single quotes, no blanks at the end of a line.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

for (const name of readdirSync('src', { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const path = `src/${name}`;
  const before = readFileSync(path, 'utf8');
  const after = before.replace(/"([^"'\n]*)"/g, "'$1'").replace(/[ \t]+$/gm, '');
  if (after !== before) {
    writeFileSync(path, after);
    console.log(`tidied ${path}`);
  }
}
