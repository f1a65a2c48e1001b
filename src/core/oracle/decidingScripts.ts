import type { Path } from '../session/changes.ts';
import { scriptCalls } from './scriptCalls.ts';

/** A package.json at the base and in the candidate; `undefined` where there is none. */
export interface Manifest {
  readonly path: Path;
  readonly before: string | undefined;
  readonly now: string | undefined;
  /** It stands at the top of a root beside the main one: its settings are those of everything there. */
  readonly top?: boolean;
}

/** What of a package.json decides about its scripts. */
interface Package {
  readonly scripts: Readonly<Record<string, unknown>>;
  readonly name: unknown;
  readonly workspaces: string | undefined;
  /** What else may decide about checks: key of the manifest to its value as JSON. */
  readonly settings: ReadonlyMap<string, string>;
  /** The text, where it is no JSON object: any difference of it counts. */
  readonly unreadable?: string;
}

interface Pair {
  readonly path: Path;
  readonly top: boolean;
  readonly before: Package | undefined;
  readonly now: Package | undefined;
}

const root = 'package.json';

/**
 * Keys that describe a package and decide nothing about its checks. Any other may: `"mocha": {"dry-run": true}` passes
 * every test, scripts read `config`, `type` says how each file is loaded. Packages are installed as the base lists them.
 */
const describing: ReadonlySet<string> = new Set([
  'version', 'description', 'keywords', 'homepage', 'bugs', 'license', 'author', 'contributors', 'funding', 'repository', 'private', 'publishConfig',
  'files', 'main', 'module', 'browser', 'types', 'typings', 'exports', 'imports', 'bin', 'man', 'directories', 'sideEffects', 'engines', 'os', 'cpu',
  'dependencies', 'devDependencies', 'peerDependencies', 'peerDependenciesMeta', 'optionalDependencies', 'bundleDependencies', 'bundledDependencies', 'overrides', 'resolutions',
]);
/** Keys with rules of their own. */
const ruled: ReadonlySet<string> = new Set(['scripts', 'name', 'workspaces']);

/**
 * What changed in the package.json files of what these command lines run, directly or through other scripts: whoever
 * changes a script changes what is measured. A line that does not plainly run a script of the root may run those of any
 * package; then the names of packages and the lists of workspaces, by which packages are chosen, count as well.
 * Answers `path (script name)` and the like.
 */
export function changedScripts(commands: readonly string[], manifests: readonly Manifest[]): readonly string[] {
  if (manifests.every(({ before, now }) => before === now)) return [];
  const pairs = manifests.map(({ path, before, now, top = path === root }) => ({ path, top, before: packageOf(before), now: packageOf(now) }));
  const { here, anywhere } = calledScripts(commands, pairs);
  const scripts = pairs.flatMap((pair) => [...new Set([...anywhere, ...(pair.path === root ? here : [])])].filter((name) => scriptChanged(pair, name, pairs)).map((name) => `${pair.path} (script ${name})`));
  const settings = pairs.flatMap(settingsChanged);
  return anywhere.size === 0 ? [...scripts, ...settings] : [...scripts, ...settings, ...pairs.flatMap(choiceChanged)];
}

interface Called {
  readonly here: ReadonlySet<string>;
  readonly anywhere: ReadonlySet<string>;
}

/** Follows the lines into the scripts that they run, as they were and as they are. */
function calledScripts(commands: readonly string[], pairs: readonly Pair[]): Called {
  const known = [...new Set(pairs.flatMap(({ before, now }) => [before, now]).flatMap((one) => Object.keys(one?.scripts ?? {})))];
  const [here, anywhere] = [new Set<string>(), new Set<string>()];
  const take = (line: string, inRoot: boolean) => {
    const calls = scriptCalls(line);
    for (const name of calls.here) (inRoot ? here : anywhere).add(name);
    for (const word of calls.anywhere) for (const name of known.filter(matcherOf(word))) anywhere.add(name);
  };
  for (const command of commands) take(command, true);
  // Sets take in what is added while they are gone through; `here` may grow again by what `anywhere` adds.
  for (let size = -1; size !== here.size + anywhere.size;) {
    size = here.size + anywhere.size;
    for (const [names, of] of [[here, pairs.filter(({ path }) => path === root)], [anywhere, pairs]] as const) {
      for (const name of names) {
        for (const more of [`pre${name}`, `post${name}`]) if (known.includes(more)) names.add(more);
        for (const { path, before, now } of of) for (const one of [before, now]) take(String(scriptOf(one, name) ?? ''), path === root);
      }
    }
  }
  return { here, anywhere };
}

/** A word is a name, or a pattern of names as runners of many scripts have them. */
function matcherOf(word: string): (name: string) => boolean {
  if (!/[*?[\]!]|^\/.*\/$/.test(word)) return (name) => name === word;
  // Regular expressions and the like: whatever they may match counts.
  if (/[?[\]!]|^\/.*\/$/.test(word) || word.split('*').length > 4) return () => true;
  const pattern = new RegExp(`^${word.split(/\*+/).map((part) => part.replace(/[.+^${}()|\\/]/g, '\\$&')).join('.*')}$`);
  return (name) => pattern.test(name);
}

function scriptChanged({ path, before, now }: Pair, name: string, pairs: readonly Pair[]): boolean {
  if (before !== undefined) return scriptOf(before, name) !== scriptOf(now, name);
  // A new package changes nothing that was there, unless it comes in the place of one: nearer than that, or by its name.
  const replaced = pairs.some((other) => scriptOf(other.before, name) !== undefined && (path.startsWith(folderOf(other.path)) || (now?.name !== undefined && other.before?.name === now.name)));
  return path !== root && replaced && scriptOf(now, name) !== undefined;
}

function choiceChanged({ path, before, now }: Pair): string[] {
  if (before === undefined || now === undefined) return [];
  return [...(before.name === now.name ? [] : [`${path} (name)`]), ...(before.workspaces === now.workspaces ? [] : [`${path} (workspaces)`])];
}

/** A new package in a subfolder brings settings for itself alone. */
function settingsChanged({ path, top, before, now }: Pair): string[] {
  if (before === undefined && !top) return [];
  const keys = new Set([...(before?.settings.keys() ?? []), ...(now?.settings.keys() ?? [])]);
  return [...keys].filter((key) => before?.settings.get(key) !== now?.settings.get(key)).map((key) => `${path} (${key})`);
}

function folderOf(path: Path): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function packageOf(text: string | undefined): Package | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    if (typeof parsed === 'object' && parsed !== null) {
      const { scripts, name, workspaces } = parsed as Readonly<Record<string, unknown>>;
      return { scripts: typeof scripts === 'object' && scripts !== null ? (scripts as Package['scripts']) : {}, name, workspaces: JSON.stringify(workspaces), settings: settingsOf(parsed as Readonly<Record<string, unknown>>) };
    }
  } catch {
    // What no package manager could read either, or a link.
  }
  return { scripts: {}, name: undefined, workspaces: undefined, settings: new Map(), unreadable: text };
}

function settingsOf(parsed: Readonly<Record<string, unknown>>): Package['settings'] {
  return new Map(Object.entries(parsed).filter(([key]) => !describing.has(key) && !ruled.has(key)).map(([key, value]) => [key, JSON.stringify(value)]));
}

function scriptOf(one: Package | undefined, name: string): unknown {
  return one?.unreadable ?? (one !== undefined && Object.hasOwn(one.scripts, name) ? one.scripts[name] : undefined);
}
