import path from 'node:path';

/** A work tree that a command sees whole and writes beside: what it writes lands in `layer`, and the tree itself stays as it is. */
export interface Layered {
  /** Real path of the work tree. */
  readonly root: string;
  /** Private folder with `upper`, `work` and `merged`. */
  readonly layer: string;
}

/** Programs that lay an overlay, by their absolute paths. */
export interface OverlayPrograms {
  readonly bubblewrap: string;
  readonly mount: string;
  readonly find: string;
  /** PATH with `find` and `xargs`. */
  readonly path: string;
}

/** Where the command finds the work tree with its own writes in it. */
export const mergedOf = ({ layer }: Layered): string => path.join(layer, 'merged');
/** What was written, as overlayfs keeps it. */
export const upperOf = (layer: string): string => path.join(layer, 'upper');
/**
 * What the command saw in those folders of the upper layer that the work tree has too, each by its own name with a `/` behind it and the names in it:
 * what is not named there was removed.
 */
export const seenOf = (layer: string): string => path.join(layer, 'seen');

/**
 * Mounts one overlay, runs the rest of its arguments and notes what they saw. The work tree comes as an open folder, so that nothing in its name has a
 * meaning for mount. `volatile`: the kernel would write out the whole file system each time an overlay goes. It leaves folders that nobody may enter, which
 * could not be removed later.
 */
const script = `
mount=$1 root=$2 layer=$3; shift 3
cd "$root" && exec 8<. && cd "$layer" || exit 125
"$mount" -t overlay overlay -o volatile,userxattr,lowerdir=/proc/self/fd/8,upperdir=upper,workdir=work merged || exit 125
exec 8<&-
"$@"
status=$?
exec 3>&-
cd "$layer/upper" && find . -type d -print0 2>/dev/null | (cd ../merged && xargs -0 sh -c '
root=$1; shift
for folder; do shift; [ ! -d "$root/$folder" ] || [ -L "$root/$folder" ] || set -- "$@" "$folder/"; done
[ $# -eq 0 ] || find "$@" -maxdepth 1 -print0' sh "$root" 2>/dev/null) > ../seen.part && mv ../seen.part ../seen
chmod -R u+rwx "$layer/work" 2>/dev/null
exit $status
`;

/**
 * The command line that runs `inner` with an overlay over each work tree. It has the rights to mount in a user namespace of its own; `inner` has to
 * give them up: that is bubblewrap, with a namespace inside of this one.
 */
export function overlaid({ bubblewrap, mount, path: programs }: OverlayPrograms, trees: readonly Layered[], inner: readonly string[]): [string, ...string[]] {
  const nested = trees.reduceRight<readonly string[]>((rest, { root, layer }) => ['/bin/sh', '-c', script, 'sh', mount, root, layer, ...rest], inner);
  return [
    bubblewrap, '--unshare-user', '--uid', '0', '--gid', '0', '--cap-add', 'ALL', '--dev-bind', '/', '/', '--die-with-parent', '--setenv', 'PATH', programs,
    '--', ...nested,
  ];
}
