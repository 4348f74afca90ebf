import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { fullnessOf, gogcOf, JVM_OPTIONS } from '../traffic/collector.ts';
import { restMiB } from '../traffic/layout.ts';
import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { text } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';
import { rollOutVersion, VERSION } from './version-fault.ts';

export const gcPauses: FaultKind = {
  word: 'gc-pauses',
  group: 'programs',
  summary: 'A program stops for its garbage collector, for a large part of its time.',
  target: 'workload',
  settings: {
    share: { type: 'share', required: true, summary: 'Part of its time for which it stands still, about.' },
    cause: { ...text('`options`: its runtime was told to make do with too little memory (-Xmx of a JVM, else GOGC). `code`: a version asks for collections by hand.', 'options'), oneOf: ['options', 'code'] },
    ...VERSION,
  },
  lore: {
    symptoms: ['Latencies have a long tail; a service does less than it used to, with all its threads busy, and says itself how much of its time it collects.'],
    mitigations: ['Scale it out.'],
    fix: 'Give its runtime the memory that it needs: take the option back. Where the code asks for collections, back to a version that does not, or tell a JVM not to listen (-XX:+DisableExplicitGC).',
    example: {
      target: 'deployment/pricing', settings: { share: 0.9 },
      signs: ['http.p95 shop/pricing rises'],
      cure: ['kubectl -n shop set env deploy/pricing GOGC=100'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const share = Number(settings['share']);
    if (settings['cause'] === 'code') return rollOutVersion(world, ref, settings, (program) => world.conditions.adjust('pauses', program, share));
    const spec = templateOf(world, ref);
    const [container] = spec?.containers ?? [];
    if (spec === undefined || container === undefined) return () => undefined;
    const env = [tooTight(spec, container, share)];
    const body = { spec: { template: { spec: { containers: [{ name: container.name, env }] } } } };
    return err(world, [{ do: 'patch', ref, patch: { type: 'strategic', body } }], settings, `${ref.kind.toLowerCase()}/${ref.name}: ${env[0]?.name ?? ''}=${env[0]?.value ?? ''} to save memory`);
  },
};

/** The option that lets so much of the time go into collections: of the runtime that the container is told about, else Go's. */
function tooTight(spec: PodSpec, { env = [] }: Container, share: number): { readonly name: string; readonly value: string } {
  const jvm = env.find(({ name, value }) => (JVM_OPTIONS as readonly string[]).includes(name) && value !== undefined);
  if (jvm === undefined) return { name: 'GOGC', value: String(gogcOf(share)) };
  const kib = Math.floor((restMiB(spec) * 1_024) / fullnessOf(share));
  const heap = `-Xmx${kib}k`;
  return { name: jvm.name, value: /-Xmx\w+/.test(jvm.value ?? '') ? (jvm.value ?? '').replace(/-Xmx\w+/, heap) : `${jvm.value ?? ''} ${heap}`.trim() };
}
