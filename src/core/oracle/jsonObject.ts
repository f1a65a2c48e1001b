/** A JSON text that is an object, or why it is none that can be trusted. */
export type JsonObject = { readonly object: Readonly<Record<string, unknown>> } | { readonly fault: string };

/** Reads a JSON object strictly: a name that occurs twice is a fault, as every reader would take another of the two. */
export function readJsonObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // NaN, Infinity, a cut line and plain words all end here: none of them is JSON.
    return { fault: 'is not valid JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'is not a JSON object' };
  const twice = repeatedName(text);
  return twice === undefined ? { object: value as Record<string, unknown> } : { fault: `names ${JSON.stringify(twice)} twice` };
}

/** The first name that one object of a valid JSON text has twice. */
function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const { 0: token, 1: name } of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (name !== undefined) {
      const spelled = JSON.parse(name) as string;
      if (open.at(-1)?.has(spelled)) return spelled;
      open.at(-1)?.add(spelled);
    }
  }
  return undefined;
}
