import { FIELD_LENGTH_MAX, utf8Length } from './utf8.ts';
import { invalidArgument } from './violation.ts';

/** The length in bytes of a text field; throws an `InvalidRequestError` where it cannot be one. */
export function textLength(what: string, text: string, least = 1): number {
  const length = typeof text === 'string' ? utf8Length(text, least) : -1;
  if (length >= 0 && length <= FIELD_LENGTH_MAX) return length;
  throw invalidArgument(`${what} has to be a string of at most 65,535 bytes, without U+0000 and lone surrogates`);
}

/** The length in bytes of a Topic Name: 1 to 65,535, no wildcards [MQTT-4.7.0-1]. */
export function topicNameLength(what: string, topic: string): number {
  const length = textLength(what, topic);
  if (length === 0 || hasWildcard(topic)) throw invalidArgument(`${what} is empty or has a wildcard`);
  return length;
}

// A share in front, with a name and something behind it, or none; then levels: `+`, or free of wildcards, `#` at the end.
const TOPIC_FILTER = /^(\$share\/[^+#/]+\/|(?!\$share\/))(?!$)((\+|[^+#/]*)\/)*([+#]|[^+#/]*)$/;

/** Whether wildcards, and the share name if there is one, stand where they may. */
export function isTopicFilter(filter: string): boolean {
  return TOPIC_FILTER.test(filter);
}

export function isShared(filter: string): boolean {
  return filter.startsWith('$share/');
}

export function hasWildcard(filter: string): boolean {
  for (let i = 0; i < filter.length; i++) if (isWildcard(filter.charCodeAt(i))) return true;
  return false;
}

/** Whether the bytes of a Topic Name hold a wildcard. */
export function hasWildcardByte(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (isWildcard(bytes[i]!)) return true;
  return false;
}

/** `#` or `+` */
function isWildcard(unit: number): boolean {
  return unit === 0x23 || unit === 0x2b;
}
