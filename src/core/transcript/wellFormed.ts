/** Half of a character outside the basic plane. The API refuses a body that holds one, for ever, since nothing sent is changed later. */
const loneSurrogate = /\p{Surrogate}/gu;

/** `text` with lone surrogates replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(loneSurrogate, '\uFFFD');
}

/** A deeply frozen copy of parsed JSON with well-formed strings. A key `__proto__` stays an ordinary key of the copy. */
export function wellFormedJson(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return Object.freeze(value.map(wellFormedJson));
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines properties; an assignment of `__proto__` would change the prototype.
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, one]) => [wellFormed(key), wellFormedJson(one)])));
}
