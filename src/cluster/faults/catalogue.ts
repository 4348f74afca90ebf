import { accessDenied } from './access-denied.ts';
import { addressesExhausted } from './addresses-exhausted.ts';
import { antiAffinityDeadlock } from './anti-affinity-deadlock.ts';
import { apiSurge } from './api-surge.ts';
import { assignedToUnknownNode } from './assigned-to-unknown-node.ts';
import { autoscalerMisconfigured } from './autoscaler-misconfigured.ts';
import { cacheCold } from './cache-cold.ts';
import { cacheFlush } from './cache-flush.ts';
import { cacheRefuses } from './cache-refuses.ts';
import { certificateExpired } from './certificate-expired.ts';
import { claimMissing } from './claim-missing.ts';
import { claimShared } from './claim-shared.ts';
import { clockDrift } from './clock-drift.ts';
import { configmapDrift } from './configmap-drift.ts';
import { configmapMissing } from './configmap-missing.ts';
import { connectionLeak } from './connection-leak.ts';
import { conntrackFull } from './conntrack-full.ts';
import { containerKill } from './container-kill.ts';
import { corednsStale } from './coredns-stale.ts';
import { cpuLimitTooSmall } from './cpu-limit-too-small.ts';
import { cpuStress } from './cpu-stress.ts';
import { cpuThrottled } from './cpu-throttled.ts';
import { cronjobNeverCompletes } from './cronjob-never-completes.ts';
import { dataCorrupted } from './data-corrupted.ts';
import { databaseRefuses } from './database-refuses.ts';
import { diskFull } from './disk-full.ts';
import { diskSlow } from './disk-slow.ts';
import { dnsErrors } from './dns-errors.ts';
import { dnsNameMissing } from './dns-name-missing.ts';
import { dnsOutOfMemory } from './dns-out-of-memory.ts';
import { dnsPolicyWrong } from './dns-policy-wrong.ts';
import { dnsSlow } from './dns-slow.ts';
import { envChanged } from './env-changed.ts';
import { envMissing } from './env-missing.ts';
import { envShadowed } from './env-shadowed.ts';
import { externalErrors } from './external-errors.ts';
import { externalLatency } from './external-latency.ts';
import { externalRateLimit } from './external-rate-limit.ts';
import type { FaultKind } from './fault.ts';
import { featureFlag } from './feature-flag.ts';
import { fileDescriptorsLeak } from './file-descriptors-leak.ts';
import { finalizerStuck } from './finalizer-stuck.ts';
import { gcPauses } from './gc-pauses.ts';
import { hostPortConflict } from './host-port-conflict.ts';
import { ingressMisrouted } from './ingress-misrouted.ts';
import { initCrash } from './init-crash.ts';
import { initForbidden } from './init-forbidden.ts';
import { initHang } from './init-hang.ts';
import { internalTrafficLocal } from './internal-traffic-local.ts';
import { kubeletCrashed } from './kubelet-crashed.ts';
import { limitRangeTooSmall } from './limit-range-too-small.ts';
import { limitsMissing } from './limits-missing.ts';
import { livenessTooAggressive } from './liveness-too-aggressive.ts';
import { livenessWrong } from './liveness-wrong.ts';
import { loadSpike } from './load-spike.ts';
import { lockHeld } from './lock-held.ts';
import { memoryHog } from './memory-hog.ts';
import { memoryLeak } from './memory-leak.ts';
import { memoryLimitSqueezed } from './memory-limit-squeezed.ts';
import { memoryLimitTooSmall } from './memory-limit-too-small.ts';
import { meshDisabled } from './mesh-disabled.ts';
import { mtlsStrict } from './mtls-strict.ts';
import { networkBandwidth } from './network-bandwidth.ts';
import { networkCorruption } from './network-corruption.ts';
import { networkDuplicates } from './network-duplicates.ts';
import { networkLatency } from './network-latency.ts';
import { networkLoss } from './network-loss.ts';
import { networkPartition } from './network-partition.ts';
import { nodeCordoned } from './node-cordoned.ts';
import { nodeCpuStress } from './node-cpu-stress.ts';
import { nodeDown } from './node-down.ts';
import { nodeNetworkSlow } from './node-network-slow.ts';
import { nodePressure } from './node-pressure.ts';
import { nodeTainted } from './node-tainted.ts';
import { nodeUnreachable } from './node-unreachable.ts';
import { operandMisplaced } from './operand-misplaced.ts';
import { operandOverloaded } from './operand-overloaded.ts';
import { operandSecurityContextWrong } from './operand-security-context-wrong.ts';
import { operandStorageUnknown } from './operand-storage-unknown.ts';
import { operandUpdateStrategyWrong } from './operand-update-strategy-wrong.ts';
import { operatorImageWrong } from './operator-image-wrong.ts';
import { operatorRoleLost } from './operator-role-lost.ts';
import { podKill } from './pod-kill.ts';
import { podSecurityRestricted } from './pod-security-restricted.ts';
import { poisonMessage } from './poison-message.ts';
import { policyBlocksEgress } from './policy-blocks-egress.ts';
import { policyBlocksIngress } from './policy-blocks-ingress.ts';
import { portsExhausted } from './ports-exhausted.ts';
import { priorityPreempted } from './priority-preempted.ts';
import { programErrors } from './program-errors.ts';
import { programSlow } from './program-slow.ts';
import { pullSecretMissing } from './pull-secret-missing.ts';
import { queryErrors } from './query-errors.ts';
import { querySlow } from './query-slow.ts';
import { quotaTooSmall } from './quota-too-small.ts';
import { readinessWrong } from './readiness-wrong.ts';
import { replicasOverloaded } from './replicas-overloaded.ts';
import { requestsTooLarge } from './requests-too-large.ts';
import { retryStorm } from './retry-storm.ts';
import { rollingUpdateBroken } from './rolling-update-broken.ts';
import { runAsNonRoot } from './run-as-non-root.ts';
import { scaledToZero } from './scaled-to-zero.ts';
import { secretCorrupted } from './secret-corrupted.ts';
import { secretMissing } from './secret-missing.ts';
import { secretRotated } from './secret-rotated.ts';
import { serviceAccountMissing } from './service-account-missing.ts';
import { serviceDeleted } from './service-deleted.ts';
import { servicePortChanged } from './service-port-changed.ts';
import { sharedMemoryFull } from './shared-memory-full.ts';
import { sidecarPortConflict } from './sidecar-port-conflict.ts';
import { storageClassUnknown } from './storage-class-unknown.ts';
import { threadsDeadlocked } from './threads-deadlocked.ts';
import { topicFlooded } from './topic-flooded.ts';
import { trafficDenied } from './traffic-denied.ts';
import { unknownNode } from './unknown-node.ts';
import { updateStrategyWrong } from './update-strategy-wrong.ts';
import { volumeElsewhere } from './volume-elsewhere.ts';
import { webhookCertificateWrong } from './webhook-certificate-wrong.ts';
import { webhookDown } from './webhook-down.ts';
import { webhookShrinksLimits } from './webhook-shrinks-limits.ts';
import { webhookSlow } from './webhook-slow.ts';
import { webhooksUnreachable } from './webhooks-unreachable.ts';
import { workloadImbalanced } from './workload-imbalanced.ts';
import { wrongArchitecture } from './wrong-architecture.ts';
import { wrongCommand } from './wrong-command.ts';
import { wrongImage } from './wrong-image.ts';
import { wrongSelector } from './wrong-selector.ts';
import { wrongTargetPort } from './wrong-target-port.ts';
import { zoneDown } from './zone-down.ts';
import { zonePartition } from './zone-partition.ts';

