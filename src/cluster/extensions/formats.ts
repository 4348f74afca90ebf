/** Whether a text has one of the formats that a Kubernetes API server checks; any text has an unknown one. Source: kube-openapi's strfmt. */
export function formatFits(format: string, text: string): boolean {
  const fits = FORMATS.get(format);
  return fits === undefined || fits(text);
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^(?=.*:)[0-9a-f:.]{2,45}$/i;

const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', (text: string) => isDay(DATE.exec(text))],
  ['date-time', (text: string) => isDay(DATE_TIME.exec(text))],
  ['datetime', (text: string) => isDay(DATE_TIME.exec(text))],
  ['uuid', (text: string) => UUID.test(text)],
  ['uuid3', (text: string) => UUID.test(text)],
  ['uuid4', (text: string) => UUID.test(text)],
  ['uuid5', (text: string) => UUID.test(text)],
  ['ipv4', (text: string) => IPV4.test(text)],
  ['ipv6', (text: string) => IPV6.test(text)],
  ['ip', (text: string) => IPV4.test(text) || IPV6.test(text)],
  ['cidr', (text: string) => isRange(text)],
  ['mac', (text: string) => /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)],
  ['email', (text: string) => /^[^\s@]+@[^\s@]+$/.test(text)],
  ['hostname', (text: string) => text.length <= 253 && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i.test(text)],
  ['uri', (text: string) => /^(?:[a-z][a-z0-9+.-]*:|\/)\S*$/i.test(text)],
  ['byte', (text: string) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)],
  ['duration', (text: string) => /^-?(?:\d+(?:\.\d*)?\s*(?:ns|us|µs|ms|s|m|h|d|w|sec|min|hr)\s*)+$|^0$/.test(text)],
  ['hexcolor', (text: string) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text)],
]);

function isRange(text: string): boolean {
  const [address = '', bits = '', more] = text.split('/');
  if (more !== undefined || !/^\d{1,3}$/.test(bits)) return false;
  return IPV4.test(address) ? Number(bits) <= 32 : IPV6.test(address) && Number(bits) <= 128;
}

function isDay(match: RegExpExecArray | null): boolean {
  if (match === null) return false;
  const [, year, month, day] = match;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
}
