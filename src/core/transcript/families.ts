/**
 * The entry of the family that `model` belongs to: its own name, or its name followed by a release date.
 * A later version (`claude-opus-5-5` against `claude-opus-5`) is another family, so that nothing is assumed of a model that is not listed.
 */
export function entryOf<T>(table: Readonly<Record<string, T>>, model: string): T | undefined {
  const family = model.replace(/-\d{8}$/, '');
  for (const name of [model, family]) {
    if (Object.hasOwn(table, name)) return table[name];
  }
  return undefined;
}
