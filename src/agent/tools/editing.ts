import { ruleTarget } from '../../core/guard/rule.ts';
import type { Blob, Path } from '../../core/session/changes.ts';
import { measureUseWith } from '../diffUse.ts';
import type { FileRead } from '../ports.ts';
import type { Answer, Proposed, Refusal, ToolContext } from './tool.ts';
import { refuse } from './tool.ts';

export type TextFile = Extract<FileRead, { kind: 'text' }>;

/** The file that a tool is about to change, or why it must not: it was not read, or it has changed since it was. */
export async function fileToChange(path: Path, { run, conversation }: ToolContext): Promise<{ readonly file: TextFile | undefined } | Refusal> {
  const target = ruleTarget(run.recorder.session, path);
  if (!target.allow) return refuse(target.reason, target.message);
  const file = await run.ports.workspace.read(path);
  if (file.kind === 'missing') return { file: undefined };
  if (file.kind === 'directory') return refuse('schema', `${path} is a folder`);
  if (file.kind === 'refused') return refuse('scope', `${path}: ${file.why}`);
  if (file.kind === 'binary') return refuse('schema', `${path} is not a text file in UTF-8 and cannot be edited as one`);
  const seen = run.reads.oidOf(conversation.id, path);
  if (seen === undefined) return refuse('stale', `${path} exists and was not read in this conversation. Read it first.`);
  if (seen === file.blob.oid) return { file };
  run.reads.note(conversation.id, path, file.blob.oid);
  return refuse('stale', `${path} has changed since it was read. Its content now:\n${file.text.slice(0, 20_000)}`);
}

/** Proposes new content for a path; the write is atomic and fails if the file has changed in between. */
export async function proposeContent(path: Path, content: string, before: TextFile | undefined, context: ToolContext): Promise<Proposed> {
  const { run, conversation } = context;
  const expected: { expected?: Blob } = before === undefined ? {} : { expected: before.blob };
  const change = { kind: 'write' as const, path, content, ...expected };
  return {
    proposal: { kind: 'edit', change, after: await measureUseWith(run, context.tree, path, content) },
    async carryOut(): Promise<Answer> {
      const done = await run.ports.workspace.apply(change);
      if (!done.ok) return { outcome: 'failed', text: `${path} was not written (${done.why}): ${done.detail}` };
      const now = await run.ports.workspace.read(path);
      if (now.kind !== 'text' || now.text !== content) return { outcome: 'failed', text: `${path} does not have the content that was written; something else changed it` };
      run.reads.note(conversation.id, path, now.blob.oid);
      const { added, removed } = (await run.ports.workspace.countLines(path, content, context.tree)) ?? { added: 0, removed: 0 };
      return { outcome: 'done', text: `${before === undefined ? 'Created' : 'Changed'} ${path}: ${added} lines added, ${removed} removed, ${now.lines} lines now.`, summary: `+${added} −${removed}` };
    },
  };
}
