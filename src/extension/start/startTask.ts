import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { Engine } from '../sessionHost.ts';
import { changeableFolders, testFolders, withoutInner } from './changeableFolders.ts';
import { decidingCommands } from './decidingCommands.ts';
import type { DecidingCommand } from './decidingCommands.ts';
import { freeContractFile } from './contractFile.ts';
import { startOnContract } from './startOnContract.ts';

const title = (step: number): string => `Start Bounded Task (${step} of 4)`;

/** Four questions, a complete draft of a contract beside the side view, and what a session on it would cost. */
export async function startTask(app: App): Promise<void> {
  if (!vscode.workspace.isTrusted) return void (await vscode.commands.executeCommand('workbench.trust.manage'));
  const folder = await chosenFolder();
  if (folder === undefined) return;
  const draft = await askForDraft(await app.host.engine(), folder.uri);
  if (draft === undefined) return;
  const contract = await freeContractFile(folder.uri, draft.task);
  await vscode.workspace.fs.writeFile(contract, new TextEncoder().encode(draft.text));
  await vscode.window.showTextDocument(contract, { viewColumn: vscode.ViewColumn.One, preview: false });
  await vscode.commands.executeCommand('bounded.session.focus');
  await startOnContract(app, contract);
}

async function chosenFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((one) => one.uri.scheme === 'file');
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick({ placeHolder: 'Which folder is the task about?' });
  if (folders[0] === undefined) void vscode.window.showInformationMessage('Bounded: open a folder first.');
  return folders[0];
}

async function askForDraft({ draftContract, templates, templateTexts }: Engine, folder: vscode.Uri): Promise<{ readonly task: string; readonly text: string } | undefined> {
  const task = await askForGoal();
  if (task === undefined) return undefined;
  const template = (await vscode.window.showQuickPick(templates.map((one) => ({ label: one, detail: templateTexts[one] })), { title: title(2), placeHolder: 'What kind of task is it?', ignoreFocusOut: true }))?.label;
  if (template === undefined) return undefined;
  const folders = await askForFolders(folder);
  if (folders === undefined) return undefined;
  const suggested = await decidingCommands(folder);
  const command = await askForCommand(suggested);
  if (command === undefined) return undefined;
  const guard = suggested.find((one) => one.line !== command.line && /test/.test(one.line));
  const oracle = command.countsTests && template !== 'fix' ? await testFolders(folder) : [];
  return { task, text: draftContract({ task, template, folders, oracle, command: command.line, countsTests: command.countsTests, ...(guard === undefined ? {} : { unchanged: guard.line }) }) };
}

async function askForGoal(): Promise<string | undefined> {
  const goal = await vscode.window.showInputBox({ title: title(1), prompt: 'What is to be done, and what must stay as it is? You can go into detail in the contract.', placeHolder: 'Extract activation vectors of chosen layers; generation outputs stay unchanged.', ignoreFocusOut: true, validateInput: (text) => (text.trim() === '' ? 'A task needs a goal.' : undefined) });
  return goal?.trim();
}

/** At least one folder, and only folders that a person picked. */
async function askForFolders(folder: vscode.Uri): Promise<readonly string[] | undefined> {
  const known = await changeableFolders(folder);
  if (known.length === 0) return askForPaths();
  for (;;) {
    const picked = await vscode.window.showQuickPick(known.map((label) => ({ label })), { title: title(3), placeHolder: 'Which folders may change? Nothing else may.', canPickMany: true, ignoreFocusOut: true });
    if (picked === undefined) return undefined;
    if (picked.length > 0) return withoutInner(picked.map(({ label }) => label));
    void vscode.window.showInformationMessage('Bounded: pick at least one folder that may change.');
  }
}

/** A workspace without folders: they are named before they exist. */
async function askForPaths(): Promise<readonly string[] | undefined> {
  const named = await vscode.window.showInputBox({ title: title(3), prompt: 'Which folders may change or come into being? Separate them by commas.', placeHolder: 'src, test', ignoreFocusOut: true, validateInput: (text) => (pathsIn(text).length === 0 ? 'Name at least one folder.' : undefined) });
  return named === undefined ? undefined : pathsIn(named);
}

function pathsIn(text: string): readonly string[] {
  return text.split(',').map((path) => path.trim().replace(/^\.?\/+|\/+$/g, '')).filter((path) => path !== '' && path !== '.' && !path.includes('*'));
}

async function askForCommand(suggested: readonly DecidingCommand[]): Promise<Pick<DecidingCommand, 'line' | 'countsTests'> | undefined> {
  const other = { label: '$(edit) Another command line…', command: undefined };
  const items = [...suggested.map((command) => ({ label: command.line, description: command.from, command })), other];
  const picked = suggested.length === 0 ? other : await vscode.window.showQuickPick<{ label: string; description?: string; command: DecidingCommand | undefined }>(items, { title: title(4), placeHolder: 'Which command decides whether the task is done?', ignoreFocusOut: true });
  if (picked === undefined || picked.command !== undefined) return picked?.command;
  const line = await vscode.window.showInputBox({ title: title(4), prompt: 'The command line that decides whether the task is done', placeHolder: 'npm test', ignoreFocusOut: true, validateInput: (text) => (text.trim() === '' ? 'Without a measurement there is no verdict.' : undefined) });
  return line === undefined ? undefined : { line: line.trim(), countsTests: false };
}
