import type { KeepAnswer, KeepWish } from '../../agent/ports.ts';
import { diskFault } from '../../core/session/diskFault.ts';
import { sessionOfRoot } from '../../core/session/sessionOfRoot.ts';
import type { Session } from '../../core/session/session.ts';
import type { OpenRoot } from './openRoot.ts';

/** Keeps the work in each repository that it changed, and says of each what happened; that one refuses or fails takes nothing from the others. */
export async function keepEach(roots: readonly OpenRoot[], wish: KeepWish, session: Session): Promise<KeepAnswer> {
  const answers: { readonly name: string; readonly answer: KeepAnswer }[] = [];
  for (const root of roots) {
    const own = sessionOfRoot(session, root.name);
    if (isUntouched(own)) continue;
    const answer = await root.workspace.keep(wish, own).catch((error: unknown): KeepAnswer => ({ ok: false, detail: diskFault(error) ?? (error instanceof Error ? error.message : String(error)) }));
    answers.push({ name: root.name === '' ? 'the workspace folder' : root.name, answer });
  }
  if (answers.length === 0) return { ok: false, detail: 'there is nothing to keep: nothing differs from what the session started from, in no folder' };
  const [done, failed] = [answers.filter(({ answer }) => answer.ok), answers.filter(({ answer }) => !answer.ok)];
  const detail = answers.map(({ name, answer }) => `${name}: ${answer.ok ? '' : 'not kept, '}${answer.detail}`).join('\n');
  return { ok: failed.length === 0, detail, ...(failed.length > 0 && done.length > 0 ? { partly: true } : {}) };
}

/** Neither the session nor, since its start, the user has changed anything in this root. */
function isUntouched({ base, tree }: Session): boolean {
  return base !== undefined && tree === base.tree;
}
