import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import { extension } from '../support/editor.ts';

describe('The extension, activated', () => {
  before(async () => {
    await extension().activate();
  });

  it('has read none of its heavy parts', () => {
    const loaded = Object.keys(createRequire(__filename).cache).filter((file) => file.startsWith(path.join(extension().extensionPath, 'dist')));
    assert.deepEqual(loaded.map((file) => path.basename(file)).filter((file) => !/^(extension|chunk-\w+|contents-\w+)\.js$/.test(file)), []);
  });

  it('has every command that its manifest names, and no other', async () => {
    const named = (extension().packageJSON.contributes.commands as readonly { command: string }[]).map(({ command }) => command);
    const registered = (await vscode.commands.getCommands(true)).filter((command) => command.startsWith('bounded.') && !command.startsWith('bounded.session.'));
    assert.deepEqual(registered.sort(), named.sort());
  });
});
