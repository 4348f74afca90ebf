import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node } from 'yaml';
import { quoted } from './complaint.ts';

export type ComplainAboutNode = (node: Node | null, problem: string, cure: string, rule: string) => void;

/** Plain data of YAML documents. What a hostile text could do by its structure is complained of and left out. */
export function plainValue(documents: readonly Document.Parsed[], complain: ComplainAboutNode): unknown[] {
  const walk: Walk = { complain, nodes: 0, aliases: 0, stopped: false };
  return documents.map((document) => valueOf(document.contents as Node | null, document, walk, 0));
}

interface Walk {
  readonly complain: ComplainAboutNode;
  nodes: number;
  aliases: number;
  /** Set after a complaint that makes all that follows meaningless. */
  stopped: boolean;
}

const DEEPEST = 40;
const MOST_NODES = 100_000;
const MOST_ALIASES = 50;
/** All but line feed and tab; and what turns the direction of text. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function valueOf(node: Node | null, document: Document.Parsed, walk: Walk, depth: number): unknown {
  if (walk.stopped || node === null) return null;
  if (depth > DEEPEST) return stop(walk, node, `The file is nested more than ${DEEPEST} levels deep.`, 'Flatten it.', 'too-deep');
  if (++walk.nodes > MOST_NODES) return stop(walk, node, `The file stands for more than ${MOST_NODES} values.`, 'Keep it shorter.', 'too-large');
  if (isAlias(node)) {
    if (++walk.aliases > MOST_ALIASES) return stop(walk, node, `The file holds more than ${MOST_ALIASES} aliases.`, 'Write the values out.', 'too-many-aliases');
    return valueOf(node.resolve(document) ?? null, document, walk, depth + 1);
  }
  if (isSeq(node)) return node.items.map((item) => valueOf(item as Node, document, walk, depth + 1));
  if (isMap(node)) return mapOf(node.items as readonly { key: Node; value: Node | null }[], document, walk, depth);
  if (!isScalar(node)) return null;
  if (typeof node.value === 'string' && CONTROL.test(node.value)) walk.complain(node, 'This text holds control characters.', 'Remove them.', 'not-text');
  return node.value;
}

function mapOf(items: readonly { key: Node; value: Node | null }[], document: Document.Parsed, walk: Walk, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const { key, value } of items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!isScalar(key)) walk.complain(key, 'A key must be a text.', 'Put it in quotes.', 'key');
    else if (PROTOTYPE_KEYS.has(name)) walk.complain(key, `${quoted(name)} may not be a key.`, 'Choose another name.', 'key');
    else if (seen.has(name)) walk.complain(key, `The key ${quoted(name)} stands here twice.`, 'Keep one of them.', 'duplicate-key');
    else map[name] = valueOf(value, document, walk, depth + 1);
    seen.add(name);
  }
  return map;
}

function stop(walk: Walk, node: Node, problem: string, cure: string, rule: string): null {
  walk.stopped = true;
  walk.complain(node, problem, cure, rule);
  return null;
}
