import type { Scenario } from '../scenario/scenario.ts';
import { blastOfLine } from './blast.ts';

/** What of a cluster belongs to the cause: told from the scenario alone, for the debrief only. */

/** The reference response's command lines; [] where the scenario has none. */
export function referenceLines(scenario: Scenario): readonly string[] {
  return scenario.solutions['golden'] ?? scenario.solutions['john'] ?? [];
}

/** Those of them that change something. */
export function referenceActions(scenario: Scenario): readonly string[] {
  return referenceLines(scenario).filter((line) => blastOfLine(line) !== null);
}

/** Whether a text names the cause: a word of the diagnosis in it. */
export function namesCause(scenario: Scenario, text: string): boolean {
  const lower = text.toLowerCase();
  return scenario.diagnosis.some((word) => word !== '' && lower.includes(word.toLowerCase()));
}

/** Names of what the faults were set on, without their kinds: `address-check`. Each once, in the scenario's order. */
export function faultTargets(scenario: Scenario): readonly string[] {
  return [...new Set(Object.values(scenario.faults).map((fault) => lastName(fault.target)))];
}

/** Whether a target, such as `deployments/checkout`, is the fault's own or one that the reference response changes. */
export function isRelevantTarget(scenario: Scenario, target: string): boolean {
  const name = lastName(target).toLowerCase();
  if (name === '' || name === '*') return false;
  if (faultTargets(scenario).some((fault) => sameThing(name, fault.toLowerCase()))) return true;
  return referenceActions(scenario).some((line) => line.toLowerCase().split(/[^a-z0-9_.-]+/).some((word) => sameThing(name, word)));
}

/** Whether a change is one of the scenario's decoys: all words of the decoy's name are in it. */
export function isDecoy(scenario: Scenario, what: string): boolean {
  const words = new Set(what.toLowerCase().split(/[^a-z0-9.]+/));
  return scenario.decoys.some((decoy) => {
    const named = lastName(decoy).toLowerCase().split(/[^a-z0-9.]+/).filter((word) => word !== '');
    return named.length > 0 && named.every((word) => words.has(word));
  });
}

/** Whether a target is what one of the decoys points at. */
export function isDecoyTarget(scenario: Scenario, target: string): boolean {
  const name = lastName(target).toLowerCase();
  return name !== '' && scenario.decoys.some((decoy) => decoy.toLowerCase().split(/[^a-z0-9.-]+/).includes(name));
}

/** `checkout` of `deployment/checkout` or `shop/checkout`. */
export function lastName(target: string): string {
  return target.slice(target.lastIndexOf('/') + 1);
}

/** A pod's name begins with its workload's. */
function sameThing(name: string, of: string): boolean {
  return of.length > 1 && (name === of || (of.length > 2 && name.startsWith(`${of}-`) && /\d/.test(name.slice(of.length))));
}
