/** What is said of a text whose nesting alone would exhaust the reader. */
export const TOO_DEEP = { problem: 'The file is nested too deep to be read.', cure: 'Flatten it.', rule: 'too-deep' } as const;
