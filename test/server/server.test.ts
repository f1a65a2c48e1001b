import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { CodeAction, CompletionItem, Diagnostic, Hover, InitializeResult, ProtocolConnection } from 'vscode-languageserver/node';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { exampleContract, smallestContract } from '../core/contract/exampleContract.ts';

const uri = 'file:///w/.bounded/task.bounded.yaml';

describe('the language server, over stdio', function () {
  this.timeout(30_000);
  let folder: string;
  let child: ChildProcessWithoutNullStreams;
  let client: ProtocolConnection;
  let capabilities: InitializeResult;
  let version = 0;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'bounded-server-'));
    const outfile = path.join(folder, 'server.cjs');
    await build({ entryPoints: ['src/server/main.ts'], bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile, logLevel: 'error' });
    child = spawn(process.execPath, [outfile, '--stdio'], { stdio: 'pipe' });
    client = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    client.listen();
    capabilities = await client.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    await client.sendNotification('initialized', {});
  });

  after(async () => {
    if (child.exitCode === null) child.kill();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a text in which `‸` is the cursor. */
  async function open(marked: string): Promise<{ textDocument: { uri: string }; position: { line: number; character: number } }> {
    const before = marked.split('‸')[0] ?? '';
    if (version > 0) await client.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'bounded-contract', version: ++version, text: marked.replace('‸', '') } });
    const lines = before.split('\n');
    return { textDocument: { uri }, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
  }

  const diagnose = async (): Promise<Diagnostic[]> => (await client.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } })).items;

  it('says what it can do', () => {
    assert.deepEqual(Object.keys(capabilities.capabilities).sort(), ['codeActionProvider', 'completionProvider', 'diagnosticProvider', 'hoverProvider', 'textDocumentSync']);
  });

  it('finds no problem in a contract without one', async () => {
    await open(exampleContract);
    assert.deepEqual(await diagnose(), []);
  });

  it('reports problems at their place, also after an edit', async () => {
    await open(smallestContract.replace('change:', 'chnge:'));
    const [missing, unknown] = await diagnose();
    assert.match(String(missing?.message), /`scope\.change` is missing/);
    assert.deepEqual(unknown?.range, { start: { line: 2, character: 2 }, end: { line: 2, character: 7 } });
    assert.match(String(unknown.message), /did you mean `change`\?\nExpected: /);
    await client.sendNotification('textDocument/didChange', { textDocument: { uri, version: ++version }, contentChanges: [{ range: unknown.range, text: 'change' }] });
    assert.deepEqual(await diagnose(), []);
  });

  it('explains a key on hover', async () => {
    const found = await client.sendRequest<Hover>('textDocument/hover', await open(exampleContract.replace('      timeout', '      time‸out')));
    assert.match(JSON.stringify(found.contents), /oracle\.checks\[0\]\.timeout.*Longest time of one run.*Default: `10m`/);
  });

  it('says nothing where there is nothing to say', async () => {
    assert.equal(await client.sendRequest('textDocument/hover', await open(`‸${smallestContract}`.replace('task: ', '#task: '))), null);
  });

  it('completes keys and values', async () => {
    const keys = await client.sendRequest<CompletionItem[]>('textDocument/completion', await open('gates: { explore: auto, ‸ }'));
    assert.deepEqual(keys.map(({ label }) => label), ['baseline', 'oracle-only', 'minimal-hook', 'production-shape', 'review']);
    const values = await client.sendRequest<CompletionItem[]>('textDocument/completion', await open('on-stray: re‸'));
    assert.deepEqual(values[0]?.textEdit, { range: { start: { line: 0, character: 10 }, end: { line: 0, character: 12 } }, newText: 'rewind' });
  });

  it('offers fixes for what is wrong at the cursor alone', async () => {
    const { textDocument, position } = await open('task: x\nsco‸pes: {}\nfoo: 1\n');
    const actions = await client.sendRequest<CodeAction[]>('textDocument/codeAction', { textDocument, range: { start: position, end: position }, context: { diagnostics: [] } });
    assert.deepEqual(actions.map(({ title, isPreferred }) => [title, isPreferred]), [['Change to `scope`', true], ['Remove `scopes`', false]]);
    assert.deepEqual(actions[0]?.edit, { changes: { [uri]: [{ range: { start: { line: 1, character: 0 }, end: { line: 1, character: 6 } }, newText: 'scope' }] } });
  });

  it('answers for a document that is not open', async () => {
    await client.sendNotification('textDocument/didClose', { textDocument: { uri } });
    assert.deepEqual(await diagnose(), []);
  });

  it('ends when it is told to', async () => {
    const ended = once(child, 'exit');
    await client.sendRequest('shutdown');
    await client.sendNotification('exit');
    assert.deepEqual(await ended, [0, null]);
  });
});
