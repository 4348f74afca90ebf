import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PrometheusListener } from '../../src/outside/prometheus-listener.ts';
import type { HttpRequest } from '../../src/prometheus/http/http-api.ts';

const asked: HttpRequest[] = [];
let listener: PrometheusListener;

beforeAll(async () => {
  listener = await PrometheusListener.start({ port: 0, answer: (one) => {
    asked.push(one);
    return { status: 200, type: 'application/json', body: '{"ok":"ä"}' };
  } });
});

afterAll(async () => {
  await listener.close();
});

interface Answered {
  readonly status: number;
  readonly body: string;
}

async function ask(path: string, options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {}): Promise<Answered> {
  const { body = '', ...rest } = options;
  return await new Promise((resolve, reject) => {
    request(`${listener.url}${path}`, rest, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    }).on('error', reject).end(body);
  });
}

test('parameters come from the query and from a form alike', async () => {
  expect(await ask('/api/v1/query?time=5&match[]=a&match[]=b', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query=up%7Ba%3D%22b%22%7D' })).toEqual({ status: 200, body: '{"ok":"ä"}' });
  expect(asked.at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/query' });
  expect(Object.fromEntries(asked.at(-1)?.parameters ?? [])).toEqual({ query: ['up{a="b"}'], time: ['5'], 'match[]': ['a', 'b'] });
});

test.each([
  ['another name for this machine, as DNS may be made to give it', { host: 'attacker.example:80' }],
  ['a page of another site', { origin: 'https://attacker.example' }],
])('%s is refused', async (_, headers) => {
  expect((await ask('/api/v1/query?query=up', { headers })).status).toBe(403);
});

test('a flood is refused, and a path of tricks is only a path', async () => {
  expect((await ask('/api/v1/query', { method: 'POST', body: 'x'.repeat(1_100_000) })).status).toBe(413);
  await ask('/%2e%2e/%2e%2e/etc/passwd');
  expect(asked.at(-1)?.path).toBe('/etc/passwd');
});

test('who asks for gzip gets it', async () => {
  const answered = await fetch(`${listener.url}/api/v1/query?query=1`, { headers: { 'accept-encoding': 'gzip' } });
  expect(answered.headers.get('content-encoding')).toBe('gzip');
  expect(await answered.text()).toBe('{"ok":"ä"}');
  expect((await fetch(`${listener.url}/api/v1/query?query=1`, { headers: { 'accept-encoding': 'identity' } })).headers.get('content-encoding')).toBeNull();
});
