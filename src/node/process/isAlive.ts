/** Whether a process of this machine has this id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Only "no such process" means that it is gone; "not permitted" means that it is another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
