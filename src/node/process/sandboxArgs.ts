import { type Layered, mergedOf } from './overlay.ts';
import type { Hidden, SystemLayout } from './systemLayout.ts';

/** Everything that a sandbox shows and allows; all paths are absolute, real and exist. */
export interface SandboxPlan {
  readonly system: SystemLayout;
  /** Folders with programs outside the system's own, read-only. */
  readonly toolchains: readonly string[];
  /** The work trees, none inside another. */
  readonly roots: readonly string[];
  readonly workTree: 'writable' | 'read-only';
  /** Work trees that are shown through a layer, which takes what is written. */
  readonly layered: readonly Layered[];
  /** Folders of the work tree that cannot be moved or removed, those around others first. */
  readonly pinned: readonly string[];
  /** Paths that are read-only wherever they lie, such as the oracle and the repository's git folders. */
  readonly readOnly: readonly string[];
  /** Paths that are not to be seen. */
  readonly hidden: readonly Hidden[];
  /** Folders of the user's that stand at another place in here, read-only. */
  readonly borrowed: readonly { readonly from: string; readonly at: string }[];
  /** The user's home folder; in its place there is an empty one. */
  readonly home: string;
  readonly cwd: string;
  readonly network: 'none' | 'full';
  readonly env: Readonly<Record<string, string>>;
  /** Who runs it. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** What the bubblewrap of this machine can do. */
  readonly features: SandboxFeatures;
}

export interface SandboxFeatures {
  readonly disableUserns: boolean;
  readonly size: boolean;
}

/** Bytes that a command may keep in the temporary folders of its sandbox; they are in memory. */
const memoryLimit = String(1024 * 1024 * 1024);

/**
 * Arguments for bubblewrap that run `argv` with nothing but what the plan shows. What comes later lies above what came
 * before: the work tree above the empty home and temporary folders that it may be in, what is protected above the work tree.
 */
export function sandboxArgs(plan: SandboxPlan, argv: readonly string[]): string[] {
  const { system, roots, workTree, features } = plan;
  const tmpfs = (at: string) => [...(features.size ? ['--size', memoryLimit] : []), '--tmpfs', at];
  return [
    ...isolation(plan),
    ...system.folders.flatMap((folder) => ['--ro-bind', folder, folder]),
    ...system.links.flatMap(({ at, to }) => ['--symlink', to, at]),
    ...hide(system.private),
    '--dev', '/dev', '--proc', '/proc', ...tmpfs('/tmp'), ...tmpfs('/var/tmp'), ...tmpfs(plan.home),
    ...(plan.network === 'full' && system.resolver !== undefined ? ['--ro-bind', system.resolver, system.resolver] : []),
    ...plan.toolchains.flatMap((folder) => ['--ro-bind', folder, folder]),
    ...roots.flatMap((root) => [workTree === 'writable' ? '--bind' : '--ro-bind', shown(plan, root), root]),
    // What is mounted cannot be renamed; a work tree that is read-only needs no more than that.
    ...(workTree === 'writable' ? plan.pinned.flatMap((path) => ['--bind', shown(plan, path), path]) : []),
    ...plan.borrowed.flatMap(({ from, at }) => ['--ro-bind', from, at]),
    ...plan.readOnly.flatMap((path) => ['--ro-bind', path, path]),
    ...hide(plan.hidden),
    '--remount-ro', '/', '--chdir', plan.cwd,
    '--clearenv', ...Object.entries(plan.env).flatMap(([name, value]) => ['--setenv', name, value]),
    '--', ...argv,
  ];
}

/** Where a path of a work tree is outside of the sandbox, as the command shall see it. */
function shown({ layered }: SandboxPlan, path: string): string {
  const tree = layered.find(({ root }) => path === root || path.startsWith(`${root}/`));
  return tree === undefined ? path : `${mergedOf(tree)}${path.slice(tree.root.length)}`;
}

function isolation({ network, features, layered, user }: SandboxPlan): string[] {
  return [
    // Around it the user is another one, who may mount.
    ...(layered.length === 0 ? [] : ['--uid', String(user.uid), '--gid', String(user.gid)]),
    '--json-status-fd', '3', '--unshare-all', '--unshare-user', ...(features.disableUserns ? ['--disable-userns'] : []),
    ...(network === 'full' ? ['--share-net'] : []), '--die-with-parent', '--new-session', '--cap-drop', 'ALL',
  ];
}

function hide(paths: readonly Hidden[]): string[] {
  return paths.flatMap(({ path, directory }) => (directory ? ['--tmpfs', path, '--remount-ro', path] : ['--ro-bind', '/dev/null', path]));
}
