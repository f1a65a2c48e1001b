import os from 'node:os';
import path from 'node:path';

/** What decides where private state lives; of the running process by default, of another machine in tests. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

export function thisMachine(): Machine {
  return { platform: process.platform, env: process.env, home: os.homedir() };
}

/**
 * Folder of everything that Bounded keeps for itself, whatever the repository. Every door on a machine gets the same
 * one. A variable that is not an absolute path is ignored, as the XDG specification asks.
 */
export function stateRoot({ platform, env, home }: Machine): string {
  if (platform === 'win32') {
    const local = absolute(path.win32, env['LOCALAPPDATA']) ?? path.win32.join(home, 'AppData', 'Local');
    return path.win32.join(local, 'Bounded');
  }
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support', 'Bounded');
  return path.posix.join(absolute(path.posix, env['XDG_STATE_HOME']) ?? path.posix.join(home, '.local', 'state'), 'bounded');
}

function absolute(flavour: path.PlatformPath, value: string | undefined): string | undefined {
  return value !== undefined && flavour.isAbsolute(value) ? value : undefined;
}
