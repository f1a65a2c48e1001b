/** Waits for all of these, also where one fails; rejects with the first failure only when none of them goes on any more. */
export async function allOf<const Works extends readonly unknown[]>(works: Works): Promise<{ -readonly [Place in keyof Works]: Awaited<Works[Place]> }> {
  for (const outcome of await Promise.allSettled(works)) if (outcome.status === 'rejected') throw outcome.reason;
  return Promise.all(works);
}
