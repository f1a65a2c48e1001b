import { wellFormedJson } from '../../core/transcript/wellFormed.ts';

export type ToolInput = Readonly<Record<string, unknown>>;

/**
 * The input of a call from the joined pieces of its JSON, deeply frozen, so that the guard and the tool see one and the same object; undefined
 * unless `raw` is one whole JSON object. Nothing is repaired: half an input can look plausible. No piece at all is an input without fields.
 */
export function parseToolInput(raw: string): ToolInput | undefined {
  if (raw.trim() === '') return Object.freeze({});
  try {
    const value = wellFormedJson(JSON.parse(raw));
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON, or nested deeper than the stack.
    return undefined;
  }
}

function isObject(value: unknown): value is ToolInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
