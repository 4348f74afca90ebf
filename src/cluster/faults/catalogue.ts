import { antiAffinityDeadlock } from './anti-affinity-deadlock.ts';
import { assignedToUnknownNode } from './assigned-to-unknown-node.ts';
import { autoscalerMisconfigured } from './autoscaler-misconfigured.ts';
import { cacheFlush } from './cache-flush.ts';
import { claimMissing } from './claim-missing.ts';
import { configmapDrift } from './configmap-drift.ts';
import { configmapMissing } from './configmap-missing.ts';
import { connectionLeak } from './connection-leak.ts';
import { containerKill } from './container-kill.ts';
import { corednsStale } from './coredns-stale.ts';
import { cpuLimitTooSmall } from './cpu-limit-too-small.ts';
import { cronjobNeverCompletes } from './cronjob-never-completes.ts';
import { dnsPolicyWrong } from './dns-policy-wrong.ts';
import { envChanged } from './env-changed.ts';
import { envMissing } from './env-missing.ts';
import { envShadowed } from './env-shadowed.ts';
import { externalErrors } from './external-errors.ts';
import { externalLatency } from './external-latency.ts';
import type { FaultKind } from './fault.ts';
import { initCrash } from './init-crash.ts';
import { initHang } from './init-hang.ts';
import { limitRangeTooSmall } from './limit-range-too-small.ts';
import { limitsMissing } from './limits-missing.ts';
import { livenessTooAggressive } from './liveness-too-aggressive.ts';
import { livenessWrong } from './liveness-wrong.ts';
import { loadSpike } from './load-spike.ts';
import { lockHeld } from './lock-held.ts';
import { networkLatency } from './network-latency.ts';
import { networkLoss } from './network-loss.ts';
import { nodeCordoned } from './node-cordoned.ts';
import { nodeDown } from './node-down.ts';
import { nodePressure } from './node-pressure.ts';
import { nodeTainted } from './node-tainted.ts';
import { podKill } from './pod-kill.ts';
import { podSecurityRestricted } from './pod-security-restricted.ts';
import { policyBlocksEgress } from './policy-blocks-egress.ts';
import { policyBlocksIngress } from './policy-blocks-ingress.ts';
import { priorityPreempted } from './priority-preempted.ts';
import { pullSecretMissing } from './pull-secret-missing.ts';
import { quotaTooSmall } from './quota-too-small.ts';
import { readinessWrong } from './readiness-wrong.ts';
import { requestsTooLarge } from './requests-too-large.ts';
import { rollingUpdateBroken } from './rolling-update-broken.ts';
import { runAsNonRoot } from './run-as-non-root.ts';
import { scaledToZero } from './scaled-to-zero.ts';
import { secretMissing } from './secret-missing.ts';
import { serviceAccountMissing } from './service-account-missing.ts';
import { serviceDeleted } from './service-deleted.ts';
import { servicePortChanged } from './service-port-changed.ts';
import { storageClassUnknown } from './storage-class-unknown.ts';
import { unknownNode } from './unknown-node.ts';
import { updateStrategyWrong } from './update-strategy-wrong.ts';
import { volumeElsewhere } from './volume-elsewhere.ts';
import { webhookCertificateWrong } from './webhook-certificate-wrong.ts';
import { webhookDown } from './webhook-down.ts';
import { webhookShrinksLimits } from './webhook-shrinks-limits.ts';
import { webhookSlow } from './webhook-slow.ts';
import { workloadImbalanced } from './workload-imbalanced.ts';
import { wrongArchitecture } from './wrong-architecture.ts';
import { wrongCommand } from './wrong-command.ts';
import { wrongImage } from './wrong-image.ts';
import { wrongSelector } from './wrong-selector.ts';
import { wrongTargetPort } from './wrong-target-port.ts';
import { zoneDown } from './zone-down.ts';

/** Every kind of fault, by the word that scenarios write. */
export const FAULTS: ReadonlyMap<string, FaultKind> = new Map([
  antiAffinityDeadlock, assignedToUnknownNode, autoscalerMisconfigured, cacheFlush, claimMissing, configmapDrift, configmapMissing,
  connectionLeak, containerKill, corednsStale, cpuLimitTooSmall, cronjobNeverCompletes, dnsPolicyWrong, envChanged, envMissing,
  envShadowed, externalErrors, externalLatency, initCrash, initHang, limitRangeTooSmall, limitsMissing, livenessTooAggressive,
  livenessWrong, loadSpike, lockHeld, networkLatency, networkLoss, nodeCordoned, nodeDown, nodePressure, nodeTainted, podKill,
  podSecurityRestricted, policyBlocksEgress, policyBlocksIngress, priorityPreempted, pullSecretMissing, quotaTooSmall, readinessWrong,
  requestsTooLarge, rollingUpdateBroken, runAsNonRoot, scaledToZero, secretMissing, serviceAccountMissing, serviceDeleted,
  servicePortChanged, storageClassUnknown, unknownNode, updateStrategyWrong, volumeElsewhere, webhookCertificateWrong, webhookDown,
  webhookShrinksLimits, webhookSlow, workloadImbalanced, wrongArchitecture, wrongCommand, wrongImage, wrongSelector, wrongTargetPort,
  zoneDown,
].map((fault) => [fault.word, fault]));
