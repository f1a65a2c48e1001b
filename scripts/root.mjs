import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, with forward or native slashes as the platform has them. */
export const root = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

/** An absolute path inside the project. @param {...string} parts */
export const inRoot = (...parts) => path.join(root, ...parts);
