import { basename } from 'node:path';
import type { LoadedScenario } from '../outside/read-files.ts';
import { calmLevel } from '../responders/calm.ts';
import { rehearse } from '../responders/rehearsal.ts';
import type { Complaint } from '../yaml/complaint.ts';
import { parseYaml } from '../yaml/yaml-source.ts';

/** The complaint that an objective is missed before anything is wrong, so that no fault stands out and nothing mends it; [] where it is met. */
export function calmComplaint(path: string, { scenario, files }: LoadedScenario): readonly Complaint[] {
  if (scenario === null) return [];
  const { bad, burn, p95Ms } = calmLevel(scenario, 1);
  if (burn < 1) return [];
  const file = basename(path);
  const share = `${Math.round(bad * 1000) / 10}%`;
  const usual = p95Ms === null ? '' : `; its p95 is ${Math.round(p95Ms / 100) / 10} s`;
  return [{
    ...parseYaml(file, files[file] ?? '').source.placeOf(['slo', 'latency']), severity: 'warning', rule: 'slo-calm',
    problem: `The calm cluster misses this already, before any fault begins: ${share} of what ${scenario.slo.service} answers is too slow or an error${usual}, and slo.burn is ${Math.round(burn * 10) / 10}.`,
    cure: p95Ms !== null && p95Ms >= scenario.slo.latencyMs ? `Write a latency above ${Math.ceil((p95Ms * 1.1) / 1000)}s.` : 'Write a longer latency or a lower objective.',
  }];
}

/** The complaint that nobody is ever paged where nobody does anything: faults that strike nothing that anybody uses, or too little of it; [] where somebody is, or the scenario has no pages. */
export function quietComplaint(path: string, { scenario, files }: LoadedScenario): readonly Complaint[] {
  if (scenario === null || Object.keys(scenario.pages).length === 0) return [];
  const { facts, badMinutes } = rehearse({ scenario, seed: 1, as: 'noop', onFact: () => undefined });
  if (facts.some(({ type }) => type === 'page-sent')) return [];
  const file = basename(path);
  return [{
    ...parseYaml(file, files[file] ?? '').source.placeOf(['pages'], 'key'), severity: 'warning', rule: 'never-paged',
    problem: `Nobody is paged although nobody does anything: all that goes wrong comes to ${Math.round(badMinutes * 100) / 100} bad minutes.`,
    cure: 'Let the faults strike what users need, and harder; or page at a lower slo.burn.',
  }];
}
