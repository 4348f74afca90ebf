import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { render } from 'ink';
import { App } from '../../src/ui/drill-app.tsx';
import { RowKeys, RowStream } from '../../src/ui/row-stream.ts';
import { TerminalInput } from '../../src/ui/terminal-input.ts';
import { themeNamed } from '../../src/ui/theme.ts';
import { demoPlayer } from '../support/demo-player.ts';
import type { BenchRow } from './bench-row.ts';

const SIZE = { columns: 200, rows: 50 };
const WARM_UP = 120;
const FRAMES = 240;
const KEYS = 120;

/** A frame at 200x50 in CPU time of the whole process, and a key's way to the screen beside a world that moves at 10 Hz. */
export async function benchUi(): Promise<BenchRow[]> {
  const ours = await frameCpuMs(true);
  const peer = await frameCpuMs(false);
  const rows = [
    row('a frame of the UI at 200x50, p95 (peer: the same rows through Ink alone)', ours, peer, 'ms CPU', '≤ 8 ms', ours <= 8),
  ];
  const keyMs = keyToScreenMs('type a command', process.execPath, 'bin/build.mjs', '--run', 'test/support/demo-ui.tsx', '--live');
  const bareMs = keyToScreenMs('echo ready', process.execPath, '-e', ECHO);
  if (keyMs !== null)
    rows.push(
      row(
        'key to screen in a pseudo-terminal, 10 Hz world, p95 (peer: a bare Node that echoes)',
        keyMs,
        bareMs,
        'ms',
        '≤ 33 ms',
        keyMs <= 33,
      ),
    );
  return rows;
}

/** 95th percentile of the CPU milliseconds, all threads, from a changed screen to the last byte of its frame. */
async function frameCpuMs(withKeys: boolean): Promise<number> {
  const player = demoPlayer();
  const out = new Sink();
  const keys = withKeys ? new RowKeys() : null;
  const input = new TerminalInput(new PassThrough());
  const instance = render(
    <App
      desk={null}
      onShell={() => undefined}
      player={player}
      size={SIZE}
      theme={themeNamed('colour')}
      keys={keys}
      onQuit={() => undefined}
      onBell={() => undefined}
      onRedraw={() => undefined}
    />,
    {
      stdout: (keys === null ? out : new RowStream(out, keys)) as unknown as WriteStream,
      stdin: input as never,
      interactive: true,
      incrementalRendering: true,
      patchConsole: false,
      exitOnCtrlC: false,
      maxFps: 120,
    },
  );
  const times: number[] = [];
  for (let frame = 0; frame < WARM_UP + FRAMES; frame++) {
    await pause(25);
    const before = process.cpuUsage();
    player.tick();
    await instance.waitUntilRenderFlush();
    const used = process.cpuUsage(before);
    if (frame >= WARM_UP) times.push((used.user + used.system) / 1000);
  }
  instance.unmount();
  input.release();
  return percentile(times, 0.95);
}

/** Null where this machine has no python3 to make a pseudo-terminal with. */
function keyToScreenMs(ready: string, ...command: readonly string[]): number | null {
  const ran = spawnSync(
    'python3',
    ['test/support/key-to-screen.py', String(SIZE.columns), String(SIZE.rows), String(KEYS), ready, ...command],
    { encoding: 'utf8' },
  );
  if (ran.error !== undefined) return null;
  if (ran.status !== 0) throw new Error(`key-to-screen.py: ${ran.stderr}`);
  return percentile(JSON.parse(ran.stdout) as number[], 0.95);
}

const ECHO =
  "process.stdin.setRawMode(true);process.stdin.on('data',(keys)=>process.stdout.write(keys));process.stdout.write('echo ready')";

/** A terminal that takes everything. */
class Sink extends EventEmitter {
  readonly columns = SIZE.columns;
  readonly rows = SIZE.rows;
  readonly isTTY = true;

  write(_text: string, ...rest: readonly unknown[]): boolean {
    const whenDone = rest.findLast((one) => typeof one === 'function') as (() => void) | undefined;
    whenDone?.();
    return true;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function row(name: string, ours: number, peer: number | null, unit: string, goal: string, met: boolean): BenchRow {
  return { name, ours, peer, unit, ratio: peer === null ? null : ours / peer, goal, met };
}
