import type { AnyObject } from '../store.ts';
import { tooLong, utf8Bytes } from './value-rules.ts';

/** What is wrong with an object's name and labels. */
export function metadataErrors(object: AnyObject, namespaced: boolean): string[] {
  const { name, namespace, labels, annotations } = object.metadata;
  const errors: string[] = [];
  if (name === '') errors.push('metadata.name: Required value: name or generateName is required');
  else if (object.kind === 'Service' && !(DNS_1035.test(name) && name.length <= 63)) errors.push(`metadata.name: Invalid value: "${name}": ${DNS_1035_TEXT}`);
  else if (object.kind === 'Namespace' && !(DNS_LABEL.test(name) && name.length <= 63)) errors.push(`metadata.name: Invalid value: "${name}": ${DNS_LABEL_TEXT}`);
  else if (object.apiVersion.startsWith('rbac.')) errors.push(...pathSegmentErrors(name));
  else if (!(SUBDOMAIN.test(name) && name.length <= 253)) errors.push(`metadata.name: Invalid value: "${name}": ${SUBDOMAIN_TEXT}`);
  if (namespaced && (namespace ?? '') === '') errors.push('metadata.namespace: Required value');
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const problem of labelKeyProblems(key)) errors.push(`metadata.labels: Invalid value: "${key}": ${problem}`);
    for (const problem of labelValueProblems(value)) errors.push(`metadata.labels: Invalid value: "${value}": ${problem}`);
  }
  return annotations === undefined ? errors : [...errors, ...annotationErrors(annotations)];
}

/** Source: `ValidateAnnotations` of k8s.io/apimachinery, which minds the size of keys and values together. */
function annotationErrors(annotations: Readonly<Record<string, string>>): string[] {
  const errors: string[] = [];
  let bytes = 0;
  for (const key of Object.keys(annotations)) {
    bytes += utf8Bytes(key) + utf8Bytes(annotations[key] ?? '');
    for (const problem of labelKeyProblems(key.toLowerCase())) errors.push(`metadata.annotations: Invalid value: ${JSON.stringify(key)}: ${problem}`);
  }
  return bytes <= MOST_ANNOTATION_BYTES ? errors : [...errors, tooLong('metadata.annotations', MOST_ANNOTATION_BYTES)];
}

const MOST_ANNOTATION_BYTES = 262_144;

/** What is wrong with the key of a label. Source: `IsQualifiedName` of k8s.io/apimachinery. */
export function labelKeyProblems(key: string): readonly string[] {
  const [name = '', prefix, more] = key.split('/').reverse();
  if (more !== undefined) return [`a qualified name ${QUALIFIED_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const problems: string[] = [];
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined && !SUBDOMAIN.test(prefix)) problems.push(`prefix part ${SUBDOMAIN_TEXT}`);
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push('name part must be no more than 63 characters');
  if (!QUALIFIED.test(name)) problems.push(`name part ${QUALIFIED_TEXT}`);
  return problems;
}

/** What is wrong with the value of a label. Source: `IsValidLabelValue` of k8s.io/apimachinery. */
export function labelValueProblems(value: unknown): readonly string[] {
  if (typeof value !== 'string') return [LABEL_VALUE_TEXT];
  return [...(value.length > 63 ? ['must be no more than 63 characters'] : []), ...(LABEL_VALUE.test(value) ? [] : [LABEL_VALUE_TEXT])];
}

/** Names of roles and bindings are free but for what would change the path of a request. */
function pathSegmentErrors(name: string): string[] {
  const problems = name === '.' || name === '..' ? [`may not be '${name}'`] : ['/', '%'].filter((sign) => name.includes(sign)).map((sign) => `may not contain '${sign}'`);
  return problems.map((problem) => `metadata.name: Invalid value: ${JSON.stringify(name)}: ${problem}`);
}

export const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
export const SUBDOMAIN_TEXT = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_LABEL_TEXT = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
export const DNS_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
export const DNS_1035_TEXT = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const QUALIFIED_TEXT = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_VALUE_TEXT = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
