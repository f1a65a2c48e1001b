'use strict';
// Runs inside VS Code beside the packaged extension: does it come to life there?
const assert = require('node:assert/strict');
const path = require('node:path');
const vscode = require('vscode');

exports.activate = () => {};

exports.run = async () => {
  const bounded = vscode.extensions.getExtension('bounded.bounded');
  assert.ok(bounded, 'the packaged extension is installed');
  assert.ok(!path.resolve(__dirname).startsWith(bounded.extensionPath + path.sep), 'it runs from its package, not from the sources');
  await bounded.activate();
  const registered = new Set(await vscode.commands.getCommands());
  const missing = (bounded.packageJSON.contributes?.commands ?? []).map((each) => each.command).filter((command) => !registered.has(command));
  assert.deepEqual(missing, [], 'every command of the manifest is registered');
};
