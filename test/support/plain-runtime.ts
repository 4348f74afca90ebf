import type { KindMap } from '../../src/cluster/objects.ts';
import type { ContainerRuntime, ContainerStart, ProbeAnswer } from '../../src/cluster/runtime.ts';

/** A container runtime without traffic: what an image does is written in its tag, and tests may change their mind. */
export class PlainRuntime implements ContainerRuntime {
  /** Images that the registry does not have. */
  readonly missing = new Set<string>();
  /** Names of pods that do not answer their probes. */
  readonly unwell = new Set<string>();
  readonly stoppedPods: string[] = [];

  pull(image: string): ReturnType<ContainerRuntime['pull']> {
    return this.missing.has(image)
      ? { ok: false, message: `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": not found` }
      : { ok: true, tookMs: 1200 };
  }

  /** `…:crash` exits with 1 after a second, `…:job` ends well; all others serve after two seconds. */
  start(pod: KindMap['Pod'], container: string): ContainerStart {
    const image = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(({ name }) => name === container)?.image ?? '';
    if (image.endsWith(':crash')) return { outcome: 'exits', afterMs: 1000, exitCode: 1, reason: 'Error' };
    if (image.endsWith(':job')) return { outcome: 'exits', afterMs: 1000, exitCode: 0, reason: 'Completed' };
    return { outcome: 'runs', readyAfterMs: 2000 };
  }

  probe(pod: KindMap['Pod'], _container: string, _probe: unknown, answer: (answer: ProbeAnswer) => void): void {
    answer({ ok: !this.unwell.has(pod.metadata.name), output: null, steady: true });
  }

  runHook(): boolean {
    return false;
  }

  terminate(): boolean {
    return false;
  }

  removed(): void {
    // Nothing was kept of it.
  }

  runsAsRoot(): null {
    return null;
  }

  stopped(pod: KindMap['Pod']): void {
    this.stoppedPods.push(pod.metadata.name);
  }
}
