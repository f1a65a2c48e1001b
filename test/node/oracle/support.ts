import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Oracle, OracleRequest } from '../../../src/agent/ports.ts';
import type { Check, OracleSpec, Scope } from '../../../src/core/contract/contract.ts';
import type { CellResult, OracleRun } from '../../../src/core/oracle/result.ts';
import type { FrozenFile, SandboxState } from '../../../src/core/session/session.ts';
import { createRedact } from '../../../src/node/journal/redaction.ts';
import { createOracle, type OracleOptions } from '../../../src/node/oracle/oracle.ts';
import { memoryArtifacts, plain, shellIn, temporaryFolder, writeFiles } from '../process/support.ts';

/** Contents by path; a link is `{ link: target }`, a program `{ run: text }`. */
export type Files = Readonly<Record<string, string | { readonly link: string } | { readonly run: string }>>;

/** A bare git directory that trees are put into with git's own commands. */
export class TestStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    execFileSync('git', ['init', '-q', '--bare', folder], { env: this.#env() });
  }

  tree(files: Files): string {
    const index = path.join(this.folder, 'test-index');
    fs.rmSync(index, { force: true });
    const oids = this.#blobs(Object.values(files).map(textOf));
    const lines = Object.entries(files).map(([name, content], at) => `${modeOf(content)} ${oids[at]}\t${name}\0`).join('');
    execFileSync('git', ['update-index', '-z', '--index-info'], { env: { ...this.#env(), GIT_INDEX_FILE: index }, input: lines });
    return execFileSync('git', ['write-tree'], { env: { ...this.#env(), GIT_INDEX_FILE: index }, encoding: 'utf8' }).trim();
  }

  blob(text: string): string {
    return execFileSync('git', ['hash-object', '-w', '--stdin'], { env: this.#env(), input: text, encoding: 'utf8' }).trim();
  }

  /** Many contents at once, by way of files of their own. */
  #blobs(texts: readonly string[]): readonly string[] {
    const folder = fs.mkdtempSync(path.join(this.folder, 'test-'));
    const files = texts.map((_, at) => path.join(folder, String(at)));
    texts.forEach((text, at) => fs.writeFileSync(files[at] ?? '', text));
    const oids = execFileSync('git', ['hash-object', '-w', '--no-filters', '--stdin-paths'], { env: this.#env(), input: files.map((file) => `${file}\n`).join(''), encoding: 'utf8' });
    fs.rmSync(folder, { recursive: true });
    return oids.split('\n');
  }

  frozen(files: Files): FrozenFile[] {
    return Object.entries(files).map(([name, content]) => ({ path: name, oid: this.blob(textOf(content)), mode: modeOf(content) }));
  }

  #env(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', GIT_DIR: this.folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  }
}

function modeOf(content: Files[string]): FrozenFile['mode'] {
  if (typeof content === 'string') return '100644';
  return 'link' in content ? '120000' : '100755';
}

function textOf(content: Files[string]): string {
  if (typeof content === 'string') return content;
  return 'link' in content ? content.link : content.run;
}

export const testScope: Scope = { change: [{ glob: 'src/**' }], never: [], oracle: ['oracle/**'], secret: ['.env*'], scratch: ['coverage/**'] };

/** A world for one test file: a work tree, a store, a folder for checkouts. */
export class Bed {
  readonly base = temporaryFolder();
  readonly workspace = path.join(this.base, 'work');
  readonly tmpRoot = path.join(this.base, 'checkouts');
  readonly store = new TestStore(path.join(this.base, 'store'));
  readonly artifacts = memoryArtifacts();

  constructor() {
    fs.mkdirSync(this.workspace);
  }

  oracle(sandbox: SandboxState, options: Partial<OracleOptions> = {}): Oracle {
    const redact = createRedact(['a-known-secret-value']);
    return createOracle({ workspace: this.workspace, store: this.store.folder, tmpRoot: this.tmpRoot, artifacts: this.artifacts, redact, sandbox, dependencies: [], ...options });
  }

  request(files: Files, checks: readonly Partial<Check>[], fields: Partial<OracleRequest> & { readonly setup?: string; readonly record?: readonly string[] } = {}): OracleRequest {
    const { setup, record = [], ...rest } = fields;
    const tree = this.store.tree(files);
    const full = checks.map((one, index): Check => ({ id: `c${index}`, run: 'true', matrix: {}, timeoutMs: 20_000, exit: 0, metrics: {}, override: [], by: 'minimal-hook', ...one }));
    const oracle: OracleSpec = { record, checks: full, decoys: 0, ...(setup === undefined ? {} : { setup }) };
    return { id: 'r1', purpose: 'boundary', tree, baseTree: tree, oracle, scope: testScope, commands: { allow: [], network: 'none', sandbox: 'preferred' }, checks: full, ...rest };
  }

  /** Names in the folder of checkouts: there must be none after a run. */
  left(): readonly string[] {
    return fs.existsSync(this.tmpRoot) ? fs.readdirSync(this.tmpRoot) : [];
  }

  write(files: Readonly<Record<string, string>>): void {
    writeFiles(this.workspace, files);
  }
}

export async function measured(oracle: Oracle, request: OracleRequest, signal = new AbortController().signal): Promise<OracleRun> {
  const run = await oracle.run(request, () => undefined, signal);
  if (run === null) throw new Error('the patch did not apply');
  return run;
}

export async function firstCell(oracle: Oracle, request: OracleRequest): Promise<CellResult> {
  const run = await measured(oracle, request);
  const [cell] = run.cells;
  if (cell === undefined) throw new Error(`no cell ran: ${run.setupFailed}`);
  return cell;
}



export const probed = await shellIn(temporaryFolder()).probe();

/** Describes the same behaviour without and with a sandbox; where there is none, the second is skipped with the reason. */
export function inBoth(title: string, tests: (sandbox: SandboxState) => void): void {
  describe(`${title}, plainly`, () => tests(plain));
  (probed.kind === 'bubblewrap' ? describe : describe.skip)(`${title}, in a sandbox${probed.kind === 'none' ? ` (skipped: ${probed.detail})` : ''}`, () => tests(probed));
}
