import type { KeepAnswer, KeepWish } from '../../agent/ports.ts';
import { diskFault } from '../../core/session/diskFault.ts';
import { sessionOfRoot } from '../../core/session/sessionOfRoot.ts';
import type { KeptBranch, Session } from '../../core/session/session.ts';
import type { OpenRoot } from './openRoot.ts';

/** What came of it in one root. */
interface Answered {
  readonly root: OpenRoot;
  readonly answer: KeepAnswer;
}

/** Keeps the work in each repository that it changed, and says of each what happened; that one refuses or fails takes nothing from the others. */
export async function keepEach(roots: readonly OpenRoot[], wish: KeepWish, session: Session): Promise<KeepAnswer> {
  const answers: Answered[] = [];
  for (const root of roots) {
    const own = sessionOfRoot(session, root.name);
    if (!isUntouched(own)) answers.push({ root, answer: await root.workspace.keep(wish, own).catch(refusal) });
  }
  return answers.length === 0 ? { ok: false, detail: 'there is nothing to keep: nothing differs from what the session started from, in no folder' } : joinAnswers(answers, 'not kept');
}

/** Removes each branch from the repository that it was made in. */
export async function dropEach(roots: readonly OpenRoot[], branches: readonly KeptBranch[]): Promise<KeepAnswer> {
  const answers: Answered[] = [];
  for (const { root: name = '', ...branch } of branches) {
    const root = roots.find((one) => one.name === name);
    if (root !== undefined) answers.push({ root, answer: await root.workspace.drop([branch]).catch(refusal) });
  }
  return joinAnswers(answers, 'not dropped');
}

const refusal = (error: unknown): KeepAnswer => ({ ok: false, detail: diskFault(error) ?? (error instanceof Error ? error.message : String(error)) });

function joinAnswers(answers: readonly Answered[], failed: string): KeepAnswer {
  const detail = answers.map(({ root: { name }, answer }) => `${name === '' ? 'the workspace folder' : name}: ${answer.ok ? '' : `${failed}, `}${answer.detail}`).join('\n');
  const branches = answers.flatMap(({ root: { name }, answer }) => (answer.branches ?? []).map((one) => (name === '' ? one : { ...one, root: name })));
  const [ok, some] = [answers.every(({ answer }) => answer.ok), answers.some(({ answer }) => answer.ok)];
  return { ok, detail, ...(branches.length === 0 ? {} : { branches }), ...(!ok && some ? { partly: true } : {}) };
}

/** Neither the session nor, since its start, the user has changed anything in this root. */
function isUntouched({ base, tree }: Session): boolean {
  return base !== undefined && tree === base.tree;
}
