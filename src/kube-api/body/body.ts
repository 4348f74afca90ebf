import { bodyText } from './body-text.ts';
import { findPrototypeKey, isJsonObject, type JsonObject } from '../../cluster/json.ts';
import { parseYaml } from '../../yaml/yaml-source.ts';
import { badRequest, failure, type Answer, type Request } from '../answer.ts';
import { mediaType } from '../negotiation.ts';
import { decodeProtobuf } from './protobuf.ts';

/** Deeper than any object of Kubernetes; what follows walks bodies by recursion. */
const DEEPEST = 100;

/** The value in a request's body; or the answer that refuses it. JSON, YAML and Kubernetes' protobuf are understood. */
export function readBody(request: Request): { readonly value: unknown } | Answer {
  const read = decoded(request);
  if ('kind' in read) return read;
  const key = findPrototypeKey(read.value);
  return key === null ? read : badRequest(`error decoding the body: the key "${key}" is not allowed`);
}

function decoded(request: Request): { readonly value: unknown } | Answer {
  const { type } = mediaType(request.headers['content-type'] ?? 'application/json');
  switch (type) {
    case '':
    case 'application/json':
    case 'application/json-patch+json':
    case 'application/merge-patch+json':
    case 'application/strategic-merge-patch+json':
      return readJson(request.body);
    case 'application/yaml':
    case 'application/apply-patch+yaml':
      return readYaml(request.body);
    case 'application/vnd.kubernetes.protobuf': {
      const message = decodeProtobuf(request.body);
      return 'problem' in message ? badRequest(message.problem) : message;
    }
    default:
      return failure({ code: 415, reason: 'UnsupportedMediaType', message: `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf` });
  }
}

/** As {@link readBody}, for bodies that hold one object. */
export function readObject(request: Request): { readonly value: JsonObject } | Answer {
  const read = readBody(request);
  if ('kind' in read) return read;
  return isJsonObject(read.value) ? { value: read.value } : badRequest("couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct { APIVersion string; Kind string }");
}

function readJson(body: Uint8Array): { readonly value: unknown } | Answer {
  let text: string;
  try {
    text = bodyText(body);
  } catch {
    return badRequest('the body of the request is not UTF-8');
  }
  if (text.trim() === '') return badRequest('the object provided is unrecognized (must be of type object): the body is empty');
  if (tooDeep(text)) return badRequest('json: exceeded max depth');
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return badRequest(`couldn't get version/kind; json parse error: ${problemOf(text)}`);
  }
}

/** In the words of Go's decoder as far as they can be told without one. */
function problemOf(text: string): string {
  const first = text.trim().charAt(0);
  return /[[{"\-\dtfn]/.test(first) ? 'unexpected end of JSON input or invalid character in it' : `invalid character '${first.replace(/[\p{C}']/gu, '?')}' looking for beginning of value`;
}

function readYaml(body: Uint8Array): { readonly value: unknown } | Answer {
  let text: string;
  try {
    text = bodyText(body);
  } catch {
    return badRequest('the body of the request is not UTF-8');
  }
  if (/^\s*\{/.test(text)) return readJson(body);
  const { source, complaints } = parseYaml('body', text);
  const wrong = complaints.find(({ severity }) => severity === 'error');
  return wrong === undefined ? { value: source.value } : badRequest(`error converting YAML to JSON: yaml: line ${wrong.line}: ${wrong.problem}`);
}

/** Whether brackets nest too deep, told without parsing. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > DEEPEST) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d] as const;
