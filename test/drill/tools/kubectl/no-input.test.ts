import { expect, test } from 'vitest';
import { aCalmDay } from '../../../support/a-drill.ts';

const day = aCalmDay();

test.each([
  ['kubectl apply -f -', /kubectl set, kubectl scale, or kubectl patch/],
  ['kubectl create -f -', /kubectl create configmap\|secret generic/],
  ['kubectl replace -f -', /kubectl set, or kubectl patch/],
  ['kubectl delete -f -', /kubectl delete TYPE NAME/],
])('whoever would type a manifest into %s is told what to use instead', (line, instead) => {
  const { status, text } = day.drill.command('responder-1', line);
  expect(status).not.toBe('ok');
  expect(text.join('\n')).toMatch(instead);
});
