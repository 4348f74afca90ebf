import type { AnyObject } from '../store.ts';

/** What is wrong with an object's name and labels. */
export function metadataErrors(object: AnyObject, namespaced: boolean): string[] {
  const { name, namespace, labels } = object.metadata;
  const errors: string[] = [];
  if (name === '') errors.push('metadata.name: Required value: name or generateName is required');
  else if (object.kind === 'Service' && !(DNS_1035.test(name) && name.length <= 63)) errors.push(`metadata.name: Invalid value: "${name}": ${DNS_1035_TEXT}`);
  else if (object.kind === 'Namespace' && !(DNS_LABEL.test(name) && name.length <= 63)) errors.push(`metadata.name: Invalid value: "${name}": ${DNS_LABEL_TEXT}`);
  else if (object.apiVersion.startsWith('rbac.')) errors.push(...pathSegmentErrors(name));
  else if (!(SUBDOMAIN.test(name) && name.length <= 253)) errors.push(`metadata.name: Invalid value: "${name}": ${SUBDOMAIN_TEXT}`);
  if (namespaced && (namespace ?? '') === '') errors.push('metadata.namespace: Required value');
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (!LABEL_KEY.test(key)) errors.push(`metadata.labels: Invalid value: "${key}": ${LABEL_KEY_TEXT}`);
    if (typeof value !== 'string' || !LABEL_VALUE.test(value)) errors.push(`metadata.labels: Invalid value: "${value}": ${LABEL_VALUE_TEXT}`);
    else if (value.length > 63) errors.push(`metadata.labels: Invalid value: "${value}": must be no more than 63 characters`);
  }
  return errors;
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
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
const LABEL_KEY_TEXT = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_VALUE_TEXT = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
