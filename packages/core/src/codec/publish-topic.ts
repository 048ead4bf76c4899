import { putU16, type Target } from './put.ts';
import { topicNameLength } from './topic.ts';
import { readUtf8, writeUtf8 } from './utf8.ts';

// Topics of publishes come again and again. The last one in each direction is kept with its bytes, which were checked
// then: most of what a short publish costs is its topic.

const KEPT_LENGTH_MAX = 64;

/** A topic is kept once it was sent twice in a row. */
const sent = {
  last: '',
  topic: null as string | null,
  bytes: /* @__PURE__ */ new Uint8Array(KEPT_LENGTH_MAX),
};

/** The topic that was checked or read last; it becomes a string with the first reading. */
const received = {
  topic: null as string | null,
  bytes: /* @__PURE__ */ new Uint8Array(KEPT_LENGTH_MAX),
  length: 0,
};

/** See `topicNameLength`. */
export function publishTopicLength(topic: string): number {
  if (topic === sent.topic) return sent.bytes.length;
  const length = topicNameLength('The topic', topic);
  if (topic !== sent.last) sent.last = topic;
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
  const { bytes: kept, length } = received;
  if (end - start !== length) return false;
  for (let i = 0; i < length; i++) if (kept[i] !== bytes[start + i]) return false;
  return true;
}

/** Keeps a topic that was checked, unless it is long. */
export function keepTopic(bytes: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length > KEPT_LENGTH_MAX) return;
  for (let i = 0; i < length; i++) received.bytes[i] = bytes[start + i]!;
  received.length = length;
  received.topic = null;
}

/** Reads a topic that was checked. */
export function readPublishTopic(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > KEPT_LENGTH_MAX) return readUtf8(bytes, start, end);
  if (!isKnownTopic(bytes, start, end)) keepTopic(bytes, start, end);
  received.topic ??= readUtf8(bytes, start, end);
  return received.topic;
}
