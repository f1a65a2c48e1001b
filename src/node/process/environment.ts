/** What differs between the environments of children; everything else of them is fixed. */
export interface Surroundings {
  readonly path: string;
  /** A private folder. */
  readonly home: string;
  readonly temp: string;
  readonly network: 'none' | 'full';
  /** Where installed languages are, for programs that look for themselves in the home folder. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Settings that keep a repository's own configuration from running code through git, and git from asking or locking. */
const gitConfig: readonly (readonly [string, string])[] = [
  ['safe.bareRepository', 'explicit'], ['core.fsmonitor', 'false'], ['core.hooksPath', '/dev/null'], ['protocol.ext.allow', 'never'],
];

const fixed: Readonly<Record<string, string>> = {
  LANG: 'C.UTF-8', TZ: 'UTC', CI: '1', TERM: 'dumb', NO_COLOR: '1', PAGER: 'cat',
  GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_ATTR_NOSYSTEM: '1', GIT_PAGER: 'cat', GIT_EDITOR: 'true',
  GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0',
  // An environment variable outweighs the .npmrc of a project, which could name another program as the shell of scripts.
  npm_config_script_shell: '/bin/sh', npm_config_update_notifier: 'false', npm_config_fund: 'false', npm_config_audit: 'false',
};

/** How a network is reached, passed on only with the network and only without credentials in it. */
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'];

/** The whole environment of a child, built from nothing: what the user's own environment holds is not in it. */
export function childEnvironment({ path, home, temp, network, variables }: Surroundings): Record<string, string> {
  const git: Record<string, string> = { GIT_CONFIG_COUNT: String(gitConfig.length) };
  gitConfig.forEach(([key, value], index) => Object.assign(git, { [`GIT_CONFIG_KEY_${index}`]: key, [`GIT_CONFIG_VALUE_${index}`]: value }));
  return { ...variables, ...fixed, ...git, PATH: path, HOME: home, TMPDIR: temp, ...(network === 'full' ? networkVariables() : {}) };
}

function networkVariables(): Record<string, string> {
  const set = proxies.flatMap((name) => {
    const value = process.env[name];
    return value === undefined || value.includes('@') ? [] : [[name, value] as const];
  });
  return Object.fromEntries(set);
}
