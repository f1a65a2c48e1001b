import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Script, Talk } from './script.ts';
import { faultsOf, indexSchema, talkSchema } from './script.ts';

/** Reads `script.yaml` of a folder and all that it names. Throws an Error that says which file is wrong and how. */
export function loadScript(folder: string): Script {
  const index = indexSchema.parse(parse(readFileSync(path.join(folder, 'script.yaml'), 'utf8')));
  return { models: index.models, talks: index.conversations.map((file) => loadTalk(folder, file)) };
}

function loadTalk(folder: string, file: string): Talk {
  const talk = talkSchema.parse(withFiles(parse(readFileSync(path.join(folder, file), 'utf8')), folder));
  const faults = faultsOf(talk);
  if (faults.length > 0) throw new Error(`${file}: ${faults.join('; ')}`);
  return talk;
}

/** Replaces every `{ $file: PATH }` by the text of that file: what the model writes lies beside the script as it will be. */
function withFiles(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((one) => withFiles(one, folder));
  if (typeof value !== 'object' || value === null) return value;
  if ('$file' in value) return readFileSync(path.join(folder, 'files', String(value.$file)), 'utf8');
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withFiles(one, folder)]));
}
