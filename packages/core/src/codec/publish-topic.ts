import { putU16, type Target } from './put.ts';
import { topicNameLength } from './topic.ts';
import { readUtf8, writeUtf8 } from './utf8.ts';

// Topics of publishes come again and again. The last one in each direction is kept with its bytes, which were checked
// then: most of what a short publish costs is its topic.

const KEPT_LENGTH_MAX = 64;

/** A topic and its bytes. */
interface KeptTopic {
  /** `null`: there are only bytes yet, or nothing at all. */
  topic: string | null;
  bytes: Uint8Array;
}

const sent: KeptTopic = { topic: null, bytes: /* @__PURE__ */ new Uint8Array(KEPT_LENGTH_MAX) };
const received: KeptTopic = { topic: null, bytes: /* @__PURE__ */ new Uint8Array(KEPT_LENGTH_MAX) };
/** The topic that was sent last: it is kept once it comes twice in a row. */
let lastSent = '';
let receivedLength = 0;

/** See `topicNameLength`. */
export function publishTopicLength(topic: string): number {
  if (topic === sent.topic) return sent.bytes.length;
  const length = topicNameLength('The topic', topic);
  if (topic !== lastSent) lastSent = topic;
  else if (length <= KEPT_LENGTH_MAX) {
    const room = new Uint8Array(sent.bytes.buffer);
    sent.bytes = room.subarray(0, writeUtf8(room, 0, topic));
    sent.topic = topic;
  }
  return length;
}

/** Puts a topic, its length in front; it is checked while it is counted. */
export function putPublishTopic(target: Target, position: number, topic: string): number {
  const start = position + 2;
  if (target === null) return start + publishTopicLength(topic);
  let end;
  if (topic === sent.topic) {
    target.set(sent.bytes, start);
    end = start + sent.bytes.length;
  } else end = writeUtf8(target, start, topic);
  putU16(target, position, end - start);
  return end;
}

/** Whether these bytes are the topic that was kept last. */
export function isKnownTopic(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== receivedLength) return false;
  const kept = received.bytes;
  for (let i = 0; i < receivedLength; i++) if (kept[i] !== bytes[start + i]) return false;
  return true;
}

/** Keeps a topic that was checked, unless it is long. */
export function keepTopic(bytes: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length > KEPT_LENGTH_MAX) return;
  for (let i = 0; i < length; i++) received.bytes[i] = bytes[start + i]!;
  receivedLength = length;
  received.topic = null;
}

/** Reads a topic that was checked. */
export function readPublishTopic(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > KEPT_LENGTH_MAX) return readUtf8(bytes, start, end);
  if (!isKnownTopic(bytes, start, end)) keepTopic(bytes, start, end);
  received.topic ??= readUtf8(bytes, start, end);
  return received.topic;
}
