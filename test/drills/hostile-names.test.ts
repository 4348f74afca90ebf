import { expect, test } from 'vitest';
import { aDrill } from '../support/a-drill.ts';

test.each(['constructor', '__proto__', 'toString:latest', 'hasOwnProperty:1'])('an image called %s is one that no node ever has', (image) => {
  const night = aDrill('slow-site').until('30s');
  night.types(`kubectl set image deploy/cart cart=${image}`);
  night.wait('2m');
  expect(night.types('kubectl get pods').text.join('\n')).toMatch(/ErrImagePull|ImagePullBackOff|InvalidImageName/);
  expect(night.readyPods('cart')).toBe(2);
});
