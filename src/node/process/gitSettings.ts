/** Settings of git that hold no secret: the name of the section, with `.*` for a subsection, and its keys; `*` for any key. */
const known: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries([
    'advice', 'blame', 'branch', 'checkout', 'color', 'commit', 'core', 'diff', 'extensions', 'feature', 'fetch', 'gc', 'grep', 'gui', 'index', 'init', 'log',
    'maintenance', 'merge', 'pack', 'protocol', 'pull', 'rebase', 'rerere', 'stash', 'status', 'submodule', 'tag', 'worktree',
  ].map((section) => [section, ['*']])),
  'branch.*': ['*'], 'color.*': ['*'], 'diff.*': ['*'], 'gc.*': ['*'], 'maintenance.*': ['*'], 'merge.*': ['*'], 'protocol.*': ['*'], 'submodule.*': ['*'],
  'push': ['autosetupremote', 'default', 'followtags', 'gpgsign', 'recursesubmodules', 'useforceifincludes'],
  'receive': ['autogc', 'denycurrentbranch', 'denydeletes', 'denynonfastforwards'],
  'user': ['name', 'email', 'signingkey'],
  'remote': ['pushdefault'],
  'remote.*': ['url', 'pushurl', 'fetch', 'push', 'mirror', 'prune', 'prunetags', 'tagopt', 'promisor', 'partialclonefilter', 'skipdefaultupdate', 'skipfetchall', 'followremotehead', 'gh-resolved'],
  'lfs': ['repositoryformatversion', 'url'], 'lfs.*': ['access', 'locksverify'],
  'credential': ['helper'],
};

/** Settings whose value is a command line, in which anything may stand. */
const commands = new Set([
  'core.alternaterefscommand', 'core.askpass', 'core.editor', 'core.fsmonitor', 'core.gitproxy', 'core.pager', 'core.sshcommand', 'credential.helper',
  'diff.external', 'diff.*.command', 'diff.*.textconv', 'gc.recentobjectshook', 'merge.*.driver',
]);
/** A program without arguments, or ssh with a key's file, a port, an option. */
const plainCommand = /^(?:[\w./~-]*|ssh(?: -[46aTx]| -[iopF] ?[\w./~=-]+)*)$/;

/** An address that carries more than where it leads: a user with a password, a user where none is needed, a query. */
const tellingAddress = /^[^/\s]*:[^/\s]*@|(?:^|[^\w+.-])(?!(?:git\+)?ssh:)[\w+.-]+:\/\/\S*[@?]|ssh:\/\/[^@\s]*:[^\s]*@|^\w+::/i;
/** Words with which a value says itself what it is. */
const tellingWord = /(?:pass(?:word|wd|phrase)?|token|secret|authorization|credential)s?\s*[=:]/i;

/** Whether a setting may hold a secret: all of them do but those that are known for what they hold. `name` is as git lists it, `value` absent where it has none. */
export function maySettingBeSecret(name: string, value: string | undefined): boolean {
  const { general, section, key } = partsOf(name);
  const keys = known[section] ?? [];
  if (!keys.includes('*') && !keys.includes(key)) return true;
  if (commands.has(general)) return !plainCommand.test(value ?? '');
  return [name, value ?? ''].some((text) => text.startsWith('!') || tellingAddress.test(text) || tellingWord.test(text));
}

/** What a setting is called without its subsection, in which a secret may stand. */
export function generalName(name: string): string {
  return partsOf(name).general;
}

function partsOf(name: string): { readonly general: string; readonly section: string; readonly key: string } {
  const [first, last] = [name.indexOf('.'), name.lastIndexOf('.')];
  const section = first === last ? name.slice(0, Math.max(first, 0)) : `${name.slice(0, first)}.*`;
  const key = name.slice(last + 1);
  return { general: `${section}.${key}`, section, key };
}
