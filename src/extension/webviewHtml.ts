import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The page of the side view. Nothing is loaded but the extension's own script, style and font. */
export function webviewHtml(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}; font-src ${webview.cspSource}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bounded session</title>
<link rel="stylesheet" href="${file('codicon.css')}">
<link rel="stylesheet" href="${file('webview.css')}">
</head>
<body>
<main id="view"></main>
<script nonce="${nonce}" src="${file('webview.js')}"></script>
</body>
</html>`;
}
