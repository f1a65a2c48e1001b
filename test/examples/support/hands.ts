import { readFileSync, readdirSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import type { Contract } from '../../../src/core/contract/contract.ts';
import { describeRun } from '../../../src/core/oracle/describe.ts';
import type { OracleRun } from '../../../src/core/oracle/result.ts';
import { measure } from './oracle.ts';
import type { Hands, Result } from './talk.ts';
import { run } from './workspace.ts';

/**
 * Hands for the scripted model on a copy of the example: they read, write and run for real, and answer in the form of the product,
 * without its guard. What ends a phase is for the test to say.
 */
export class Bench {
  readonly root: string;
  readonly runs: OracleRun[] = [];
  readonly #contract: Contract;
  readonly #lengths: readonly number[];
  #read = new Set<string>();

  constructor(root: string, contract: Contract, lengths: readonly number[]) {
    this.root = root;
    this.#contract = contract;
    this.#lengths = lengths;
  }

  /** Hands of one conversation. `special` comes first; what it does not answer is done here. */
  hands(special: (call: Parameters<Hands>[0]) => Promise<Result | undefined>): Hands {
    this.#read = new Set();
    return async (call) => (await special(call)) ?? this.#do(call.name, call.input);
  }

  async oracle(): Promise<OracleRun> {
    const result = await measure(this.#contract, this.root, `r${this.runs.length + 1}`, this.#lengths);
    this.runs.push(result);
    return result;
  }

  text(file: string): string {
    return readFileSync(path.join(this.root, file), 'utf8');
  }

  async #do(tool: string, input: Readonly<Record<string, unknown>>): Promise<Result> {
    const field = (name: string): string => String(input[name] ?? '');
    switch (tool) {
      case 'read': return this.#readFile(field('file_path'));
      case 'write': return this.#change(field('file_path'), () => field('content'));
      case 'edit': return this.#change(field('file_path'), (before) => replaced(before, field('old_string'), field('new_string')));
      case 'glob': return { text: this.#files().filter((file) => picomatch.isMatch(file, field('pattern'))).join('\n') };
      case 'grep': return { text: this.#grep(new RegExp(field('pattern')), field('path')) };
      case 'bash': return this.#bash(field('command'));
      case 'run_oracle': return { text: describeRun(await this.oracle()) };
      case 'record_decision': return { text: 'Recorded.' };
      default: throw new Error(`the test has no hands for ${tool} ${JSON.stringify(input)}`);
    }
  }

  #readFile(file: string): Result {
    if (!existsSync(path.join(this.root, file))) return { text: `${file} does not exist`, error: true };
    this.#read.add(file);
    return { text: this.text(file).split('\n').map((line, index) => `${String(index + 1).padStart(6)}\t${line}`).join('\n') };
  }

  #change(file: string, change: (before: string) => string | undefined): Result {
    const there = existsSync(path.join(this.root, file));
    if (there && !this.#read.has(file)) return { text: `refused (stale): ${file} exists and was not read in this conversation. Read it first.`, error: true };
    const after = change(there ? this.text(file) : '');
    if (after === undefined) return { text: 'refused (schema): old_string does not occur in the file', error: true };
    mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true });
    writeFileSync(path.join(this.root, file), after);
    this.#read.add(file);
    return { text: `Changed ${file}.` };
  }

  async #bash(command: string): Promise<Result> {
    const { exit, output } = await run(this.root, 'bash', ['-c', command]);
    return exit === 0 ? { text: output } : { text: `${output}\n(exit status ${exit})`, error: true };
  }

  #grep(pattern: RegExp, under: string): string {
    return this.#files().filter((file) => file.startsWith(under)).flatMap((file) =>
      this.text(file).split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line}`] : []))).join('\n');
  }

  #files(): readonly string[] {
    return readdirSync(this.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')).sort();
  }
}

/** The text with the one occurrence replaced; undefined unless there is exactly one. */
function replaced(text: string, from: string, to: string): string | undefined {
  return text.split(from).length === 2 ? text.split(from).join(to) : undefined;
}
