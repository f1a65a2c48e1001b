import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Endpoint } from '../node/session/ports.ts';
import type { App } from './app.ts';
import { scriptedServer } from './demoServer.ts';
import type { Place } from './place.ts';

/** Real path of the folder that the example was copied to, over windows. */
const folderKey = 'bounded.exampleFolder';

/** Copies the packaged example into a folder that the user picks, makes it a git repository and opens it. */
export async function tryExample({ context }: App): Promise<void> {
  const [parent] = (await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, title: 'Where shall the example go?', openLabel: 'Copy the Example Here', defaultUri: vscode.Uri.file(os.homedir()) })) ?? [];
  if (parent === undefined) return;
  const folder = await copyExample(context.extensionPath, parent.fsPath);
  await context.globalState.update(folderKey, folder);
  await openExample(vscode.Uri.file(folder));
}

/** Opens the copy; a window that has a folder keeps it unless the person says otherwise. */
async function openExample(folder: vscode.Uri): Promise<void> {
  const free = (vscode.workspace.workspaceFolders ?? []).length === 0;
  const where = free ? 'Open Here' : await vscode.window.showInformationMessage(`The example is in ${folder.fsPath}.`, { modal: true, detail: 'Start it from the Bounded view there. A session of this window is paused when the window gets another folder.' }, 'Open in New Window', 'Open Here');
  if (where !== undefined) await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: where !== 'Open Here' });
}

/** A fresh copy as a git repository of its own; the user's git configuration, templates and hooks play no part. Answers its real path. */
export async function copyExample(extension: string, parent: string): Promise<string> {
  const folder = await freeFolder(parent);
  await cp(path.join(extension, 'examples', 'activations'), folder, { recursive: true });
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: os.devNull };
  const git = (...words: string[]) => promisify(execFile)('git', words, { cwd: folder, env });
  await git('init', '-q', '--template=', '-b', 'main');
  await git('add', '-A');
  await git('-c', 'user.name=Example', '-c', 'user.email=example@localhost', '-c', 'commit.gpgsign=false', 'commit', '-q', '-m', 'A tiny transformer');
  return realpath(folder);
}

async function freeFolder(parent: string): Promise<string> {
  const taken = new Set(await readdir(parent));
  let name = 'bounded-example';
  for (let number = 2; taken.has(name); number++) name = `bounded-example-${number}`;
  const folder = path.join(parent, name);
  await mkdir(folder);
  return folder;
}

/** In the folder of the example, a server that plays the model from a script; undefined anywhere else. */
export async function exampleEndpoint(context: vscode.ExtensionContext, place: Place): Promise<Endpoint | undefined> {
  if (context.globalState.get(folderKey) !== place.real) return undefined;
  const baseUrl = await scriptedServer(context);
  void vscode.window.showInformationMessage('Bounded: there is no API key, so a script on this machine plays the model in the example. It costs nothing and sends nothing; everything else is real.');
  return { apiKey: 'not-a-key', baseUrl };
}
