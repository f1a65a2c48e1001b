import * as vscode from 'vscode';

/** A file for a new contract under `.bounded/`, named after the task; never one that exists. */
export async function freeContractFile(folder: vscode.Uri, task: string): Promise<vscode.Uri> {
  const name = nameFor(task);
  for (let number = 1; ; number++) {
    const file = vscode.Uri.joinPath(folder, '.bounded', `${name}${number === 1 ? '' : `-${number}`}.bounded.yaml`);
    const taken = await vscode.workspace.fs.stat(file).then(() => true, () => false);
    if (!taken) return file;
  }
}

/** The first words of a task as they can stand in file and branch names. */
export function nameFor(task: string): string {
  const words = task.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim().split(' ').filter((word) => word !== '');
  return words.slice(0, 4).join('-').slice(0, 40).replace(/-+$/, '') || 'task';
}
