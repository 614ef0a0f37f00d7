// Lets the component import a .css file as one minified string, so styles are written and linted as CSS.
import { readFile } from 'node:fs/promises';
import { transform } from 'esbuild';

export const stylePlugin = {
  name: 'styles',
  setup(build) {
    build.onLoad({ filter: /\/styles\/[^/]+\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), {
        loader: 'css',
        minify: true,
        target: 'esnext',
      });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};
