import type { Path } from '../../../core/session/changes.ts';
import { decodeBytes, encodeText, looksBinary } from '../common/bytes.ts';
import type { Git } from '../git/git.ts';
import type { UserRepository } from './userRepository.ts';
import { unlessPiped } from './unlessPiped.ts';
import { userSetting } from './userSettings.ts';

/** What the user's attributes say of a path when its content goes into a commit. */
export interface Attributes {
  readonly text?: string;
  readonly eol?: string;
  readonly ident?: string;
  /** A program of the user's that would change the content; it is never run. */
  readonly filter?: string;
  /** The encoding on the disk; in a commit it would be UTF-8. */
  readonly 'working-tree-encoding'?: string;
}

/** Looks the attributes up; git reads the attribute files and runs nothing. Throws `Paused` where one is a pipe. */
export async function attributesOf(git: Git, program: string, repository: UserRepository, paths: readonly Path[]): Promise<{ readonly of: ReadonlyMap<Path, Attributes>; readonly autocrlf: boolean }> {
  const autocrlf = ['true', 'input'].includes((await userSetting(program, repository, 'core.autocrlf')) ?? '');
  const of = new Map<Path, Record<string, string>>();
  if (paths.length === 0) return { of, autocrlf };
  const input = Buffer.concat(paths.flatMap((path) => [encodeText(repository.prefix + path), Buffer.from([0])]));
  const env = { GIT_DIR: repository.gitDir, GIT_WORK_TREE: repository.top };
  const args = ['check-attr', '-z', '--stdin', 'text', 'eol', 'ident', 'filter', 'working-tree-encoding'];
  const { stdout } = await unlessPiped(repository.top, '.gitattributes', (signal) => git.run({ args, env, cwd: repository.top, input, signal }));
  const fields = stdout.toString('latin1').split('\0');
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [name = '', attribute = '', value = ''] = fields.slice(at, at + 3);
    const path = decodeBytes(Buffer.from(name, 'latin1')).slice(repository.prefix.length);
    if (value !== 'unspecified') of.set(path, { ...of.get(path), [attribute]: value });
  }
  return { of, autocrlf };
}

/** The content as git would commit it, as far as line ends and `$Id$` go; `head` is what HEAD has there. */
export function committedContent(content: Buffer, head: Buffer | undefined, attributes: Attributes, autocrlf: boolean): Buffer {
  if (isUnfiltered(attributes)) return content;
  const ended = withoutCrs(content, head, attributes, autocrlf);
  return attributes.ident === 'set' ? Buffer.from(ended.toString('latin1').replaceAll(/\$Id:[^$\n]*\$/g, '$$Id$$'), 'latin1') : ended;
}

/** Whether git would put the content through a program or another encoding, which Bounded does not. */
export function isUnfiltered({ filter, 'working-tree-encoding': encoding }: Attributes): boolean {
  return ![filter, encoding].every((value) => value === undefined || value === 'unset');
}

function withoutCrs(content: Buffer, head: Buffer | undefined, attributes: Attributes, autocrlf: boolean): Buffer {
  const certain = attributes.text === 'set' || (attributes.text === undefined && (attributes.eol === 'lf' || attributes.eol === 'crlf'));
  const guessed = attributes.text === 'auto' || (attributes.text === undefined && autocrlf);
  if (!content.includes('\r\n') || !(certain || (guessed && !looksBinary(content) && head?.includes('\r\n') !== true))) return content;
  return Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
