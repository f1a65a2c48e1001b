import type { CodeAction, CompletionItem, Diagnostic, Hover, Position, Range } from 'vscode-languageserver/node';
import { CodeActionKind, CompletionItemKind, DiagnosticSeverity, MarkupKind } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { completionsAt } from '../core/contract/complete.ts';
import type { Fix, Problem } from '../core/contract/contract.ts';
import { hoverAt } from '../core/contract/hover.ts';
import { readContract } from '../core/contract/reader.ts';
import type { Span } from '../core/contract/remarks.ts';

/** Every problem of a contract. */
export function diagnostics(document: TextDocument): Diagnostic[] {
  return readContract(document.getText()).problems.map(diagnosticOf);
}

export function hover(document: TextDocument, position: Position): Hover | null {
  const found = hoverAt(document.getText(), document.offsetAt(position));
  return found === undefined ? null : { contents: { kind: MarkupKind.Markdown, value: found.text }, range: rangeOf(document, found.span) };
}

export function completions(document: TextDocument, position: Position): CompletionItem[] {
  return completionsAt(document.getText(), document.offsetAt(position)).map(({ label, kind, text, span, doc }, order) => ({
    label,
    kind: kind === 'key' ? CompletionItemKind.Property : CompletionItemKind.EnumMember,
    textEdit: { range: rangeOf(document, span), newText: text },
    sortText: String(order).padStart(3, '0'),
    ...(doc === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: doc } }),
  }));
}

/** The fixes of the problems that touch a range. */
export function codeActions(document: TextDocument, range: Range): CodeAction[] {
  return readContract(document.getText()).problems
    .filter((problem) => touches(diagnosticOf(problem).range, range))
    .flatMap((problem) => (problem.fixes ?? []).map((fix, index) => actionOf(document, problem, fix, index === 0)));
}

function actionOf(document: TextDocument, problem: Problem, fix: Fix, first: boolean): CodeAction {
  const edit = { range: rangeOf(document, fix), newText: fix.text };
  return {
    title: fix.title, kind: CodeActionKind.QuickFix, diagnostics: [diagnosticOf(problem)], isPreferred: first && fix.text !== '',
    edit: { changes: { [document.uri]: [edit] } },
  };
}

function diagnosticOf(problem: Problem): Diagnostic {
  const { message, expected, line, column, endLine, endColumn, severity } = problem;
  return {
    range: { start: { line: line - 1, character: column - 1 }, end: { line: endLine - 1, character: endColumn - 1 } },
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: 'Bounded',
    message: expected === undefined ? message : `${message}\nExpected: ${expected}.`,
  };
}

function rangeOf(document: TextDocument, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

function touches(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
