import manifest from '../../package.json' with { type: 'json' };

/** Name and version as they stand in journal and evidence. */
export const productVersion = `bounded ${manifest.version}`;
