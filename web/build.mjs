// Builds everything a browser needs into dist/: the component, its client by itself, the demo page around it, and the
// API reference.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';
import { ownNames } from './build-names.mjs';
import { stylePlugin } from './build-styles.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = `${here}dist/`;
const BUDGET = 20_000;

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
};

// What esbuild has bundled, as short as it can be: terser takes another 3 % off.
async function shorten(file) {
  const options = { module: true, ecma: 2022, compress: { passes: 3, keep_fargs: false } };
  const { code } = await minify(await readFile(dist + file, 'utf8'), options);
  await writeFile(dist + file, code);
}

async function gzipSize(file) {
  return gzipSync(await readFile(dist + file), { level: 9 }).length;
}

console.log('web: building into dist/');
await mkdir(dist, { recursive: true });

console.log('web: belfry-inbox.js');
await build({
  ...common,
  mangleProps: ownNames,
  entryPoints: ['src/index.ts'],
  outfile: `${dist}belfry-inbox.js`,
  plugins: [stylePlugin],
});
await shorten('belfry-inbox.js');

console.log('web: belfry-client.js, types, custom-elements.json');
await build({
  ...common,
  mangleProps: ownNames,
  entryPoints: ['src/client/index.ts'],
  outfile: `${dist}belfry-client.js`,
});
execFileSync(process.execPath, [
  `${here}node_modules/typescript/bin/tsc`,
  '-p',
  `${here}tsconfig.types.json`,
]);
await writeFile(`${dist}belfry-client.d.ts`, "export * from './types/client/index.js';\n");
await writeFile(`${dist}belfry-inbox.d.ts`, "export * from './types/index.js';\n");
await copyFile(`${here}custom-elements.json`, `${dist}custom-elements.json`);

console.log('web: demo.js, demo.css, favicon.svg, unavailable.html, index.html');
await build({ ...common, entryPoints: ['demo/main.ts'], outfile: `${dist}demo.js` });
// Browsers that know light-dark() are the ones supported; lowering it would double the style sheet.
await build({ ...common, target: 'esnext', entryPoints: ['demo/demo.css'], outfile: `${dist}demo.css` });
await copyFile(`${here}demo/favicon.svg`, `${dist}favicon.svg`);
// What the CDN answers with while nothing behind it does.
await copyFile(`${here}demo/unavailable.html`, `${dist}unavailable.html`);

console.log('web: reference/');
// Swagger UI: RapiDoc and Scalar put inline styles into the page, which its policy forbids; Redoc sends no requests.
await build({ ...common, entryPoints: ['reference/main.ts'], outfile: `${dist}reference/reference.js` });
await build({
  ...common,
  target: 'esnext',
  entryPoints: ['reference/reference.css'],
  outfile: `${dist}reference/reference.css`,
});
await copyFile(`${here}reference/index.html`, `${dist}reference/index.html`);

// Last, so that whoever serves or waits for this folder never sees a page without its parts.
await copyFile(`${here}demo/index.html`, `${dist}index.html`);

const size = await gzipSize('belfry-inbox.js');
console.log(`web: belfry-inbox.js is ${size} bytes gzip, of ${BUDGET} allowed`);
if (size > BUDGET) {
  console.error('web: the component is over its budget');
  process.exit(1);
}
