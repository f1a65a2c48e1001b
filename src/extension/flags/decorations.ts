import * as vscode from 'vscode';
import type { FlagStore } from './flagStore.ts';
import { rangeOf, sentenceOf } from './words.ts';

/** Tints flagged lines, and marks them in the gutter and beside the scroll bar. */
export function tintLines(flags: FlagStore, gutterIcon: vscode.Uri): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({
    isWholeLine: true, backgroundColor: new vscode.ThemeColor('bounded.flagBackground'), overviewRulerColor: new vscode.ThemeColor('bounded.flagRuler'),
    overviewRulerLane: vscode.OverviewRulerLane.Left, gutterIconPath: gutterIcon, gutterIconSize: 'contain', rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  const draw = (editor: vscode.TextEditor): void => {
    if (editor.document.uri.scheme === 'file') editor.setDecorations(type, flags.at(editor.document.uri).map((placed) => ({ range: rangeOf(placed, editor.document.lineCount), hoverMessage: new vscode.MarkdownString().appendText(sentenceOf(placed.flag)) })));
  };
  const drawAll = (): void => vscode.window.visibleTextEditors.forEach(draw);
  drawAll();
  return vscode.Disposable.from(type, flags.onChange(drawAll), vscode.window.onDidChangeVisibleTextEditors(drawAll));
}
