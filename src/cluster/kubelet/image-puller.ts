import { imageIdOf } from '../registry/registry.ts';
import { parseReference } from '../registry/reference.ts';
import { nextDelayMs } from './back-off.ts';
import type { ContainerModel } from './container-model.ts';
import type { PodScope } from './pod-scope.ts';

/** Gets a container's image onto the node, however often that has to be tried; `then` starts the container. */
export function pullImage(scope: PodScope, container: ContainerModel, then: () => void): void {
  const image = container.spec.image ?? '';
  const { host } = scope;
  if (parseReference(image) === null) return invalid(scope, container, then);
  if (container.spec.imagePullPolicy !== 'Always' && host.images.has(image)) {
    scope.event('Normal', 'Pulled', `Container image "${image}" already present on machine`, container);
    return then();
  }
  if (container.spec.imagePullPolicy === 'Never') return never(scope, container, then);
  scope.event('Normal', 'Pulling', `Pulling image "${image}"`, container);
  const pod = scope.pod();
  if (pod === null) return;
  const pulled = scope.runtime.pull(image, pod);
  if (!pulled.ok) {
    container.ticket = scope.after(600 + scope.die.roll(1400), () => failed(scope, container, pulled.message, then));
    return;
  }
  const tookMs = Math.max(1, Math.round(pulled.tookMs));
  container.ticket = scope.after(tookMs, () => {
    if (!host.images.has(image)) host.images.set(image, imageIdOf(image));
    container.pullBackOffMs = 0;
    const took = tookMs >= 1000 ? `${tookMs / 1000}s` : `${tookMs}ms`;
    const size = pulled.sizeBytes === undefined ? '' : `. Image size: ${pulled.sizeBytes} bytes.`;
    scope.event('Normal', 'Pulled', `Successfully pulled image "${image}" in ${took} (${took} including waiting)${size}`, container);
    then();
  });
}

function failed(scope: PodScope, container: ContainerModel, message: string, then: () => void): void {
  const image = container.spec.image ?? '';
  container.pullBackOffMs = nextDelayMs(container.pullBackOffMs);
  scope.event('Warning', 'Failed', `Failed to pull image "${image}": ${message}`, container);
  scope.event('Warning', 'Failed', 'Error: ErrImagePull', container);
  scope.wait(container, 'ErrImagePull', message);
  const shownMs = Math.min(container.pullBackOffMs - 1, 8_000 + scope.die.roll(1_500));
  container.ticket = scope.after(shownMs, () => {
    scope.event('Normal', 'BackOff', `Back-off pulling image "${image}"`, container);
    scope.event('Warning', 'Failed', 'Error: ImagePullBackOff', container);
    scope.wait(container, 'ImagePullBackOff', `Back-off pulling image "${image}"`);
    container.ticket = scope.after(container.pullBackOffMs - shownMs, () => pullImage(scope, container, then));
  });
}

/** What is no name of an image is looked at again and again, and stays none. */
function invalid(scope: PodScope, container: ContainerModel, then: () => void): void {
  const image = container.spec.image ?? '';
  const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
  scope.event('Warning', 'InspectFailed', message, container);
  scope.event('Warning', 'Failed', 'Error: InvalidImageName', container);
  if (container.state.waiting?.reason !== 'InvalidImageName') scope.wait(container, 'InvalidImageName', message);
  container.ticket = scope.after(RETRY_MS, () => pullImage(scope, container, then));
}

function never(scope: PodScope, container: ContainerModel, then: () => void): void {
  const message = `Container image "${container.spec.image ?? ''}" is not present with pull policy of Never`;
  scope.event('Warning', 'ErrImageNeverPull', message, container);
  scope.event('Warning', 'Failed', 'Error: ErrImageNeverPull', container);
  if (container.state.waiting?.reason !== 'ErrImageNeverPull') scope.wait(container, 'ErrImageNeverPull', message);
  container.ticket = scope.after(RETRY_MS, () => pullImage(scope, container, then));
}

/** How soon what nobody can help from here is tried again. */
const RETRY_MS = 12_000;
