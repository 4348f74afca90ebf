import type { Screen } from '../../src/drill/screen.ts';
import type { Player } from '../../src/ui/player.ts';
import { aScreen } from './a-screen.ts';

/** A player over fixture screens: what is submitted is kept, and what happens is told by the test. */
export interface DemoPlayer extends Player {
  readonly submitted: string[];
  /** Puts a changed screen in front of the person. */
  show(change: Partial<Screen>): void;
  /** One tenth of a second of a living world: the clock moves, every series gets a value, now and then somebody speaks. */
  tick(): void;
  stop(sentence: string): void;
  /** A program runs in the prompt until it is interrupted. */
  run(): void;
}

export function demoPlayer(first: Screen = aScreen()): DemoPlayer {
  let screen = first;
  let pace = 1;
  let trouble: string | null = null;
  let running = false;
  let ticks = 0;
  const listeners = new Set<() => void>();
  const submitted: string[] = [];
  const changed = (next: Screen): void => {
    screen = next;
    for (const listener of listeners) listener();
  };
  return {
    submitted,
    screen: () => screen,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    submit(line) {
      submitted.push(line);
      changed(answered(screen, line));
      return Promise.resolve();
    },
    complete: (typed) => screen.commands.filter((command) => command.disabled === null).flatMap((command) => command.examples).filter((example) => example.startsWith(typed)),
    get running() {
      return running;
    },
    interrupt() {
      running = false;
      changed({ ...screen });
    },
    run() {
      running = true;
      changed({ ...screen });
    },
    get pace() {
      return pace;
    },
    setPace(next) {
      pace = next;
      changed({ ...screen });
    },
    get trouble() {
      return trouble;
    },
    show: (change) => changed({ ...screen, ...change }),
    tick() {
      ticks++;
      changed(later(screen, ticks));
    },
    stop(sentence) {
      trouble = sentence;
      changed({ ...screen });
    },
  };
}

function later(screen: Screen, ticks: number): Screen {
  const atMs = screen.clock.atMs + 1_000;
  const said = ticks % 10 === 0 ? [{ atMs, from: 'John', kind: 'person' as const, text: `${ticks} seconds later it still looks the same: ${90 + (ticks % 9)} connections of 100.` }] : [];
  const happened = ticks % 5 === 0 ? [{ seq: ticks + 100, atMs, who: null, kind: 'world' as const, text: `checkout: ${1 + (ticks % 3)} of 3 ready` }] : [];
  return {
    ...screen,
    clock: { ...screen.clock, atMs, sincePageMs: (screen.clock.sincePageMs ?? 0) + 1_000 },
    chat: said.length > 0 ? [...screen.chat, ...said] : screen.chat,
    timeline: happened.length > 0 ? [...screen.timeline, ...happened] : screen.timeline,
    dashboards: screen.dashboards.map((dashboard, d) => ({
      ...dashboard,
      panels: dashboard.panels.map((panel, p) => ({ ...panel, values: [...panel.values.slice(1), (panel.values.at(-1) ?? 1) * (0.97 + (((ticks + d + p) * 7) % 11) / 180)] })),
    })),
  };
}

function answered(screen: Screen, line: string): Screen {
  const { atMs } = screen.clock;
  if (line === '/ack') return { ...screen, pages: screen.pages.map((page) => ({ ...page, ringing: false, acknowledged: [...page.acknowledged, { name: screen.you, atMs }] })) };
  if (line === '/page') return { ...screen, pages: [...screen.pages, { id: `P${screen.pages.length + 1}`, severity: 'SEV-1', text: 'checkout: 61 % of requests fail', sentAtMs: atMs, ringing: true, acknowledged: [], resolved: false }] };
  if (line === '/resolve') return { ...screen, incident: { ...screen.incident, state: 'ended' }, end: { outcome: 'resolved', headline: 'Resolved in 24 minutes: the cause is gone, and it stayed so for an hour.', lines: ['time to acknowledge     0:15', 'time to mitigate       10:40', 'bad minutes             4.2   (doing nothing: 31.0, golden path: 3.1)', 'skill S                 0.96', 'durability D            1'] } };
  if (line.startsWith('/') || /^(kubectl|changes|dash|logs)\b/.test(line)) {
    return { ...screen, outputs: [...screen.outputs, { seq: 1_000 + screen.outputs.length, atMs, line, text: ['done'], status: 'ok' }] };
  }
  return { ...screen, chat: [...screen.chat, { atMs, from: screen.you, kind: 'person', text: line }] };
}
