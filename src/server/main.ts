import { createConnection, DocumentDiagnosticReportKind, ProposedFeatures, TextDocuments, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActions, completions, diagnostics, hover } from './answers.ts';

/** The language server for contracts (`*.bounded.yaml`): Node IPC or stdio, whichever the client's arguments say. It reads nothing but the texts it is sent. */
const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);

connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    diagnosticProvider: { identifier: 'bounded', interFileDependencies: false, workspaceDiagnostics: false },
    hoverProvider: true,
    completionProvider: { triggerCharacters: [' ', '{', '['] },
    codeActionProvider: { codeActionKinds: ['quickfix'] },
  },
  serverInfo: { name: 'Bounded contracts' },
}));

connection.languages.diagnostics.on(({ textDocument }) => ({ kind: DocumentDiagnosticReportKind.Full, items: about(textDocument.uri, diagnostics) ?? [] }));
connection.onHover(({ textDocument, position }) => about(textDocument.uri, (document) => hover(document, position)));
connection.onCompletion(({ textDocument, position }) => about(textDocument.uri, (document) => completions(document, position)) ?? []);
connection.onCodeAction(({ textDocument, range }) => about(textDocument.uri, (document) => codeActions(document, range)) ?? []);

documents.listen(connection);
connection.listen();

/** A request may come after its document was closed; then there is nothing to say. */
function about<T>(uri: string, answer: (document: TextDocument) => T): T | undefined {
  const document = documents.get(uri);
  return document === undefined ? undefined : answer(document);
}
