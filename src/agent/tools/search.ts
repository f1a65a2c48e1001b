import { costFault } from '../../core/contract/globSyntax.ts';
import { compileGlobs } from '../../core/guard/globs.ts';
import { limited } from './limit.ts';
import type { Tool, ToolContext, Refusal } from './tool.ts';
import { refuse } from './tool.ts';

const mostPaths = 500;

export const glob: Tool<'glob'> = {
  name: 'glob',
  title: (input) => input.pattern,
  async propose(input, context) {
    const fault = costFault(input.pattern);
    if (fault !== undefined) return refuse('schema', fault);
    const under = await folder(input.path, context);
    if ('refused' in under) return under;
    return {
      proposal: { kind: 'look', paths: under.paths },
      async carryOut() {
        const found = await context.run.ports.workspace.glob(input.pattern, under.paths[0]);
        const paths = visible(found.paths, context);
        const shown = paths.slice(0, mostPaths);
        const least = found.truncated ? 'at least ' : '';
        const rest = paths.length > shown.length ? `\n… ${least}${paths.length - shown.length} more` : '';
        return { outcome: 'done', text: `${least}${paths.length} files\n${shown.join('\n')}${rest}`, summary: `${least}${paths.length} files` };
      },
    };
  },
};

export const grep: Tool<'grep'> = {
  name: 'grep',
  title: (input) => input.pattern,
  async propose(input, context) {
    const under = await folder(input.path, context);
    if ('refused' in under) return under;
    return {
      proposal: { kind: 'look', paths: under.paths },
      async carryOut() {
        const found = await context.run.ports.workspace.grep(input.pattern, under.paths[0]);
        if ('error' in found) return { outcome: 'failed', text: `the pattern could not be searched: ${found.error}` };
        const secret = compileGlobs(context.run.recorder.session.contract.scope.secret);
        const matches = found.matches.filter((match) => secret(match.path) === undefined);
        const head = `${found.truncated ? 'at least ' : ''}${matches.length} matches`;
        const { text, artifact } = await limited(`${head}\n${matches.map((match) => `${match.path}:${match.line}: ${match.text}`).join('\n')}`, context.run.ports.artifacts);
        return { outcome: 'done', text, summary: head, ...(artifact === undefined ? {} : { artifact }) };
      },
    };
  },
};

async function folder(path: string | undefined, context: ToolContext): Promise<{ readonly paths: readonly string[] } | Refusal> {
  if (path === undefined || path === '' || path === '.') return { paths: [] };
  const at = await context.run.ports.workspace.resolve(path);
  return 'refused' in at ? refuse('scope', at.refused) : { paths: [at.path] };
}

function visible(paths: readonly string[], context: ToolContext): readonly string[] {
  const secret = compileGlobs(context.run.recorder.session.contract.scope.secret);
  return paths.filter((path) => secret(path) === undefined);
}
