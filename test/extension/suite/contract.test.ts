import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { at, until } from '../support/editor.ts';

describe('A contract in the editor', () => {
  const file = '.bounded/broken.bounded.yaml';

  before(async () => {
    await vscode.workspace.fs.writeFile(at(file), new TextEncoder().encode('task: Do it.\nscope:\n  chnge: [src/**]\noracle:\n  checks: []\n'));
    await vscode.window.showTextDocument(at(file));
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(at(file));
  });

  it('has a language of its own', () => {
    assert.equal(vscode.window.activeTextEditor?.document.languageId, 'bounded-contract');
  });

  it('shows its problems where they are', async () => {
    const problems = await until('problems of the contract', () => {
      const found = vscode.languages.getDiagnostics(at(file));
      return found.length > 0 && found;
    });
    const unknown = problems.find(({ message }) => message.includes('chnge'));
    assert.equal(unknown?.range.start.line, 2);
    assert.equal(unknown.severity, vscode.DiagnosticSeverity.Error);
  });

  it('offers to start a session on it', async () => {
    const lenses = await until('the code lens', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', at(file));
      return found.length > 0 && found;
    });
    assert.equal(lenses[0]?.command?.command, 'bounded.startOnContract');
  });
});
