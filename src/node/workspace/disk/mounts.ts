/** File systems that take the times of files from this machine's clock, and on which a folder's own times tell that an entry came or went. */
const ownClock: ReadonlySet<string> = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'bcachefs', 'zfs', 'tmpfs', 'overlay']);

/** Whether a folder, a real path, lies with all that is below it on one such file system. `mounts` has the form of Linux's /proc/self/mountinfo, a character per byte. */
export function isLocal(mounts: string, root: string): boolean {
  const here = latin1(root);
  const lines = mountsIn(mounts);
  const around = lines.filter(({ place }) => place === '/' || here === place || here.startsWith(`${place}/`));
  // Of those at the same place the last one covers the others.
  const nearest = around.reduce<(typeof lines)[number] | undefined>((best, one) => (best === undefined || one.place.length >= best.place.length ? one : best), undefined);
  return nearest !== undefined && ownClock.has(nearest.type) && !hasMountsBelow(mounts, root);
}

/**
 * Why no overlay can be laid over a folder, a real path, in words; undefined where nothing here speaks against it. What is mounted below would not be seen
 * through it, and by a clock that is not this machine's nobody can tell what changed after a command began. `mounts` as above.
 */
export function whyNotOver(mounts: string, root: string): string | undefined {
  if (hasMountsBelow(mounts, root)) return `something is mounted below ${root}`;
  return isLocal(mounts, root) ? undefined : `${root} lies on a file system with a clock of its own`;
}

function hasMountsBelow(mounts: string, root: string): boolean {
  return mountsIn(mounts).some(({ place }) => place.startsWith(`${latin1(root)}/`));
}

function mountsIn(mounts: string): readonly { readonly place: string; readonly type: string }[] {
  return mounts.split('\n').flatMap((line) => {
    const [place, type] = [/^(?:\S+ ){4}(\S+) /.exec(line)?.[1], / - (\S+) /.exec(line)?.[1]];
    return place === undefined || type === undefined ? [] : [{ place: unescaped(place), type }];
  });
}

const latin1 = (path: string): string => Buffer.from(path).toString('latin1');

const unescaped = (text: string): string => text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
