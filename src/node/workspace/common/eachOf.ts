import { allOf } from './allOf.ts';

/** Does something with each thing, `width` of them at a time. After a failure no other one is begun; rejects only when none is being done any more. */
export async function eachOf<Thing>(things: Iterable<Thing>, width: number, act: (thing: Thing) => Promise<void>): Promise<void> {
  const next = things[Symbol.iterator]();
  let failed = false;
  const worker = async () => {
    try {
      for (let one = next.next(); one.done !== true && !failed; one = next.next()) await act(one.value);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  await allOf(Array.from({ length: width }, worker));
}
