import { fileToChange, proposeContent } from './editing.ts';
import type { Tool } from './tool.ts';
import { refuse } from './tool.ts';

export const write: Tool<'write'> = {
  name: 'write',
  title: (input) => input.file_path,
  async propose(input, context) {
    const at = await context.run.ports.workspace.resolve(input.file_path);
    if ('refused' in at) return refuse('scope', at.refused);
    const found = await fileToChange(at.path, context);
    return 'refused' in found ? found : proposeContent(at.path, input.content, found.file, context);
  },
};
