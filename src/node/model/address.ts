/** Takes the place of the connection, so that what the platform checks before it connects is checked and nothing is sent. */
const nowhere = { dispatch: () => { throw new Error('not sent'); } };

/**
 * Why no request can be sent to a server address, whatever answers there; undefined where one can. Sends nothing and never
 * throws. The address is not quoted: it may hold a password, or be a key that was put in the wrong place.
 */
export async function addressProblem(baseUrl: string): Promise<string | undefined> {
  if (!URL.canParse(baseUrl)) return 'it is not a URL';
  const { protocol, username, password, port } = new URL(baseUrl);
  if (protocol !== 'http:' && protocol !== 'https:') return `its scheme is ${protocol.slice(0, -1)}, not http or https`;
  if (username !== '' || password !== '') return 'it has a user name or a password in it';
  return (await isForbiddenPort(baseUrl)) ? `port ${port} is one that fetch refuses (see "bad port" in the Fetch standard)` : undefined;
}

/** The list is the platform's own, so the platform is asked. */
async function isForbiddenPort(url: string): Promise<boolean> {
  try {
    await fetch(url, { dispatcher: nowhere } as unknown as RequestInit);
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
  }
  return false;
}
