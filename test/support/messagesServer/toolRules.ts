import { blocksOf, type ApiBlock, type ApiMessage, type ApiTool } from './body.ts';

/** The rules about tools, calls and results, in the words of the API. */
export function toolRule(tools: readonly ApiTool[], messages: readonly ApiMessage[]): string | undefined {
  return definitionRule(tools) ?? callRule(messages) ?? messages.map((message, index) => resultRule(message, messages[index - 1], index)).find((text) => text !== undefined);
}

function definitionRule(tools: readonly ApiTool[]): string | undefined {
  const bad = tools.findIndex((tool) => !/^[a-zA-Z0-9_-]{1,128}$/.test(tool.name));
  if (bad >= 0) return `tools.${bad}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
  return new Set(tools.map((tool) => tool.name)).size < tools.length ? 'tools: Tool names must be unique.' : undefined;
}

function callRule(messages: readonly ApiMessage[]): string | undefined {
  const seen = new Set<string | undefined>();
  for (const [index, message] of messages.entries()) {
    const calls = ofType(message, 'tool_use');
    for (const call of calls) {
      if (seen.has(call.id)) return 'messages: `tool_use` ids must be unique';
      seen.add(call.id);
    }
    const answered = new Set(ofType(messages[index + 1], 'tool_result').map((result) => result.tool_use_id));
    const open = calls.filter((call) => !answered.has(call.id)).map((call) => call.id);
    if (open.length > 0) {
      return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. `
        + 'Each `tool_use` block must have a corresponding `tool_result` block in the next message.';
    }
  }
  return undefined;
}

function resultRule(message: ApiMessage, before: ApiMessage | undefined, index: number): string | undefined {
  const open = new Set(ofType(before, 'tool_use').map((call) => call.id));
  const seen = new Set<string | undefined>();
  for (const [at, block] of blocksOf(message.content).entries()) {
    if (block.type !== 'tool_result') continue;
    if (seen.has(block.tool_use_id)) {
      return `messages.${index}.content.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${block.tool_use_id}`;
    }
    if (!open.has(block.tool_use_id)) {
      return `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. `
        + 'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.';
    }
    if (at > seen.size) return `messages.${index}.content.${at}: \`tool_result\` blocks must come first`;
    seen.add(block.tool_use_id);
  }
  return undefined;
}

function ofType(message: ApiMessage | undefined, type: string): readonly ApiBlock[] {
  return blocksOf(message?.content).filter((block) => block.type === type);
}
