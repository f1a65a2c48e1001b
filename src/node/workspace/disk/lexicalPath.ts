import type { Path } from '../../../core/session/changes.ts';
import { isWellFormed } from '../common/bytes.ts';

export type Resolved = { readonly path: Path } | { readonly refused: string };

/** How a path segment may look to some file system that ignores case, invisible characters, trailing dots or streams. */
export function foldSegment(segment: string): string {
  const visible = segment.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '').normalize('NFC').toLowerCase();
  return visible.replace(/:.*$/s, '').replace(/[. ]+$/, '');
}

/** Whether some file system takes the name for git's own folder. */
export const isGitName = (segment: string): boolean => /^(\.git|git~\d+)$/.test(foldSegment(segment));

/** Whether git takes no file by this path into a commit, here or on another system. A link must not be `.gitmodules`. */
export function isRefusedByGit(path: Path, isLink: boolean): boolean {
  // Asked of every file of a tree, and hardly any is like it.
  if (!/git|gi7eba|[^\0-\x7f]/i.test(path)) return false;
  const names = path.split(/[/\\]/);
  return names.some(isGitName) || (isLink && /^(\.gitmodules|gitmod~\d|gi7eba~\d)$/.test(foldSegment(names.at(-1) ?? '')));
}

/** Whether the path lies in Bounded's own folder. */
export const isBoundedPath = (path: Path): boolean => /^(\.bounded|bounde~\d+)$/.test(foldSegment(path.split('/')[0] ?? ''));

/**
 * Brings what a model wrote (absolute, `./`, `..`, backslashes) into the form of a workspace path, by the text alone.
 * `roots` are the names of the workspace folder, absolute and with `/`.
 */
export function lexicalPath(text: string, roots: readonly string[], platform: NodeJS.Platform): Resolved {
  const refusal = refusedForm(text);
  if (refusal !== undefined) return { refused: refusal };
  const plain = text.replaceAll('\\', '/');
  const relative = withoutRoot(plain, roots, platform);
  if (relative === undefined) return { refused: `${text} is outside of the workspace` };
  const segments: string[] = [];
  for (const segment of relative.split('/')) {
    if (segment === '..') {
      if (segments.pop() === undefined) return { refused: `${text} is outside of the workspace` };
    } else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const refused = segments.map((segment) => refusedSegment(segment, platform)).find((why) => why !== undefined);
  return refused === undefined ? { path: segments.join('/') } : { refused };
}

function refusedForm(text: string): string | undefined {
  if (text === '') return 'the path is empty';
  if (!isWellFormed(text) || hidden.test(text)) return 'the path has characters that cannot be seen';
  if (text.startsWith('~')) return `${text}: "~" stands for no folder here; write the path itself`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `${text} is an address, not a path`;
  if (text.startsWith('\\\\')) return `${text} is outside of the workspace`;
  return Buffer.byteLength(text) > longestPath ? 'the path is too long' : undefined;
}

/** Control characters and those that turn the direction of writing. */
const hidden = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const longestPath = 3500;
const longestSegment = 255;

/** The path below the workspace folder; undefined where an absolute path is not below it. */
function withoutRoot(plain: string, roots: readonly string[], platform: NodeJS.Platform): string | undefined {
  if (!plain.startsWith('/') && !/^[a-z]:/i.test(plain)) return plain;
  const fold = (text: string) => (platform === 'win32' ? text.toLowerCase() : text);
  const root = roots.find((one) => fold(plain) === fold(one) || fold(plain).startsWith(`${fold(one).replace(/\/$/, '')}/`));
  return root === undefined ? undefined : plain.slice(root.replace(/\/$/, '').length + 1);
}

function refusedSegment(segment: string, platform: NodeJS.Platform): string | undefined {
  if (isGitName(segment)) return `${segment} belongs to git`;
  if (Buffer.byteLength(segment) > longestSegment) return `the name ${segment.slice(0, 40)}… is too long`;
  if (platform !== 'win32') return undefined;
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(segment.trimEnd())) return `${segment} is the name of a device`;
  return /[<>:"|?*]|[. ]$|~\d/.test(segment) ? `${segment} is no plain file name` : undefined;
}
