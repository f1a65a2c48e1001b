import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { makeState, repositoryState } from '../../../src/node/journal/stateDir.ts';
import { overBoth } from '../../scenarios/support/twoRoots.ts';
import { call } from '../../support/messagesServer/replies.ts';
import { at, closeWindow, folder, until, withFolders } from '../support/editor.ts';
import { startModel } from '../support/model.ts';
import type { Model } from '../support/model.ts';
import { Person } from '../support/person.ts';
import { makeProject } from '../support/project.ts';
import { watchSourceControl } from '../support/watching.ts';
import { approve, gateOf } from '../support/trace.ts';

const contract = `task: Scale what the api says.
roots: [../api]
scope: { change: [src/stats/**] }
on-stray: flag
oracle: { checks: [{ id: scaled, run: 'true', tests: { at-least: 1 } }] }
phases: [explore, baseline, minimal-hook, review]
commands: { allow: [node tools/strayApi.mjs] }
budget: { cost: 5 USD, turns: 20, time: 20m }
`;
const stray = '../api/src/limits.js';
const run = (command: string, ...given: readonly unknown[]): Thenable<unknown> => vscode.commands.executeCommand(`bounded.${command}`, ...given);

describe('A session over a second folder, in the editor', () => {
  let model: Model;
  let person: Person;
  let rows: readonly vscode.SourceControlResourceGroup[];
  const root = path.join(path.dirname(folder().fsPath), 'api');
  const file = vscode.Uri.file(path.join(root, 'src/limits.js'));
  const text = (): string => readFileSync(file.fsPath, 'utf8');

  before(async () => {
    model = await startModel({ 'explore': [overBoth.explore[0]?.slice(-1) ?? []], 'minimal-hook': [[call('bash', { command: 'node tools/strayApi.mjs' }), call('complete_phase', { summary: 'nothing' })]] });
    const project = makeProject(model.server.url);
    project.write('.bounded/both.bounded.yaml', contract);
    project.write('tools/strayApi.mjs', `import { readFileSync, writeFileSync } from 'node:fs';\nwriteFileSync('${stray}', readFileSync('${stray}', 'utf8').replace('limit = 3', 'limit = 4'));\n`);
    mkdirSync(path.join(root, 'src'), { recursive: true });
    writeFileSync(file.fsPath, 'export const limit = 3;\n');
    execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: root });
    person = new Person();
    rows = watchSourceControl();
  });

  after(async () => {
    await closeWindow();
    person.leave();
    await model.server.close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('flags a change there in the text, in Problems and in Source Control, shows it against the base, and rewinds it', async () => {
    await run('startOnContract', at('.bounded/both.bounded.yaml'));
    model.hold('Changed outside');
    // An editor that has the file open hears of a change on the disk late, or never.
    const own = Object.getOwnPropertyDescriptor(vscode.workspace, 'textDocuments') ?? {};
    const documents = vscode.workspace.textDocuments;
    Object.defineProperty(vscode.workspace, 'textDocuments', { configurable: true, get: () => [...documents, { uri: file, isDirty: false, getText: () => 'export const limit = 3;\n' }] });
    await approve(person, await gateOf('explore'));
    const [problem] = await until('the problem', () => vscode.languages.getDiagnostics(file).find(({ source }) => source === 'bounded') === undefined ? undefined : vscode.languages.getDiagnostics(file)).finally(() => Object.defineProperty(vscode.workspace, 'textDocuments', own));
    assert.match(problem?.message ?? '', /^Out of scope: changed by .*strayApi/);
    const editor = await vscode.window.showTextDocument(file);
    const lenses = await until('the lens', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', file, 10);
      return found.some(({ command }) => command?.title === 'Rewind hunk') ? found : undefined;
    });
    const row = await until('the row in Source Control', () => rows.flatMap((group) => (group.id === 'outOfScope' ? group.resourceStates : []))[0]);
    assert.equal(row.resourceUri.path, file.path);

    await run('openFileDiff', { path: stray });
    const original = await until('the original', () => vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'bounded' && uri.path === file.path));
    assert.match(original.getText(), /limit = 3/);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');

    const given = lenses.find(({ command }) => command?.title === 'Rewind hunk')?.command;
    assert.match(text(), /limit = 4/);
    await vscode.commands.executeCommand(given?.command ?? '', ...(given?.arguments ?? []));
    assert.match(text(), /limit = 3/);
    await until('the editor to show it', () => editor.document.getText().includes('limit = 3'));
    await until('the problem to go', () => vscode.languages.getDiagnostics(file).every(({ source }) => source !== 'bounded'));
    model.release();
  });

  it('prunes the repository of the folder that the person picks, and closes no session of another one', async () => {
    const elsewhere = path.join(path.dirname(root), 'elsewhere');
    mkdirSync(elsewhere, { recursive: true });
    execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: elsewhere });
    const state = await repositoryState(elsewhere);
    await makeState(state);
    writeFileSync(path.join(state.dir, 'kept'), 'something');
    await withFolders([elsewhere], async () => {
      person.pick = () => ['elsewhere'];
      await run('prune');
      const [asked] = person.heard('of private state?');
      assert.match(asked?.text ?? '', /^Remove /);
      assert.equal(existsSync(state.dir), false);
      person.pick = (labels) => labels.filter((label) => label !== 'elsewhere');
      person.decide = () => undefined;
      await run('prune');
      assert.match(person.heard('of private state?').at(-1)?.text ?? '', /^Close the session of this window and remove /);
    });
  });
});
