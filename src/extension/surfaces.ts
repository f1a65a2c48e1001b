import * as vscode from 'vscode';
import type { App } from './app.ts';
import { FlagBadges } from './flags/badges.ts';
import { tintLines } from './flags/decorations.ts';
import { showProblems } from './flags/diagnostics.ts';
import { FlagFixes } from './flags/fixes.ts';
import { FlagStore } from './flags/flagStore.ts';
import { FlagLenses } from './flags/lenses.ts';
import { showMarks } from './hunks/marks.ts';
import { notify } from './notices.ts';
import { SourceControlRows } from './sourceControl.ts';
import { OracleTests } from './testing.ts';

const anyFile: vscode.DocumentSelector = { scheme: 'file' };

/** Everything that shows a session outside of the side view. Loaded with the first session of a window. */
export async function showSession({ context, host }: App): Promise<void> {
  const flags = new FlagStore(host);
  const badges = new FlagBadges(flags);
  context.subscriptions.push(
    flags, badges, showProblems(flags), showMarks(host, vscode.Uri.joinPath(context.extensionUri, 'media', 'reviewed.svg')), inline(flags, context.extensionUri), notify(host), new SourceControlRows(host), new OracleTests(await host.engine(), host),
    vscode.languages.registerCodeActionsProvider(anyFile, new FlagFixes(flags), { providedCodeActionKinds: FlagFixes.kinds }),
    vscode.window.registerFileDecorationProvider(badges),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => host.saved(uri)),
  );
}

/** Tint and lenses in the text, as long as the user wants them there. */
function inline(flags: FlagStore, extension: vscode.Uri): vscode.Disposable {
  let shown: vscode.Disposable | undefined;
  const refresh = (): void => {
    shown?.dispose();
    const wanted = vscode.workspace.getConfiguration('bounded').get('inlineFlags', true);
    shown = wanted ? vscode.Disposable.from(tintLines(flags, vscode.Uri.joinPath(extension, 'media', 'flag.svg')), vscode.languages.registerCodeLensProvider(anyFile, new FlagLenses(flags))) : undefined;
  };
  refresh();
  const listener = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('bounded.inlineFlags')) refresh();
  });
  return new vscode.Disposable(() => {
    listener.dispose();
    shown?.dispose();
  });
}