/** Every kind of fault, by the word that scenarios write. */
export const FAULTS: ReadonlyMap<string, FaultKind> = new Map([
  accessDenied, addressesExhausted, antiAffinityDeadlock, apiSurge, assignedToUnknownNode, autoscalerMisconfigured, cacheCold, cacheFlush, cacheRefuses,
  certificateExpired, claimMissing, claimShared, clockDrift, configmapDrift, configmapMissing, connectionLeak, conntrackFull,
  containerKill, corednsStale, cpuLimitTooSmall, cpuStress, cpuThrottled, cronjobNeverCompletes, dataCorrupted, databaseRefuses, diskFull, diskSlow,
  dnsErrors, dnsNameMissing, dnsOutOfMemory, dnsPolicyWrong, dnsSlow, envChanged, envMissing, envShadowed, externalErrors, externalLatency,
  externalRateLimit, featureFlag, fileDescriptorsLeak, finalizerStuck, gcPauses, hostPortConflict, ingressMisrouted, initCrash, initForbidden, initHang,
  internalTrafficLocal, kubeletCrashed, limitRangeTooSmall, limitsMissing, livenessTooAggressive, livenessWrong, loadSpike, lockHeld, memoryHog,
  memoryLeak, memoryLimitSqueezed, memoryLimitTooSmall, meshDisabled, mtlsStrict, networkBandwidth, networkCorruption, networkDuplicates, networkLatency, networkLoss, networkPartition, nodeCordoned, nodeCpuStress, nodeDown, nodeNetworkSlow,
  nodePressure, nodeTainted, nodeUnreachable, operandMisplaced, operandOverloaded, operandSecurityContextWrong, operandStorageUnknown, operandUpdateStrategyWrong, operatorImageWrong, operatorRoleLost,
  podKill, podSecurityRestricted, poisonMessage, policyBlocksEgress, policyBlocksIngress,
  portsExhausted, priorityPreempted, programErrors, programSlow, pullSecretMissing, queryErrors, querySlow, quotaTooSmall, readinessWrong,
  replicasOverloaded, requestsTooLarge, retryStorm, rollingUpdateBroken, runAsNonRoot, scaledToZero, secretCorrupted, secretMissing,
  secretRotated, serviceAccountMissing, serviceDeleted, servicePortChanged, sharedMemoryFull, sidecarPortConflict, storageClassUnknown, threadsDeadlocked,
  topicFlooded, trafficDenied, unknownNode, updateStrategyWrong, volumeElsewhere, webhookCertificateWrong, webhookDown, webhookShrinksLimits, webhookSlow, webhooksUnreachable,
  workloadImbalanced, wrongArchitecture, wrongCommand, wrongImage, wrongSelector, wrongTargetPort, zoneDown, zonePartition,
].map((fault) => [fault.word, fault]));
