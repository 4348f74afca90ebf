import type { CustomObject } from '../custom-kind.ts';
import { converted } from '../extensions/conversion.ts';
import type { CustomResource, CustomVersion } from '../extensions/custom-resource.ts';
import type { ObjectStore, AnyObject } from '../store.ts';
import type { Refusal } from '../refusals.ts';
import type { AdmissionRequest } from './admission-request.ts';
import { judgedByPodSecurity } from './pod-security.ts';
import { judgedByPolicies } from './policies.ts';
import { NO_WEBHOOKS, type WebhookPrograms } from './webhook-call.ts';
import { judgedByWebhooks, mutated } from './webhooks.ts';

/**
 * The part of admission that a cluster's own objects steer: Pod Security by the labels of namespaces, policies in CEL,
 * webhooks. A cluster that has none of them pays for three empty lists.
 */
export class Admission {
  readonly #store: ObjectStore;
  readonly #programs: WebhookPrograms;

  constructor(store: ObjectStore, programs: WebhookPrograms = NO_WEBHOOKS) {
    this.#store = store;
    this.#programs = programs;
  }

  /** Whether anything may change objects on their way in. */
  get mutates(): boolean {
    return this.#store.list('MutatingWebhookConfiguration', null).length > 0;
  }

  /** What the mutating webhooks make of `request.object`. */
  mutated(request: AdmissionRequest): { readonly object: AnyObject; readonly warnings: readonly string[] } | Refusal {
    return mutated({ store: this.#store, programs: this.#programs }, request);
  }

  /** A custom object in another of its versions. */
  converted(object: CustomObject, resource: CustomResource, version: CustomVersion): CustomObject | Refusal {
    return converted({ store: this.#store, programs: this.#programs }, object, resource, version);
  }

  /** The verdict on what would be stored, or deleted: warnings for whoever asked, or a refusal. */
  judged(request: AdmissionRequest): { readonly warnings: readonly string[] } | Refusal {
    const secure = judgedByPodSecurity(this.#store, request);
    if ('ok' in secure) return secure;
    const allowed = this.#store.list('ValidatingAdmissionPolicyBinding', null).length === 0 ? NOTHING : judgedByPolicies(this.#store, request);
    if ('ok' in allowed) return allowed;
    const answered = this.#store.list('ValidatingWebhookConfiguration', null).length === 0 ? NOTHING : judgedByWebhooks({ store: this.#store, programs: this.#programs }, request);
    if ('ok' in answered) return answered;
    const warnings = [...secure.warnings, ...allowed.warnings, ...answered.warnings];
    return warnings.length === 0 ? NOTHING : { warnings };
  }
}

const NOTHING = { warnings: [] } as const;
