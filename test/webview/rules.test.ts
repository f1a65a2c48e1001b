import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { iconNames } from '../../src/webview/icon.ts';

const sources = readdirSync('src/webview', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => ({ file, text: readFileSync(path.join('src/webview', file), 'utf8') }));
const style = readFileSync('media/webview.css', 'utf8').replace(/\/\*.*?\*\//gs, '');

const codePoint = (sheet: string, name: string) => new RegExp(`\\.codicon-${name}::?before \\{ content: ["'](\\\\[0-9a-f]+)["']`).exec(sheet)?.[1];

describe('Rules of the side view', () => {
  it('no source can turn a text into markup, code or a request', () => {
    const doors = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|\beval\b|new Function|\bfetch\(|XMLHttpRequest|WebSocket|createElement\('(script|iframe|img|a|link)'/;
    assert.deepEqual(sources.filter(({ text }) => doors.test(text)).map(({ file }) => file), []);
  });

  it('no source keeps a state of its own but the message that waits to be drawn', () => {
    const kept = sources.flatMap(({ file, text }) => [...text.matchAll(/^(?:export )?let (\w+)/gm)].map(([, name]) => `${file}: ${name}`));
    assert.deepEqual(kept, ['main.ts: latest']);
  });

  it('the style sheet takes every colour from the theme', () => {
    assert.deepEqual(style.match(/#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|:\s*(?:white|black|red|green|gray|grey)\b/gi), null);
  });

  it('the page of the extension has what the script needs and the policy that is tested here', () => {
    const theirs = readFileSync('src/extension/webviewHtml.ts', 'utf8');
    for (const part of ['<html lang="en">', '<title>', '<main', `default-src 'none'; script-src 'nonce-`, 'webview.js', 'webview.css']) assert.ok(theirs.includes(part), part);
    assert.equal(/unsafe-inline|unsafe-eval|https:|\*;/.test(theirs), false);
  });

  it('the style sheet has no shadow, no gradient and one animation', () => {
    assert.equal(/(box|text)-shadow|gradient\(/.test(style), false);
    assert.deepEqual(style.match(/@keyframes \w+/g), ['@keyframes spin']);
  });

  it('every icon has the code point of its name in the font', () => {
    const ours = readFileSync('media/codicons.css', 'utf8');
    const theirs = readFileSync('node_modules/@vscode/codicons/dist/codicon.css', 'utf8');
    for (const name of iconNames) {
      assert.notEqual(codePoint(theirs, name), undefined, name);
      assert.equal(codePoint(ours, name), codePoint(theirs, name), name);
    }
  });

  it('no icon is listed that is never drawn', () => {
    const all = sources.map(({ text }) => text.replace(/iconNames = \[.*?\]/s, '')).join('\n');
    assert.deepEqual(iconNames.filter((name) => !all.includes(`'${name}'`)), []);
    assert.equal([...readFileSync('media/codicons.css', 'utf8').matchAll(/^\.codicon-/gm)].length, iconNames.length);
  });
});
