import path from 'node:path';

/**
 * zod brings its messages in some fifty languages, more than half of its size. Only the English ones are used.
 * @type {import('esbuild').Plugin}
 */
export const englishZodOnly = {
  name: 'english-zod-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.(js|cjs)$/ }, (args) => ({
      contents: `export { default as en } from './en.js';`,
      resolveDir: path.dirname(args.path),
      loader: 'js',
    }));
  },
};
