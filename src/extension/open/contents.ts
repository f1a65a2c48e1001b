import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Blob, Path } from '../../core/session/changes.ts';
import type { Session } from '../../core/session/session.ts';
import type { Place } from '../place.ts';
import type { SessionHost } from '../sessionHost.ts';

export const scheme = 'bounded';

/** Read-only document of a file as a checkpoint has it. It keeps the file's path, so that a diff does not take it for a rename. */
export function blobUri(place: Place, path: Path, { oid, mode }: Blob): vscode.Uri {
  return place.uri(path).with({ scheme, query: new URLSearchParams({ oid, mode }).toString() });
}

/** Read-only document of an artifact: the output of a command or a check. */
export function artifactUri(id: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/output ${id.slice(0, 8)}.log`, query: new URLSearchParams({ artifact: id }).toString() });
}

/** Read-only document of a session's trace as it is now. */
export function traceUri({ id, seq }: Session): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/trace ${id}.jsonl`, query: new URLSearchParams({ upTo: String(seq) }).toString() });
}

/** Contents of the private state for the editor. What a document shows never changes. */
export class PrivateContents implements vscode.TextDocumentContentProvider {
  readonly #host: SessionHost;

  constructor(host: SessionHost) {
    this.#host = host;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { held } = this.#host;
    if (held === undefined) throw new Error('This belongs to a session that is not open in this window. Continue the session to see it.');
    const query = new URLSearchParams(uri.query);
    const [oid, artifact] = [query.get('oid'), query.get('artifact')];
    if (oid !== null) return held.workspace.blobText({ oid, mode: modeOf(query.get('mode')) });
    if (artifact !== null) return (await this.#artifact(held.folder.artifacts, artifact)) ?? 'The output is not kept any more.';
    return readTrace(held.folder.trace);
  }

  async #artifact(folder: string, id: string): Promise<string | undefined> {
    const { createArtifacts } = await this.#host.engine();
    return createArtifacts(folder).get(id);
  }
}

function modeOf(text: string | null): Blob['mode'] {
  return text === '100755' || text === '120000' ? text : '100644';
}

/** Characters of a trace that an editor still shows without trouble. */
const mostBytes = 20 * 1024 * 1024;

/** The whole trace, or its end where it is very long. */
async function readTrace(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - mostBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    return from === 0 ? text : `{"left-out":"the first ${from} bytes; the whole trace is ${file}"}\n${text.slice(text.indexOf('\n') + 1)}`;
  } finally {
    await handle.close();
  }
}
