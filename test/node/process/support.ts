import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Artifacts, Shell, ShellRequest, ShellResult } from '../../../src/agent/ports.ts';
import { createRedact } from '../../../src/node/journal/redaction.ts';
import { createShell, type ShellOptions } from '../../../src/node/process/shell.ts';
import { openWorkspace } from '../../../src/node/workspace/openWorkspace.ts';

/** A folder of its own, gone after the suite that asks for it; to be called where suites are described, not in a test. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bounded-test-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
}

/** Artifacts in memory, by a number. */
export function memoryArtifacts(): Artifacts & { readonly texts: string[] } {
  const texts: string[] = [];
  return { texts, put: async (text) => String(texts.push(text) - 1), get: async (id) => texts[Number(id)] };
}

export const secretValue = 'sk-ant-api03-not-a-real-key';

export function shellIn(root: string, options: Partial<ShellOptions> = {}): Shell {
  return createShell({ root, artifacts: memoryArtifacts(), redact: createRedact([secretValue]), alive: path.join(path.dirname(root), `${path.basename(root)}.running`), layers: path.join(path.dirname(root), `${path.basename(root)}.layers`), ...options });
}

export const plain = { kind: 'none', detail: 'off for this test' } as const;

/** Runs a command and answers its result; without further fields outside of any sandbox. */
export function runIn(shell: Shell, command: string, fields: Partial<ShellRequest> = {}, signal = new AbortController().signal, progress: (text: string) => void = () => undefined): Promise<ShellResult> {
  return shell.run({ command, timeoutMs: 20_000, workTree: 'writable', readOnly: [], secret: [], network: 'none', sandbox: plain, ...fields }, progress, signal);
}

/** Runs a command and brings what it wrote beside the work tree into it. */
export async function runInto(root: string, shell: Shell, command: string, fields: Partial<ShellRequest>): Promise<ShellResult> {
  const workspace = await openWorkspace({ root, store: `${root}.store`, scratch: [], secret: [], contractFile: '.bounded/t.bounded.yaml' });
  const { tree } = await workspace.capture();
  const result = await runIn(shell, command, fields);
  const written = await shell.written();
  if (written !== undefined) await workspace.land(written, tree);
  await shell.discard();
  return result;
}

/** Whether a process runs; one that has ended and was not fetched by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2)[0] ?? '');
  } catch {
    return false;
  }
}

/** The pid of the only process whose command line has this text, if there is one. */
export function processWith(text: string): number | undefined {
  return fs.readdirSync('/proc').map(Number).find((pid) => {
    try {
      return pid !== process.pid && isRunning(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
