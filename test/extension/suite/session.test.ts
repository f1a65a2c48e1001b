import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Session } from '../../../src/core/session/session.ts';
import { acquireLease } from '../../../src/node/journal/lease.ts';
import { makeState, repositoryState } from '../../../src/node/journal/stateDir.ts';
import { at, closeWindow, until, withFolders } from '../support/editor.ts';
import { startModel } from '../support/model.ts';
import type { Model } from '../support/model.ts';
import { Person } from '../support/person.ts';
import { contractFile, makeProject } from '../support/project.ts';
import type { Project } from '../support/project.ts';
import { watchSourceControl, watchTests } from '../support/watching.ts';
import type { Measured } from '../support/watching.ts';
import { approve, gateOf, sessionNow, sessionWhere } from '../support/trace.ts';

const run = (command: string, ...given: readonly unknown[]): Thenable<unknown> => vscode.commands.executeCommand(`bounded.${command}`, ...given);
const stray = 'src/other/neighbour.js';

describe('A session in the editor', () => {
  let model: Model;
  let project: Project;
  let person: Person;
  let tests: readonly Measured[];
  let rows: readonly vscode.SourceControlResourceGroup[];
  /** A file that the session changes and the person, too, and its text with the person's change. */
  const shared = 'src/stats/mean.js';
  let mine: string;
  /** The result of a conflict that is written. */
  let resolved: vscode.Uri;

  before(async () => {
    // An editor in the browser saves by itself; here what is unsaved must stay so.
    await vscode.workspace.getConfiguration('files').update('autoSave', 'off', vscode.ConfigurationTarget.Global);
    model = await startModel();
    project = makeProject(model.server.url);
    person = new Person();
    rows = watchSourceControl();
    tests = watchTests();
  });

  after(async () => {
    await closeWindow();
    person.leave();
    await model.server.close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('does not begin while another door works in the work tree, and says who does', async () => {
    const place = await repositoryState(project.root);
    await makeState(place);
    const lease = await acquireLease(place.lease, { door: 'another window' });
    assert.ok('release' in lease);
    await run('startOnContract', at(contractFile));
    assert.match(person.heard('works in this work tree already')[0]?.text ?? '', /another window/);
    await lease.release();
    assert.equal(await sessionNow(), undefined);
    person.said.length = 0;
  });

  it('says before the first request what may change, what decides and what it may cost', async () => {
    await run('startOnContract', at(contractFile));
    const [asked] = person.heard('Start a session on');
    assert.match(asked?.detail ?? '', /May change: src\/stats\/\*\*.*\n.*variance-matches/);
    assert.match(asked?.detail ?? '', /never more than \$5\.00/);
    assert.ok(asked?.detail.includes(model.server.url));
  });

  it('is refused to a second window, which is told who works here', async () => {
    // Another door asks the operating system for the same lease.
    const taken = await acquireLease((await repositoryState(project.root)).lease, { door: 'another window' });
    assert.ok('heldBy' in taken);
    assert.match(taken.heldBy, /the editor/);
  });

  it('waits at the plan with one notification, and approves no gate but the open one', async () => {
    const gate = await gateOf('explore');
    await until('the notification', () => person.heard('Does the plan understand').length > 0);
    assert.equal(person.heard('Does the plan understand').length, 1);
    await run('approve', 'another-gate');
    assert.equal((await sessionNow())?.gate?.id, gate);
    assert.equal(person.heard('not open any more').length, 1);
    await run('approve');
    assert.equal(person.said.findLast(({ modal }) => modal)?.buttons.at(-1), 'Approve and lock');
    await gateOf('oracle-only');
  });

  it('refuses a file with unsaved changes to the model, and leaves them alone', async () => {
    const editor = await vscode.window.showTextDocument(at('src/stats/mean.js'));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// not saved\n'));
    model.hold('unsaved changes');
    await approve(person, await gateOf('oracle-only'));
    const session = await sessionWhere('the refused edit', ({ calls }) => calls.some(({ outcome }) => outcome === 'refused'));
    assert.deepEqual(session.calls.filter(({ outcome }) => outcome === 'refused').map(({ tool, reason }) => [tool, reason]), [['edit', 'user']]);
    assert.match(editor.document.getText(), /^\/\/ not saved\n/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('flags a change outside of the scope in the text, in Problems and in Source Control', async () => {
    await vscode.window.showTextDocument(at(stray));
    model.release();
    model.hold('Changed outside');
    const [problem] = await until('the problem', () => problemsAt(stray));
    assert.equal(problem?.source, 'bounded');
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(problem.range.start.line, 0);
    assert.match(problem.message, /^Out of scope: changed by .*stray/);
    assert.deepEqual(titles(await lensesAt(stray)), ['$(warning) Out of scope', 'Rewind hunk', 'Rewind file', 'Allow by amendment']);
    await until('the row in Source Control', () => rowsOf('outOfScope').length === 1);
    assert.deepEqual(rowsOf('outOfScope').map((row) => row.resourceUri.path), [at(stray).path]);
    const fixes = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', at(stray), problem.range);
    assert.deepEqual(fixes.filter(({ isPreferred, command }) => isPreferred === true && command?.command.startsWith('bounded.')).map(({ title }) => title), ['Rewind hunk']);
  });

  it('shows the file against the base, and the oracle in the Testing view', async () => {
    await run('openFileDiff', { path: stray });
    const original = await until('the original', () => vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'bounded' && uri.path === at(stray).path));
    assert.match(original.getText(), /limit = 3/);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    const measured = tests.filter(({ run: name }) => name === 'Oracle before the work').map(({ result, id }) => `${result} ${id}`);
    assert.deepEqual(measured, ['failed ["variance-matches",["n",2]]', 'failed ["variance-matches",["n",5]]', 'passed mean-unchanged']);
  });

  it('refuses to decide on a contract that is changed in the editor and not saved', async () => {
    const editor = await vscode.window.showTextDocument(at(contractFile));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# more\n'));
    await run('allowFlag', { flag: (await sessionNow())?.line.flags.find(({ outcome }) => outcome === undefined)?.id });
    assert.equal(person.heard(`${contractFile} has unsaved changes`).length, 1);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('shows a flag where its lines are after an edit', async () => {
    const editor = await vscode.window.showTextDocument(at(stray));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// a line of the user\n'));
    await until('the problem to move', () => problemsAt(stray)?.[0]?.range.start.line === 1);
    await vscode.commands.executeCommand('undo');
    await until('the problem to move back', () => problemsAt(stray)?.[0]?.range.start.line === 0);
    assert.equal(editor.document.isDirty, false);
  });

  it('refuses to rewind a file with unsaved changes, and changes nothing', async () => {
    const editor = await vscode.window.showTextDocument(at(stray));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// not saved\n'));
    await run('rewindHunk', await hunkGiven());
    assert.equal(person.heard(`${stray} has unsaved changes`).length, 1);
    assert.match(project.read(stray), /limit = 4/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('rewinds no flagged hunk of another file than the person looks at, unless they pick it', async () => {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: 'nothing of the session' }));
    const offered: (readonly string[])[] = [];
    person.pick = (labels) => void offered.push(labels);
    await run('rewindHunk');
    assert.deepEqual(offered, [[stray]]);
    assert.match(project.read(stray), /limit = 4/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('rewinds the hunk from its lens: the file, its editor and every mark are as before', async () => {
    const editor = await vscode.window.showTextDocument(at(stray));
    await run('rewindHunk', await hunkGiven());
    assert.match(project.read(stray), /limit = 3/);
    await until('the editor to show it', () => editor.document.getText().includes('limit = 3'));
    await until('the problem to go', () => problemsAt(stray) === undefined);
    assert.deepEqual(await lensesAt(stray), []);
    await until('the row to go', () => rowsOf('outOfScope').length === 0);
  });

  it('takes a note, pauses, and goes on after the window was closed', async () => {
    person.typed.push('Use the population variance.');
    await run('note');
    await run('pause');
    assert.equal((await sessionWhere('the pause', ({ paused }) => paused !== undefined)).paused, 'paused by a person');
    await closeWindow();
    model.release();
    await run('continue');
    await gateOf('minimal-hook');
    assert.ok(model.server.requests.some(({ raw }) => raw.includes('Use the population variance.')));
    assert.deepEqual(model.server.refusals, []);
  });

  it('rewinds to a boundary after showing what comes back, and undoes that', async () => {
    model.hold();
    person.pick = (labels) => labels.filter((label) => label.includes('oracle-only'));
    await run('rewindToBoundary');
    const asked = person.said.findLast(({ modal }) => modal);
    assert.match(asked?.text ?? '', /^Rewind \d files? to the boundary oracle-only\?$/);
    assert.match(asked?.detail ?? '', /src\/stats\/variance\.js/);
    assert.deepEqual(asked?.buttons, ['Open the Diff First', 'Rewind']);
    await until('the file to go', () => !existsSync(path.join(project.root, 'src/stats/variance.js')));
    await run('pause');
    await run('undoRewind');
    assert.match(project.read('src/stats/variance.js'), /export function variance/);
    model.release();
    await run('continue');
    await gateOf('minimal-hook');
  });

  it('rewinds the hunk at the cursor, flagged or not', async () => {
    const editor = await vscode.window.showTextDocument(at('src/stats/variance.js'));
    await run('rewindHunk');
    assert.equal(person.said.findLast(({ modal }) => modal)?.text, 'Rewind this hunk of src/stats/variance.js?');
    await until('the lines to go', () => editor.document.getText() === '' || !existsSync(editor.document.uri.fsPath));
    await run('undoRewind');
    assert.match(project.read('src/stats/variance.js'), /export function variance/);
    await gateOf('minimal-hook');
  });

  it('marks the hunk at the cursor as reviewed, and takes the mark off', async () => {
    await vscode.window.showTextDocument(at('src/stats/variance.js'));
    await until('the mark', async () => {
      await run('markHunk');
      return (await sessionNow())?.reviewed.some((one) => one.path === 'src/stats/variance.js') === true;
    });
    await run('unmarkHunk');
    assert.deepEqual((await sessionNow())?.reviewed, []);
  });

  it('undoes a rewind of several hunks and that undoing', async () => {
    person.pick = (labels) => labels.filter((label) => label.startsWith('src/stats/variance.js'));
    await run('rewindHunks');
    assert.equal(person.said.findLast(({ modal }) => modal)?.text, 'Rewind this hunk of src/stats/variance.js?');
    await until('the file to go', () => !existsSync(path.join(project.root, 'src/stats/variance.js')));
    await run('undoRewind');
    assert.match(project.read('src/stats/variance.js'), /export function variance/);
    await run('redoRewind');
    assert.equal(existsSync(path.join(project.root, 'src/stats/variance.js')), false);
    await run('undoRewind');
    await gateOf('minimal-hook');
  });

  it('says so where no hunk is at the cursor: in a file that is gone from the disk', async () => {
    await vscode.window.showTextDocument(at('src/stats/variance.js'));
    const text = project.read('src/stats/variance.js');
    rmSync(path.join(project.root, 'src/stats/variance.js'));
    await run('rewindHunk');
    assert.equal(person.heard('no hunk of the session is at the cursor').length, 1);
    project.write('src/stats/variance.js', text);
  });

  it('pauses where a person and the session changed the same lines, opens the merge editor, and writes what they accept', async () => {
    mine = project.read(shared).replace('Number(value)', 'Number(value) /* mine */');
    project.write(shared, mine);
    person.pick = (labels) => labels.filter((label) => label.includes('oracle-only'));
    await run('rewindToBoundary');
    assert.deepEqual(person.heard('you changed the same lines since').at(-1)?.buttons, ['Resolve…']);
    assert.match((await sessionWhere('the pause', ({ paused }) => paused !== undefined)).paused ?? '', /both changed the same lines of src\/stats\/mean\.js; decide/);
    await run('resolveConflict');
    await until('the merge editor', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes('Merging') === true);
    const rewound = mine.replace('Number(value) /* mine */', 'value');
    const result = await until('the rewound side to be taken', async () => {
      await vscode.commands.executeCommand('merge.acceptAllInput2');
      return resultOf()?.getText() === rewound && resultOf();
    });
    assert.equal(project.read(shared), mine, 'nothing is written before the person accepts');
    const editor = await vscode.window.showTextDocument(at(shared));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// not saved\n'));
    await run('acceptResolution', result.uri);
    assert.equal(person.heard(`${shared} has unsaved changes`).length, 1);
    assert.equal(project.read(shared), mine);
    await vscode.window.showTextDocument(at(shared));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await run('acceptResolution', result.uri);
    assert.equal(project.read(shared), rewound, 'what was decided is still there, whatever is in front');
    resolved = result.uri;
  });

  it('shows a diff where there is no merge editor, and writes what the person accepts there', async () => {
    await run('undoRewind');
    assert.equal(project.read(shared), mine);
    const commands = vscode.commands as { getCommands: typeof vscode.commands.getCommands };
    const { getCommands } = commands;
    commands.getCommands = async (...given) => (await getCommands(...given)).filter((name) => name !== '_open.mergeEditor');
    try {
      const shownDiff = async (): Promise<vscode.Uri> => {
        await run('resolveConflict');
        const shown = await until('the diff', () => vscode.window.tabGroups.activeTabGroup.activeTab?.input);
        assert.ok(shown instanceof vscode.TabInputTextDiff && shown.modified.scheme === 'bounded-merge');
        return shown.modified;
      };
      const asked = (): number => person.heard('Write what you resolved into').length;
      const close = async (): Promise<void> => {
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        await until('the result to be closed', () => vscode.workspace.textDocuments.every(({ uri }) => uri.scheme !== 'bounded-merge'));
      };
      await shownDiff();
      await close();
      assert.equal(asked(), 0, 'nothing was resolved');
      const result = await vscode.workspace.openTextDocument(await shownDiff());
      const edit = new vscode.WorkspaceEdit();
      edit.replace(result.uri, new vscode.Range(0, 0, result.lineCount, 0), '// as the person decided\n');
      await vscode.workspace.applyEdit(edit);
      await result.save();
      await run('acceptResolution', resolved);
      assert.equal(project.read(shared), mine, 'another conflict is not this one');
      person.decide = () => undefined;
      await close();
      await until('the question', () => asked() === 1);
      person.decide = ({ buttons }) => buttons.at(-1);
      assert.equal(project.read(shared), mine, 'nothing is written before the person accepts');
      const again = await vscode.workspace.openTextDocument(await shownDiff());
      assert.equal(again.getText(), '// as the person decided\n', 'what was resolved is not lost by a question that was left');
      await run('acceptResolution', again.uri);
      assert.equal(project.read(shared), '// as the person decided\n');
    } finally {
      commands.getCommands = getCommands;
    }
  });

  it('goes on where it was when the resolution and the rewind are undone', async () => {
    await run('undoRewind');
    await run('undoRewind');
    assert.equal(project.read(shared), mine);
    project.write(shared, mine.replace(' /* mine */', ''));
    await run('continue');
    await gateOf('minimal-hook');
  });

  it('shows what was changed in one diff, the original from the checkpoints', async () => {
    await run('openDiff');
    await until('the diff', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes('against its base') === true);
    await until('the row of the change', () => rowsOf('inScope').some((row) => row.resourceUri.path === at('src/stats/variance.js').path));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('ends with a verdict, and keeps the work as a branch without touching HEAD or index', async () => {
    const ended = await approveTheRest(person);
    assert.equal(ended.verdict?.verdict, 'pass');
    await until('word of the end', () => person.heard('The session ended: pass').length === 1);
    const before = state(project);
    await run('keepBranch');
    assert.match((await sessionWhere('the branch', ({ kept }) => kept !== undefined)).kept?.detail ?? '', /branch bounded\/variance\/1 was made/);
    assert.deepEqual(state(project), before);
    assert.match(project.git('show', 'bounded/variance/1:src/stats/variance.js'), /export function variance/);
    assert.ok(existsSync(path.join(project.root, '.bounded/variance/EVIDENCE.md')));
    await run('openVerdictDiff');
    await until('the measured diff', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes(`base against the measured tree ${ended.verdict?.tree.slice(0, 7)}`) === true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await run('dropBranch');
    assert.match((await sessionWhere('the branch to go', ({ kept }) => kept?.how === 'dropped')).kept?.detail ?? '', /git branch bounded\/variance\/1 [0-9a-f]{40} brings it back/);
    assert.deepEqual([state(project), project.git('branch', '--list', 'bounded/*')], [before, '']);
    assert.equal(person.heard('brings it back').length, 1, 'the way back is told in words that stay');
  });

  it('has the work and its verdict back when everything was undone and that is undone', async () => {
    await run('undoEverything');
    await until('the file to go', () => !existsSync(path.join(project.root, 'src/stats/variance.js')));
    await run('undoRewind');
    assert.match(project.read('src/stats/variance.js'), /export function variance/);
    const back = await sessionNow();
    assert.deepEqual([back?.verdict?.verdict, back?.kept], ['pass', undefined]);
  });

  it('is opened again after its end without a key, to be kept and taken back, also beside a folder that no session can be in', async () => {
    await closeWindow();
    const key = process.env['ANTHROPIC_API_KEY'];
    delete process.env['ANTHROPIC_API_KEY'];
    try {
      const bare = mkdtempSync(path.join(os.tmpdir(), 'bounded-suite-bare-'));
      project.git('init', '-q', '--bare', bare);
      await withFolders([bare], async () => {
        await run('continue');
        await run('continue');
      });
      await run('exportPatch');
      assert.equal((await sessionNow())?.kept?.how, 'patch');
    } finally {
      process.env['ANTHROPIC_API_KEY'] = key;
    }
  });

  it('stops within two seconds, in the middle of an answer', async () => {
    model.hold();
    await run('startOnContract', at(contractFile));
    await until('the model to be asked', () => model.waiting > 0);
    const pressed = Date.now();
    await run('stop');
    const took = Date.now() - pressed;
    assert.ok(took < 2000, `it took ${took} ms`);
    assert.equal((await sessionNow())?.end?.end, 'stopped');
    model.release();
  });

  it('shows what prune removes, and removes it when the person says so, the session of this window included', async () => {
    const kept = (await repositoryState(project.root)).dir;
    const before = state(project);
    person.decide = () => undefined;
    await run('prune');
    const [asked] = person.heard('of private state?');
    assert.match(asked?.text ?? '', /^Close the session of this window and remove \d+(\.\d+)? [KM]iB of private state\?$/);
    assert.match(asked?.detail ?? '', /variance.*All of it is removed: every session, trace and checkpoint/s);
    assert.ok(existsSync(kept), 'nothing went before that was said');
    person.decide = ({ buttons }) => buttons.at(-1);
    await run('prune');
    assert.equal(person.heard('of private state were removed').length, 1);
    await run('continue');
    assert.equal(person.heard('there is no session to continue').length, 1);
    await run('prune');
    assert.equal(person.heard('nothing is kept of this repository').length, 1);
    assert.deepEqual([existsSync(kept), await sessionNow(), state(project)], [false, undefined, before], 'and looking for it makes none');
  });

  /** What a conflict comes to, in the editor that was opened last. */
  function resultOf(): vscode.TextDocument | undefined {
    return vscode.workspace.textDocuments.findLast(({ uri }) => uri.scheme === 'bounded-merge' && uri.query.startsWith('result-'));
  }

  function rowsOf(id: string): readonly vscode.SourceControlResourceState[] {
    return rows.filter((group) => group.id === id).at(-1)?.resourceStates ?? [];
  }

  async function hunkGiven(): Promise<unknown> {
    return (await lensesAt(stray)).find(({ command }) => command?.title === 'Rewind hunk')?.command?.arguments?.[0];
  }
});

/** Approves every gate that opens. One whose work was changed meanwhile opens again, with the work measured anew. */
async function approveTheRest(person: Person): Promise<Session> {
  let last: string | undefined;
  for (;;) {
    const session = await sessionWhere('a gate or the end', ({ gate, end }) => end !== undefined || (gate !== undefined && gate.id !== last));
    if (session.end !== undefined || session.gate === undefined) return session;
    last = session.gate.id;
    await approve(person, last);
  }
}

function problemsAt(file: string): readonly vscode.Diagnostic[] | undefined {
  const found = vscode.languages.getDiagnostics(at(file)).filter(({ source }) => source === 'bounded');
  return found.length > 0 ? found : undefined;
}

async function lensesAt(file: string): Promise<readonly vscode.CodeLens[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', at(file));
  return found.filter(({ command }) => command?.command === '' || command?.command.startsWith('bounded.'));
}

function titles(lenses: readonly vscode.CodeLens[]): readonly string[] {
  return lenses.map(({ command }) => command?.title ?? '');
}

/** What keeping the work must not touch. */
function state(project: Project): readonly string[] {
  return [project.git('rev-parse', 'HEAD'), project.git('symbolic-ref', 'HEAD'), project.git('--no-optional-locks', 'status', '--porcelain'), project.git('ls-files', '--stage', '--debug')];
}
