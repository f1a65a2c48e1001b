import * as vscode from 'vscode';

const never = new Set(['node_modules', 'dist', 'out', 'build', 'target', 'coverage', 'vendor', '__pycache__', 'venv']);
const most = 200;

/** Folders of a workspace folder down to the second level, `/`-separated and sorted, without hidden ones and what is built or installed. */
export async function changeableFolders(folder: vscode.Uri): Promise<readonly string[]> {
  const top = await foldersIn(folder);
  const below = await Promise.all(top.map(async (name) => (await foldersIn(vscode.Uri.joinPath(folder, name))).map((inner) => `${name}/${inner}`)));
  return [...top, ...below.flat()].toSorted().slice(0, most);
}

async function foldersIn(folder: vscode.Uri): Promise<readonly string[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  return entries.filter(([name, type]) => type === vscode.FileType.Directory && !name.startsWith('.') && !never.has(name)).map(([name]) => name);
}

/** The longest chosen folders alone would say it twice: what lies in another chosen folder is left out. */
export function withoutInner(folders: readonly string[]): readonly string[] {
  return folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
}

/** A place for new tests that decide, where the runner of the existing ones finds them. */
export async function testFolders(folder: vscode.Uri): Promise<readonly string[]> {
  const names = await foldersIn(folder);
  return ['test', 'tests', 'spec'].filter((name) => names.includes(name)).slice(0, 1).map((name) => `${name}/acceptance`);
}
