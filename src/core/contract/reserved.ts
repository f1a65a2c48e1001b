const everywhere = ['cluster', 'coverage', 'not-covered', 'pins', 'kind'];

/** Names that later versions give a meaning to. They are refused, not ignored: a limit that is read and not kept would be a lie. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  '': ['lint', 'features', 'attempts', 'environment', ...everywhere],
  'diff': ['bytes', 'churn'],
  'budget': ['calls', 'helpers', 'phases'],
  'oracle': ['private', 'setup-network', ...everywhere],
  'oracle.checks[]': ['requires', ...everywhere],
  'commands': ['limits'],
  'model': ['phases'],
};

/** Whether `name` is kept for a later meaning in the map at `place` (list steps written `[]`). */
export function isReserved(place: string, name: string): boolean {
  return reserved[place]?.includes(name) === true;
}
