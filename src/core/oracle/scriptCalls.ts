/** The scripts that a command line may run. */
export interface ScriptCalls {
  /** Names of scripts of the package that the line runs in, told plainly by the line. */
  readonly here: readonly string[];
  /** Words of a line that may run scripts of any package: each may be the name of one, or a pattern of names. */
  readonly anywhere: readonly string[];
}

const managers = ['npm', 'pnpm', 'yarn', 'yarnpkg', 'bun'];
/** Whatever runs scripts of a package.json by name, wherever in a line it is mentioned. */
const runner = /(?:^|[^\w-])(?:npm(?:-run-all2?)?|pnpm|yarn|yarnpkg|bun|corepack|lerna|nx|turbo|rush|wireit|wsrun|ultra|run-[spz]|concurrently|nr|deno|vlt|node\s(?:.*\s)?--run)(?![a-z-]|\.lock)/i;
/** Variables that may choose a package, or what a name of a program means. */
const telling = /^(?:PATH|\w*(?:npm|yarn|bun)\w*)=/i;
/** Options that choose neither a package nor a script. */
const harmless = /^(?:-s|-q|-d|--silent|--quiet|--if-present|--loglevel(?:=\w+)?|--color(?:=\w+)?|--no-color|--offline|--foreground-scripts)$/;
/** What may lead a later command of the line to another package. */
const moving = ['cd', 'pushd', 'popd', '.', 'source', 'eval', 'alias', 'export', 'set', 'builtin', 'command'];
/** First words of a package manager that are about other packages than the one it runs in. */
const elsewhere = ['workspace', 'workspaces', 'recursive', 'multi', 'm', 'explore', 'filter'];
const aliases: Readonly<Record<string, readonly string[]>> = {
  t: ['test'], tst: ['test'], it: ['test'], cit: ['test'], sit: ['test'], 'install-test': ['test'], 'clean-install-test': ['test'], 'install-ci-test': ['test'],
  restart: ['restart', 'stop', 'start'], i: ['install', 'prepare'], install: ['install', 'prepare'], add: ['install', 'prepare'], ci: ['install', 'prepare'], 'clean-install': ['install', 'prepare'],
};

/**
 * Which scripts a command line for a POSIX shell may run. A line counts as plain only where every part of it is
 * understood; any other line that mentions a runner of scripts may run whatever its words name, in any package.
 */
export function scriptCalls(line: string): ScriptCalls {
  if (!runner.test(line)) return { here: [], anywhere: [] };
  const here = plainCalls(line);
  return here === undefined ? { here: [], anywhere: wordsOf(line) } : { here, anywhere: [] };
}

function plainCalls(line: string): readonly string[] | undefined {
  // An argument in quotes that runs nothing is one plain word.
  const bare = line.replace(/'([^']*)'|"([^"$`\\]*)"/g, (quoted, single: string | undefined, double: string | undefined) => (runner.test(single ?? double ?? '') ? quoted : 'quoted'));
  if (!/^[\w@%+=:,./~^*?[\]!;|&>\s-]*$/.test(bare)) return undefined;
  const commands = bare.split(/&&|\|\||[;|&\n]/).map((part) => part.trim().split(/\s+/).filter((word) => word !== ''));
  const calls = commands.map(plainCall);
  return calls.every((names) => names !== undefined) ? calls.flat() : undefined;
}

/** The scripts that one simple command runs; undefined where that is not plain. */
function plainCall(words: readonly string[]): readonly string[] | undefined {
  const [program = '', ...args] = words.filter((_, at) => words.slice(0, at + 1).some((one) => !/^\w+=/.test(one)));
  if (moving.includes(program) || words.some((word) => telling.test(word))) return undefined;
  if (!managers.includes(program)) return runner.test(words.join(' ')) ? undefined : [];
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  if (runner.test(args.join(' ')) || own.some((word) => word.startsWith('-') && !harmless.test(word))) return undefined;
  const names = own.filter((word) => !word.startsWith('-'));
  const [name] = ['run', 'run-script', 'rum', 'urn'].includes(names[0] ?? '') ? names.slice(1) : names;
  if (name === undefined) return aliases['install'];
  if (elsewhere.includes(name) || /[*?[\]!/~]/.test(name)) return undefined;
  return [name, ...(aliases[name] ?? [])];
}

/** Words of a line, and what stands behind each colon of one, as in `npm:test` and `pkg:test`. Parts that a shell fills in are `*`. */
function wordsOf(line: string): readonly string[] {
  const filled = line.replace(/\$\{[^}]*\}|\$\([^)]*\)|`[^`]*`|\$\w+|\{[^}]*\}/g, '*');
  const words = filled.split(/[\s'"`;&|()<>{}=,\\$]+/).filter((word) => word !== '' && !word.startsWith('-'));
  const from = words.findIndex((word) => runner.test(word));
  // Before the runner a pattern is a folder or a value, not a name of scripts.
  const possible = words.filter((word, at) => at >= from || !word.includes('*'));
  return possible.flatMap((word) => [...endsOf(word), ...(aliases[word] ?? [])]);
}

function endsOf(word: string): string[] {
  return word.split(':').map((_, at, parts) => parts.slice(at).join(':')).filter((end) => end !== '');
}
