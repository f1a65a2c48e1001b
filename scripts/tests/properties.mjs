import fc from 'fast-check';

/**
 * The seed of every property that names none of its own: the same each day, so that a red run is the fault of a change and not of the draw.
 * BOUNDED_SEED plays other cases.
 */
fc.configureGlobal({ seed: Number(process.env.BOUNDED_SEED ?? 1) });
