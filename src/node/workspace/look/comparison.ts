import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Path } from '../../../core/session/changes.ts';
import { decodeBytes } from '../common/bytes.ts';
import { type ProgramCall, type Started, startProgram } from '../git/program.ts';
import type { Store } from '../store/store.ts';

/** git's own settings for comparing; what the configuration of the store says, or its file system could do, has no part in it. */
const settings = ['core.checkStat=default', 'core.trustctime=true', 'core.fileMode=true', 'core.symlinks=true', 'core.ignoreStat=false', 'core.preloadIndex=true', 'core.sparseCheckout=false', 'index.sparse=false'];
const args = [...settings.flatMap((setting) => ['-c', setting]), 'diff-files', '--raw', '-z', '--no-renames', '--ignore-submodules=none'];
/** Starts git for each line that it reads, and says how it ended. Whatever git complains about comes in between and spoils the answer. */
const script = 'while read -r line; do "$0" "$@" 2>&1 </dev/null; printf "=%d\\0" $?; done';

/**
 * Lets git compare a table of states with the files of a work tree, without reading any. A small process starts it each time: to start one from a
 * process of the size of an editor's extension host would hold that up for as long as the comparison takes.
 */
export class Comparison {
  readonly #call: ProgramCall;
  #running: Running | undefined;

  /** `table` is the file of the table. */
  constructor(store: Pick<Store, 'program' | 'environment' | 'directory'>, root: string, table: string) {
    const env = { ...store.environment, GIT_WORK_TREE: root, GIT_INDEX_FILE: table };
    this.#call = { program: '/bin/sh', args: ['-c', script, store.program, ...args], env, cwd: store.directory };
  }

  /** Starts the small process; the sooner the smaller is this one. */
  start(): void {
    if (process.platform === 'linux') this.#running ??= new Running(this.#call);
  }

  /** Paths that do not have the state of the table, or are gone. Undefined where git failed, complained, or said something else. */
  async changed(): Promise<Set<Path> | undefined> {
    // A look that was given up has left its question open: the answer would be taken for the next one's.
    if (this.#running?.isBusy === true) this.#end(this.#running);
    this.start();
    const running = this.#running;
    const answer = await running?.ask();
    if (answer === undefined && running !== undefined) this.#end(running);
    return answer;
  }

  /** Ends the small process; resolves when it is gone. The next comparison starts it anew. */
  async end(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#end(running);
    await running.gone;
  }

  #end(running: Running): void {
    running.end();
    if (this.#running === running) this.#running = undefined;
  }
}

class Running {
  readonly #input = new PassThrough();
  readonly #started: Started;
  readonly gone: Promise<void>;
  #reader = new AnswerReader();
  #answer: ((paths: Set<Path> | undefined) => void) | undefined;
  #over = false;

  constructor(call: ProgramCall) {
    this.#started = startProgram({ ...call, input: this.#input });
    this.#started.child.stdout.on('data', (chunk: Buffer) => {
      const answer = this.#reader.take(chunk);
      if (answer !== 'more') this.#answer?.(answer);
    });
    const over = () => {
      this.#over = true;
      this.#answer?.(undefined);
    };
    this.gone = this.#started.ended.then(over, over);
    this.#hold(false);
  }

  get isBusy(): boolean {
    return this.#answer !== undefined;
  }

  async ask(): Promise<Set<Path> | undefined> {
    this.#hold(true);
    this.#reader = new AnswerReader();
    try {
      return await new Promise((resolve) => {
        this.#answer = resolve;
        if (this.#over) resolve(undefined);
        else this.#input.write('\n');
      });
    } finally {
      this.#answer = undefined;
      this.#hold(false);
    }
  }

  end(): void {
    this.#hold(true);
    this.#started.child.kill('SIGKILL');
  }

  /** Only an open question keeps this process alive. */
  #hold(open: boolean): void {
    const { child } = this.#started;
    const held = [child, child.stdin, child.stdout, child.stderr] as unknown as readonly Pick<Socket, 'ref' | 'unref'>[];
    for (const one of held) one[open ? 'ref' : 'unref']();
  }
}

/** Reads what `diff-files --raw -z` prints, a line on each path and then the path, both ended by NUL, up to the word on how it ended. */
export class AnswerReader {
  readonly #paths = new Set<Path>();
  #rest: Buffer = Buffer.alloc(0);
  #isPath = false;

  /** The paths once all is read; undefined for anything but what git prints when all is well. */
  take(chunk: Buffer): 'more' | Set<Path> | undefined {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
      const record = bytes.subarray(from, end);
      from = end + 1;
      if (this.#isPath) this.#paths.add(decodeBytes(record));
      else if (record.toString('latin1') === '=0') return from === bytes.length ? this.#paths : undefined;
      else if (!changeLine.test(record.toString('latin1'))) return undefined;
      this.#isPath = !this.#isPath;
    }
    this.#rest = bytes.subarray(from);
    return 'more';
  }
}

const changeLine = /^:[0-7]{6} [0-7]{6} [0-9a-f]{40} [0-9a-f]{40} [DMT]$/;
