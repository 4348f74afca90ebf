// Bundles src/cli.tsx into dist/; with `--run FILE.ts`, bundles that file instead and runs it (the benchmarks).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kubernetesDescriptions } from './kubernetes-descriptions.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestMajor = 22;

if (Number(process.versions.node.split('.')[0]) < oldestMajor) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  const again = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(again.status ?? 2);
}

const { build } = await import('esbuild');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Data as text that V8 parses three times as fast as the same data written as code. */
const jsonAsText = {
  name: 'json-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.json$/ }, ({ path }) => ({ contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))))})`, loader: 'js' }));
  },
};

/**
 * Two of Node's own modules as `require` gives them. An `import` would read every export of theirs, lazy ones as well:
 * that of `node:http` loads a whole second HTTP client.
 */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(?:http|crypto)$/ }, ({ path, namespace }) => (namespace === 'lazy-builtin' ? { path, external: true } : { path, namespace: 'lazy-builtin', sideEffects: false }));
    onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({ contents: `module.exports = require(${JSON.stringify(path)});`, loader: 'js' }));
  },
};

/**
 * A parser of 200 kB that only somebody's SQL needs: set up at its first use, not at the start of every command, where it
 * took a twentieth of the time.
 */
const lazyParser = {
  name: 'lazy-parser',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^pgsql-ast-parser$/ }, ({ path, namespace }) => (namespace === 'lazy-parser' ? undefined : { path, namespace: 'lazy-parser', sideEffects: false }));
    onLoad({ filter: /.*/, namespace: 'lazy-parser' }, ({ path }) => ({ contents: `export const parse = (...given) => require(${JSON.stringify(path)}).parse(...given);`, resolveDir: root, loader: 'js' }));
  },
};

/** Bundles one entry into `outdir`. Packages that do not survive bundling stay outside. */
async function bundle(entryPoints, outdir) {
  const built = build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    jsx: 'automatic',
    sourcemap: 'linked',
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [jsonAsText, lazyBuiltins, lazyParser],
    outExtension: { '.js': '.mjs' },
    external: ['@pagerduty/pdjs', 'esbuild', 'react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.GAMEDAY_VERSION': JSON.stringify(version) },
    banner: { js: "import{createRequire as gamedayRequire}from'node:module';const require=gamedayRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  try {
    await built;
  } catch {
    process.exit(2); // what is wrong has been printed
  }
}

/** Lets `npx gameday` find this checkout's own command at once, without a detour through npx's cache. */
function linkSelf() {
  const bin = join(root, 'node_modules', '.bin');
  const link = join(bin, 'gameday');
  if (process.platform === 'win32' || !existsSync(bin) || existsSync(link)) return;
  symlinkSync('../../bin/gameday.cjs', link);
}

const run = process.argv.indexOf('--run');
if (run === -1) {
  // Built beside the old one, then swapped: a drill that is starting meanwhile never meets half a build.
  const fresh = join(root, `dist.${process.pid}`);
  await bundle({ gameday: 'src/cli.tsx', 'read-worker': 'src/outside/read-worker.ts' }, fresh);
  writeFileSync(join(fresh, 'kubernetes-descriptions.json'), JSON.stringify(kubernetesDescriptions(join(root, 'node_modules'))));
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  renameSync(fresh, join(root, 'dist'));
  linkSelf();
} else {
  const outdir = join(root, 'node_modules', '.cache', 'gameday', `run-${process.pid}`);
  await bundle({ main: process.argv[run + 1] }, outdir);
  const ran = spawnSync(process.execPath, ['--expose-gc', join(outdir, 'main.mjs'), ...process.argv.slice(run + 2)], { stdio: 'inherit' });
  rmSync(outdir, { recursive: true, force: true });
  process.exit(ran.status ?? 2);
}
