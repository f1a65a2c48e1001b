/** Scripts of a package.json by name. */
type Scripts = Readonly<Record<string, unknown>>;

/**
 * Names of the scripts in package.json that these command lines run, directly or through other scripts, and that differ
 * between two versions of the file: whoever changes one changes what is measured.
 */
export function changedScripts(commands: readonly string[], before: string | undefined, now: string | undefined): readonly string[] {
  if (before === undefined || before === now) return [];
  const [old, fresh] = [scriptsOf(before), scriptsOf(now ?? '')];
  const names = new Set(commands.flatMap(scriptsIn));
  for (const name of names) {
    for (const more of [`pre${name}`, `post${name}`]) if (Object.hasOwn(old, more) || Object.hasOwn(fresh, more)) names.add(more);
    for (const scripts of [old, fresh]) for (const inner of scriptsIn(String(own(scripts, name) ?? ''))) names.add(inner);
  }
  return [...names].filter((name) => own(old, name) !== own(fresh, name));
}

function scriptsOf(text: string): Scripts {
  try {
    const parsed: unknown = JSON.parse(text);
    const scripts: unknown = typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : undefined;
    return typeof scripts === 'object' && scripts !== null ? (scripts as Scripts) : {};
  } catch {
    // A file that npm could not read either: it has no scripts.
    return {};
  }
}

function own(scripts: Scripts, name: string): unknown {
  return Object.hasOwn(scripts, name) ? scripts[name] : undefined;
}

/** `npm test`, `npm run x`, `yarn x`, `pnpm run x`, `npm-run-all x y`, with options between. */
function scriptsIn(command: string): string[] {
  const calls = command.matchAll(/\b(?:npm|pnpm|yarn|bun)(?: +-{1,2}[\w-]+(?:=\S+)?)* +(?:(?:run|run-script) +)?(?:-{1,2}[\w-]+(?:=\S+)? +)*([\w@/.:-]+)/g);
  return [...calls].map(([, name = '']) => (name === 't' || name === 'tst' ? 'test' : name));
}
