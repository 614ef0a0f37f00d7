// Unit tests: bundles each tests/unit/*.test.ts and hands the results to Node's own test runner.
import { spawnSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = `${here}test-results/unit`;
const names = (await readdir(`${here}tests/unit`)).filter((name) => name.endsWith('.test.ts'));

await rm(out, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: names.map((name) => `tests/unit/${name}`),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // For Node it is CommonJS, which requires what an ES module can't.
  external: ['yaml'],
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});

const files = names.map((name) => `${out}/${name.replace(/\.ts$/, '.mjs')}`);
const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
