import * as vscode from 'vscode';
import { isReviewed } from '../../core/session/listedHunk.ts';
import type { SessionHost } from '../sessionHost.ts';
import { shownHunks } from './placedHunks.ts';

/** A tick in the gutter at each hunk that a person has marked as reviewed, also in the diff editor. */
export function showMarks(host: SessionHost, icon: vscode.Uri): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({ gutterIconPath: icon, gutterIconSize: 'contain', rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed });
  const drawn = new WeakMap<vscode.TextEditor, string>();
  const draw = (editor: vscode.TextEditor): void => {
    const path = host.place?.pathOf(editor.document.uri);
    const { session } = host;
    const reviewed = path === undefined || session === undefined ? [] : host.hunks.filter((hunk) => hunk.path === path && isReviewed(session, hunk));
    const now = `${editor.document.version} ${reviewed.map((hunk) => hunk.hunk).join(' ')}`;
    if (drawn.get(editor) === now) return;
    drawn.set(editor, now);
    const last = Math.max(0, editor.document.lineCount - 1);
    editor.setDecorations(type, shownHunks(editor.document.getText(), reviewed).map(({ start }) => ({ range: new vscode.Range(Math.min(start, last), 0, Math.min(start, last), 0), hoverMessage: 'Bounded: you marked this hunk as reviewed.' })));
  };
  const drawAll = (): void => vscode.window.visibleTextEditors.forEach(draw);
  // An editor that comes into sight may lose what was drawn into it before it had its text.
  const drawAnew = (editors: readonly vscode.TextEditor[]): void => editors.forEach((editor) => {
    drawn.delete(editor);
    draw(editor);
  });
  drawAll();
  return vscode.Disposable.from(type, host.onChange(drawAll), vscode.window.onDidChangeVisibleTextEditors(drawAnew), vscode.window.onDidChangeActiveTextEditor((editor) => drawAnew(editor === undefined ? [] : [editor])), vscode.workspace.onDidChangeTextDocument(({ document }) => vscode.window.visibleTextEditors.filter((editor) => editor.document === document).forEach(draw)));
}
