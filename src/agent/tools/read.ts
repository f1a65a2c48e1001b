import { numbered } from './limit.ts';
import type { Tool } from './tool.ts';
import { refuse } from './tool.ts';

export const read: Tool<'read'> = {
  name: 'read',
  title: (input) => input.file_path,
  async propose(input, { run, conversation }) {
    const at = await run.ports.workspace.resolve(input.file_path);
    if ('refused' in at) return refuse('scope', at.refused);
    return {
      proposal: { kind: 'look', paths: [at.path] },
      async carryOut() {
        const file = await run.ports.workspace.read(at.path);
        switch (file.kind) {
          case 'missing': return { outcome: 'failed', text: `${at.path} does not exist` };
          case 'directory': return { outcome: 'failed', text: `${at.path} is a folder; use glob` };
          case 'refused': return { outcome: 'failed', text: `${at.path} cannot be read: ${file.why}` };
          case 'binary': return { outcome: 'failed', text: `${at.path} is not a text file (${file.bytes} bytes)` };
          case 'text': {
            run.reads.note(conversation.id, at.path, file.blob.oid);
            const shown = numbered(file.text, input.view_range);
            return { outcome: 'done', text: shown.text, summary: `${shown.lines} lines` };
          }
        }
      },
    };
  },
};
