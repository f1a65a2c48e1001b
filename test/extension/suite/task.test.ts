import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { readContract } from '../../../src/core/contract/reader.ts';
import { copyExample, exampleEndpoint } from '../../../src/extension/demo.ts';
import { Place } from '../../../src/extension/place.ts';
import { at, extension, until } from '../support/editor.ts';
import { startModel } from '../support/model.ts';
import type { Model } from '../support/model.ts';
import { Person } from '../support/person.ts';
import { makeProject } from '../support/project.ts';
import { sessionNow } from '../support/trace.ts';

const placed = (folder: string, real: string, ...others: ConstructorParameters<typeof Place>[1]) => new Place({ name: '', folder: vscode.Uri.file(folder), real }, others);

describe('Start Bounded Task', () => {
  let model: Model;
  let person: Person;

  before(async () => {
    model = await startModel();
    makeProject(model.server.url);
  });

  beforeEach(() => {
    person = new Person();
  });

  afterEach(async () => {
    person.leave();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(() => model.server.close());

  it('makes a complete contract of four answers, and starts nothing before the cost is agreed to', async () => {
    person.typed.push('Add a median; mean stays.', 'node oracle/check.mjs');
    person.pick = (labels, title) => {
      if (title.includes('2 of 4')) return labels.filter((label) => label === 'feature');
      return title.includes('3 of 4') ? labels.filter((label) => label === 'src' || label === 'src/stats') : labels.slice(-1);
    };
    person.decide = () => undefined;
    await vscode.commands.executeCommand('bounded.start');
    const shown = vscode.window.activeTextEditor?.document ?? (await until('the draft', () => vscode.workspace.textDocuments.find(({ uri }) => uri.path.endsWith('add-a-median-mean.bounded.yaml'))));
    assert.equal(path.basename(shown.uri.path), 'add-a-median-mean.bounded.yaml');
    const { contract, problems } = readContract(shown.getText());
    assert.deepEqual(problems.filter(({ severity }) => severity === 'error'), []);
    assert.deepEqual(contract?.scope.change.map(({ glob }) => glob), ['src/**']);
    assert.equal(contract?.oracle.checks[0]?.run, 'node oracle/check.mjs');
    assert.match(person.heard('Start a session on')[0]?.detail ?? '', /Cost: usually/);
    assert.deepEqual([model.server.requests.length, await sessionNow()], [0, undefined]);
    await vscode.workspace.fs.delete(shown.uri);
  });

  it('leaves nothing behind when a question is left', async () => {
    person.typed.push('Something that is not finished.');
    person.pick = () => undefined;
    await vscode.commands.executeCommand('bounded.start');
    assert.deepEqual(await vscode.workspace.findFiles('.bounded/something*'), []);
  });

  it('offers every folder that may change, and none that is built, installed or hidden', async () => {
    for (const folder of ['node_modules/x', 'dist/y', '.hidden/z']) await vscode.workspace.fs.createDirectory(at(folder));
    let offered: readonly string[] = [];
    person.typed.push('Look at the folders.');
    person.pick = (labels, title) => {
      if (!title.includes('3 of 4')) return labels.slice(0, 1);
      offered = labels;
      return undefined;
    };
    await vscode.commands.executeCommand('bounded.start');
    assert.ok(offered.includes('src/stats') && offered.includes('test'), offered.join());
    assert.deepEqual(offered.filter((folder) => folder.includes('*') || /node_modules|dist|hidden/.test(folder)), []);
  });
});

describe('The example', () => {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'bounded-example-suite-'));
  const subscriptions: vscode.Disposable[] = [];
  const context = (folder: string) => ({ extensionPath: extension().extensionPath, subscriptions, globalState: { get: () => folder } }) as unknown as vscode.ExtensionContext;

  after(() => {
    for (const one of subscriptions) one.dispose();
    rmSync(parent, { recursive: true, force: true });
  });

  it('is copied into a folder of its own, a clean repository, however often', async () => {
    const [first, second] = [await copyExample(extension().extensionPath, parent), await copyExample(extension().extensionPath, parent)];
    assert.deepEqual([first, second].map((folder) => path.basename(folder)), ['bounded-example', 'bounded-example-2']);
    assert.equal(execFileSync('git', ['status', '--porcelain'], { cwd: second, encoding: 'utf8' }), '');
  });

  it('has a script in the place of the model, in its own folder alone', async () => {
    const person = new Person();
    const place = placed(parent, parent);
    assert.equal(await exampleEndpoint(context('/elsewhere'), place), undefined);
    const endpoint = await exampleEndpoint(context(parent), place);
    person.leave();
    const answer = await fetch(`${endpoint?.baseUrl}/v1/models`, { headers: { 'x-api-key': 'not-a-key' } });
    assert.ok(answer.headers.get('x-served-by'));
    assert.equal(person.heard('a script on this machine plays the model').length, 1);
  });
});

describe('A workspace that is opened through a link', () => {
  it('has the same files under both names', () => {
    const place = placed('/link/work', '/real/work');
    assert.deepEqual(['/link/work/a/b.js', '/real/work/a/b.js', '/real/workshop/a', '/other'].map((file) => place.pathOf(vscode.Uri.file(file))), ['a/b.js', 'a/b.js', undefined, undefined]);
    assert.equal(place.pathOf(vscode.Uri.file('/link/work/a').with({ scheme: 'bounded' })), undefined);
  });

  it('and so has another folder of the session, also one that is opened elsewhere or not at all', () => {
    const place = placed('/link/work', '/real/work', { name: '../api', folder: vscode.Uri.file('/elsewhere/api'), real: '/real/api' });
    assert.deepEqual(['/elsewhere/api/a.js', '/real/api/a.js', '/real/work/a.js', '/real/apis/a.js', '/link/api/a.js'].map((file) => place.pathOf(vscode.Uri.file(file))), ['../api/a.js', '../api/a.js', 'a.js', undefined, undefined]);
    assert.deepEqual(['../api/a.js', 'a.js', '../api'].map((path) => place.uri(path).path), ['/elsewhere/api/a.js', '/link/work/a.js', '/elsewhere/api']);
  });
});
