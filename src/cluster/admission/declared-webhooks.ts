import { splitImage } from '../image.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { celProgram, celValue } from '../kube-cel.ts';
import type { KindMap } from '../objects.ts';
import type { WebhookSpec } from '../spec.ts';
import type { ObjectStore } from '../store.ts';
import { agnhostWebhook } from '../programs/agnhost-webhooks.ts';
import { environmentOf, numberOf } from '../traffic/settings.ts';
import type { WebhookProgram, WebhookPrograms } from './webhook-call.ts';

/** The webhooks that the programs of a cluster serve: as their images' descriptions declare them, and those of the image of the end-to-end tests. */
export class DeclaredWebhooks implements WebhookPrograms {
  readonly #byImage: Readonly<Record<string, WebhookSpec>>;
  readonly #store: () => ObjectStore;

  /** `byImage`: by image without its tag. */
  constructor(byImage: Readonly<Record<string, WebhookSpec>>, store: () => ObjectStore) {
    this.#byImage = byImage;
    this.#store = store;
  }

  at(pod: KindMap['Pod'], port: number): WebhookProgram | null {
    for (const container of pod.spec?.containers ?? []) {
      const { repository } = splitImage(container.image ?? '');
      if (repository.endsWith('/agnhost')) {
        const tested = agnhostWebhook(container, port);
        if (tested !== null) return tested;
      }
      const webhook = Object.hasOwn(this.#byImage, repository) ? this.#byImage[repository] : undefined;
      if (webhook?.port === port) return { answer: (path, review) => ({ afterMs: this.#latencyMs(pod, webhook), review: answered(webhook, path, review) }) };
    }
    return null;
  }

  #latencyMs(pod: KindMap['Pod'], { latencyMs }: WebhookSpec): number {
    const environment = environmentOf(pod, this.#store());
    return numberOf(latencyMs, { environment, flags: {} });
  }
}

/** The review's answer: the first rule of the path whose condition holds decides; without one the request is allowed. */
function answered({ rules }: WebhookSpec, path: string, review: JsonObject): JsonObject {
  const request = isJsonObject(review['request']) ? review['request'] : {};
  const context = { request: celValue(request), object: celValue(request['object']), oldObject: celValue(request['oldObject']) };
  const verdict: Record<string, unknown> = { uid: request['uid'], allowed: true };
  for (const rule of rules) {
    if (rule.path !== path || !holds(rule.if, context)) continue;
    if (rule.warn !== null) verdict['warnings'] = [rule.warn];
    if (rule.patch !== null) verdict['patch'] = rule.patch;
    if (rule.deny !== null) Object.assign(verdict, { allowed: false, status: { code: 403, reason: 'Forbidden', message: rule.deny } });
    break;
  }
  return { apiVersion: review['apiVersion'], kind: review['kind'], response: verdict };
}

/** A condition that comes to nothing, for the object has no such field, does not hold. */
function holds(condition: string, context: JsonObject): boolean {
  const read = celProgram(condition, ['request', 'object', 'oldObject']);
  const result = 'program' in read ? read.program(context) : null;
  return result !== null && 'value' in result && result.value === true;
}
