import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import type * as vscode from 'vscode';

let server: Promise<string> | undefined;

/** Milliseconds between the pieces of an answer, so that one can follow. */
const pace = '20';

/** Starts the server that plays the example's model, once in a window, and answers its address. It ends with the window. */
export function scriptedServer(context: vscode.ExtensionContext): Promise<string> {
  server ??= start(context);
  server.catch(() => {
    server = undefined;
  });
  return server;
}

/** Its first line says where it listens; it ends when its standard input does, whatever happens to us. */
async function start(context: vscode.ExtensionContext): Promise<string> {
  const program = path.join(context.extensionPath, 'dist', 'scripted-model.js');
  // The desktop editor's own program is Node only when it is told so.
  const child = spawn(process.execPath, [program, '--port', '0', '--pace', pace], { stdio: ['pipe', 'pipe', 'ignore'], env: { PATH: process.env['PATH'], ELECTRON_RUN_AS_NODE: '1' } });
  context.subscriptions.push({ dispose: () => child.kill() });
  child.once('exit', () => {
    server = undefined;
  });
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  const lines = readline.createInterface({ input: child.stdout });
  const first = (async () => {
    for await (const line of lines) return line;
    throw new Error('the scripted model ended before it listened');
  })();
  const said: unknown = JSON.parse(await Promise.race([first, failed]));
  if (typeof said === 'object' && said !== null && 'url' in said && typeof said.url === 'string') return said.url;
  throw new Error('the scripted model did not say where it listens');
}
