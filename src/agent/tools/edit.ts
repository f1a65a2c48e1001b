import type { ToolInput } from '../../core/guard/toolInputs.ts';
import { fileToChange, proposeContent } from './editing.ts';
import type { Refusal, Tool } from './tool.ts';
import { refuse } from './tool.ts';

export const edit: Tool<'edit'> = {
  name: 'edit',
  title: (input) => input.file_path,
  async propose(input, context) {
    const at = await context.run.ports.workspace.resolve(input.file_path);
    if ('refused' in at) return refuse('scope', at.refused);
    const found = await fileToChange(at.path, context);
    if ('refused' in found) return found;
    if (found.file === undefined) return refuse('schema', `${at.path} does not exist; use write to create it`);
    const content = replaced(found.file.text, input);
    return typeof content === 'string' ? proposeContent(at.path, content, found.file, context) : content;
  },
};

/** The text after the replacement, or why there is none. The replacement is taken literally. */
export function replaced(text: string, input: ToolInput<'edit'>): string | Refusal {
  const eol = text.includes('\r\n') && !input.old_string.includes('\r\n');
  const [from, to] = eol ? [input.old_string.replaceAll('\n', '\r\n'), input.new_string.replaceAll('\n', '\r\n')] : [input.old_string, input.new_string];
  const count = text.split(from).length - 1;
  if (count === 0) return refuse('schema', 'old_string does not occur in the file');
  if (count > 1 && input.replace_all !== true) return refuse('schema', `old_string occurs ${count} times; make it longer, or set replace_all`);
  if (from === to) return refuse('schema', 'old_string and new_string are the same');
  return text.split(from).join(to);
}
