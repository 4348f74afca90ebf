import type { AnyObject } from '../../store.ts';
import type { Kind } from '../../objects.ts';

/** How Terraform's Kubernetes provider calls the kinds that a platform team keeps with it. Pods, events and the like nobody plans. */
const TYPES: Readonly<Partial<Record<Kind, string>>> = {
  Namespace: 'kubernetes_namespace_v1',
  ConfigMap: 'kubernetes_config_map_v1',
  Secret: 'kubernetes_secret_v1',
  Service: 'kubernetes_service_v1',
  ServiceAccount: 'kubernetes_service_account_v1',
  Deployment: 'kubernetes_deployment_v1',
  StatefulSet: 'kubernetes_stateful_set_v1',
  DaemonSet: 'kubernetes_daemon_set_v1',
  CronJob: 'kubernetes_cron_job_v1',
  HorizontalPodAutoscaler: 'kubernetes_horizontal_pod_autoscaler_v2',
  PodDisruptionBudget: 'kubernetes_pod_disruption_budget_v1',
  Ingress: 'kubernetes_ingress_v1',
  NetworkPolicy: 'kubernetes_network_policy_v1',
  ResourceQuota: 'kubernetes_resource_quota_v1',
  LimitRange: 'kubernetes_limit_range_v1',
  StorageClass: 'kubernetes_storage_class_v1',
  PriorityClass: 'kubernetes_priority_class_v1',
  Role: 'kubernetes_role_v1',
  RoleBinding: 'kubernetes_role_binding_v1',
  ClusterRole: 'kubernetes_cluster_role_v1',
  ClusterRoleBinding: 'kubernetes_cluster_role_binding_v1',
  MutatingWebhookConfiguration: 'kubernetes_mutating_webhook_configuration_v1',
  ValidatingWebhookConfiguration: 'kubernetes_validating_webhook_configuration_v1',
};

export const PLANNED_KINDS = Object.keys(TYPES) as Kind[];

/** `kubernetes_config_map_v1.shop_flags`, taken apart. */
export interface Address {
  readonly type: string;
  readonly name: string;
}

/** Null for kinds that nobody plans. */
export function addressOf({ kind, metadata }: AnyObject): Address | null {
  const type = TYPES[kind];
  return type === undefined ? null : { type, name: metadata.name.replaceAll(/[^A-Za-z0-9_]/g, '_') };
}
