import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { onDisk } from './places.ts';

/**
 * What tells the mount that an open file lies on from others: the kernel's number of it (since Linux 3.15), because two mounts of one file system have one
 * device; the device where it is not told. Linux only.
 */
export function mountOf(descriptor: number): string {
  return /^mnt_id:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1] ?? `device ${fstatSync(descriptor).dev}`;
}

/** Linux's O_PATH, which Node has no name for: the folder need not be readable. */
const byPath = 0o10000000 | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Finds the folder `name` in an entered folder, through no link and whatever its permissions are, and calls `use` with a name for exactly this one and
 * whether something else is mounted there. Linux only. Throws the system's error where there is no folder.
 */
export function atFolder<Result>(place: string, name: string, use: (folder: string, isMountPoint: boolean) => Result): Result {
  return opened(`${place}/.`, (around) => opened(onDisk(place, name), (folder) => use(`/proc/self/fd/${folder}`, mountOf(folder) !== mountOf(around))));
}

function opened<Result>(folder: string | Buffer, use: (descriptor: number) => Result): Result {
  const descriptor = openSync(folder, byPath);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
