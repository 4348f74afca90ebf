#!/usr/bin/env node
'use strict';
// Starts gameday under the Node that the project pins, from a build that is never older than its source.
const { existsSync, readdirSync, statSync } = require('node:fs');
const { join, dirname } = require('node:path');
const { spawn, spawnSync } = require('node:child_process');

const root = dirname(__dirname);
const OLDEST_MAJOR = 22;

/** The nearest pinned Node above `folder`, or null where none is installed. */
function pinnedNode(folder) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', '.bin', name);
    if (existsSync(candidate)) return candidate;
    if (at === dirname(at)) return null;
  }
}

/** Newest modification time, in milliseconds, of any file below `folder`. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** True where a checkout's source is newer than what was built from it. An installed package has no source to be newer. */
function buildIsStale() {
  const built = join(root, 'dist', 'gameday.mjs');
  if (!existsSync(join(root, 'src'))) return false;
  if (!existsSync(built)) return true;
  return newest(join(root, 'src')) > statSync(built).mtimeMs;
}

function underPinnedNode() {
  const node = pinnedNode(root);
  if (process.env.GAMEDAY_RELAUNCHED || node === null || Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR) {
    return false;
  }
  const child = spawn(node, [__filename, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, GAMEDAY_RELAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`gameday could not start ${node}: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  return true;
}

function start() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_MAJOR) {
    process.stderr.write(`gameday needs Node ${OLDEST_MAJOR} or newer; this is ${process.version}. Run "npm ci" to install the pinned one.\n`);
    process.exit(2);
  }
  process.env.NODE_ENV ||= 'production'; // React's development build draws a frame five times slower
  if (buildIsStale()) {
    const build = spawnSync(process.execPath, [join(root, 'bin', 'build.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (build.status !== 0) process.exit(2);
  }
  import('../dist/gameday.mjs');
}

if (!underPinnedNode()) start();
