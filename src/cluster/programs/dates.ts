/** A moment (Unix time in ms, in UTC) as `date +FORMAT` writes it. */
export function formatDate(format: string, unixMs: number): string {
  const at = new Date(unixMs);
  const [day = '', date = '', month = '', year = '', time = ''] = at.toUTCString().replace(',', '').split(' ');
  const monthNumber = String(at.getUTCMonth() + 1).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    a: day, d: date, e: date.replace(/^0/, ' '), b: month, h: month, m: monthNumber, Y: year, y: year.slice(2),
    H: time.slice(0, 2), M: time.slice(3, 5), S: time.slice(6, 8), T: time, R: time.slice(0, 5), F: `${year}-${monthNumber}-${date}`, D: `${monthNumber}/${date}/${year.slice(2)}`,
    s: String(Math.floor(unixMs / 1000)), N: `${String(((unixMs % 1000) + 1000) % 1000).padStart(3, '0')}000000`, Z: 'UTC', z: '+0000', n: '\n', t: '\t', '%': '%',
    c: `${day} ${month} ${date.replace(/^0/, ' ')} ${time} ${year}`, u: String(at.getUTCDay() || 7), w: String(at.getUTCDay()), j: String(Math.floor((unixMs - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, '0'),
  };
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => parts[letter] ?? whole);
}
