import type { Match } from '../../agent/ports.ts';
import { compileGlobs } from '../../core/guard/globs.ts';
import type { Path } from '../../core/session/changes.ts';
import { decodeBytes } from './common/bytes.ts';
import { findProgram } from './git/findProgram.ts';
import type { PathGuard } from './disk/guard.ts';
import type { IgnoreRules } from './repository/ignoreRules.ts';
import { isUnder } from './disk/places.ts';
import { type ProgramAnswer, runProgram } from './git/program.ts';
import { scan } from './look/scan.ts';
import type { Store } from './store/store.ts';
import { findUserRepository } from './repository/userRepository.ts';

export type GrepAnswer = { readonly matches: readonly Match[]; readonly truncated: boolean } | { readonly error: string };

const mostPaths = 5000;
const mostMatches = 1000;
const longestText = 500;
const outputBytes = 8 * 1024 * 1024;
const deadlineMs = 10_000;

export interface SearchParts {
  readonly root: string;
  readonly store: Store;
  readonly rules: IgnoreRules;
  readonly guard: PathGuard;
  /** Folders in which no program of ours is looked for. */
  readonly forbidden: readonly string[];
}

/** Finds files and lines for the tools: not what is ignored, never what is git's or secret. */
export class Search {
  readonly #parts: SearchParts;
  #ripgrep: Promise<string | undefined> | undefined;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** Paths that match a glob relative to `under`, sorted; the first five thousand. */
  async glob(pattern: string, under: Path = ''): Promise<Path[]> {
    const { root, rules, guard } = this.#parts;
    const below = under === '' ? '' : `${under}/`;
    const matches = compileGlobs([pattern]);
    const ignored = await rules.ignoredRoots(await findUserRepository(root));
    const { found } = await scan(root, (path) => isUnder(path, ignored));
    const paths = found.map((file) => file.path).filter((path) => path.startsWith(below) && matches(path.slice(below.length)) !== undefined && !guard.isSecret(path));
    return paths.sort().slice(0, mostPaths);
  }

  /** Lines that match a regular expression. A search that takes too long or finds too much is cut and says so. */
  async grep(pattern: string, under: Path = ''): Promise<GrepAnswer> {
    this.#ripgrep ??= findProgram('rg', ...this.#parts.forbidden);
    const ripgrep = await this.#ripgrep;
    const answer = ripgrep === undefined ? await this.#gitGrep(pattern, under) : await this.#runRipgrep(ripgrep, pattern, under);
    if ('error' in answer) return answer;
    const shown = answer.matches.filter((match) => this.#parts.guard.refusesReading(match.path) === undefined);
    return { matches: shown.slice(0, mostMatches), truncated: answer.truncated || shown.length > mostMatches };
  }

  async #runRipgrep(program: string, pattern: string, under: Path): Promise<GrepAnswer> {
    const args = [
      '--no-config', '--json', '--hidden', '--no-messages', '--no-require-git', '--no-ignore-dot', '--no-follow', '--no-ignore-global', '--max-filesize', '8M',
      '--glob', '!.git', '--regexp', pattern, '--', under === '' ? '.' : `./${under}`,
    ];
    const answer = await runProgram({ program, args, env: { PATH: '', HOME: this.#home, LANG: 'C.UTF-8' }, cwd: this.#parts.root, limit: outputBytes, timeoutMs: deadlineMs });
    if (answer.stderr.trim() !== '' && answer.stdout.length === 0) return { error: answer.stderr.trim() };
    return { matches: ripgrepMatches(answer.stdout), truncated: answer.truncated };
  }

  /** git is always there. Perl's expressions are closest to what is asked for; a git without them has extended ones. */
  async #gitGrep(pattern: string, under: Path): Promise<GrepAnswer> {
    const perl = await this.#runGitGrep('--perl-regexp', pattern, under);
    const answer = perl.status === 128 && /PCRE|perl/i.test(perl.stderr) && !/pattern/i.test(perl.stderr) ? await this.#runGitGrep('--extended-regexp', pattern, under) : perl;
    if (!answer.truncated && answer.status !== 0 && answer.status !== 1) return { error: answer.stderr.replace(/^fatal: /, '').trim() };
    return { matches: gitGrepMatches(answer.stdout), truncated: answer.truncated };
  }

  #runGitGrep(dialect: string, pattern: string, under: Path): Promise<ProgramAnswer> {
    const { root, store } = this.#parts;
    const args = ['grep', '--no-index', '--exclude-standard', '--line-number', '--null', '-I', '--no-color', dialect, '-e', pattern, '--', under === '' ? '.' : under];
    return runProgram({ program: store.program, args, env: { ...store.environment, GIT_WORK_TREE: root }, cwd: root, limit: outputBytes, timeoutMs: deadlineMs });
  }

  get #home(): string {
    return `${this.#parts.store.directory}/home`;
  }
}

interface RipgrepText {
  readonly text?: string;
  readonly bytes?: string;
}

interface RipgrepLine {
  readonly type: string;
  readonly data: { readonly path: RipgrepText; readonly lines: RipgrepText; readonly line_number: number | null };
}

function ripgrepMatches(output: Buffer): Match[] {
  const lines = output.toString('utf8').split('\n');
  // The last line may have been cut.
  return lines.slice(0, -1).flatMap((line) => {
    if (!line.startsWith('{"type":"match"')) return [];
    const { data } = JSON.parse(line) as RipgrepLine;
    return [matchOf(ripgrepText(data.path), data.line_number ?? 0, ripgrepText(data.lines))];
  });
}

const ripgrepText = (value: RipgrepText): string => value.text ?? decodeBytes(Buffer.from(value.bytes ?? '', 'base64'));

/** Path, NUL, line number, NUL, text, end of line; a name may have any other byte. */
function gitGrepMatches(output: Buffer): Match[] {
  const matches: Match[] = [];
  for (let at = 0; at < output.length;) {
    const pathEnd = output.indexOf(0, at);
    const numberEnd = output.indexOf(0, pathEnd + 1);
    const lineEnd = output.indexOf(10, numberEnd + 1);
    if (pathEnd < 0 || numberEnd < 0 || lineEnd < 0) break;
    matches.push(matchOf(decodeBytes(output.subarray(at, pathEnd)), Number(output.toString('latin1', pathEnd + 1, numberEnd)), decodeBytes(output.subarray(numberEnd + 1, lineEnd))));
    at = lineEnd + 1;
  }
  return matches;
}

function matchOf(path: string, line: number, text: string): Match {
  const bare = text.replace(/\r?\n?$/, '');
  return { path: path.replace(/^\.\//, ''), line, text: bare.length > longestText ? `${bare.slice(0, longestText)}…` : bare };
}
