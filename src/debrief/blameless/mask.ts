/** What stands where code or a quote stood: one sign per sign, so that places stay. It reads as the name of a thing. */
export const MASK = '□';

const CODE_OR_QUOTE = [
  /^( {0,3})(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\2[`~]*[ \t]*$|(?![\s\S]))/gm,
  /<!--[\s\S]*?(?:-->|$)/g,
  /(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g,
  /^ {0,3}>[^\n]*$/gm,
  /“[^”]*”/g,
  /"[^"\n]*"/g,
  /(?<=\])\([^)\s]*\)/g,
];

/** The text with code, quotes, comments and link targets covered. Same length, same lines. */
export function masked(markdown: string): string {
  let text = markdown;
  for (const pattern of CODE_OR_QUOTE) text = text.replaceAll(pattern, (covered: string) => covered.replaceAll(/[^\n]/g, MASK));
  return text;
}
