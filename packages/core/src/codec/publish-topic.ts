import { putU16, type Target } from './put.ts';
import { topicNameLength } from './topic.ts';
import { readUtf8, writeUtf8 } from './utf8.ts';

// Topics of publishes come again and again. One in each direction is kept with its bytes, which were checked then: most
// of what a short publish costs is its topic.

const KEPT_LENGTH_MAX = 64;

class KeptTopic {
  topic: string | null = null;
  bytes: Uint8Array = new Uint8Array(KEPT_LENGTH_MAX);
  #last = '';

  /** Keeps a topic that comes twice in a row. */
  see(topic: string, length: number): void {
    if (topic !== this.#last) this.#last = topic;
    else if (length <= KEPT_LENGTH_MAX) {
      const room = new Uint8Array(this.bytes.buffer);
      this.bytes = room.subarray(0, writeUtf8(room, 0, topic));
      this.topic = topic;
    }
  }

  isAt(bytes: Uint8Array, start: number, end: number): boolean {
    const { length } = this.bytes;
    if (this.topic === null || end - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.bytes[i] !== bytes[start + i]) return false;
    return true;
  }
}

const sent: KeptTopic = /* @__PURE__ */ new KeptTopic();
const received: KeptTopic = /* @__PURE__ */ new KeptTopic();

/** See `topicNameLength`. */
export function publishTopicLength(topic: string): number {
  if (topic === sent.topic) return sent.bytes.length;
  const length = topicNameLength('The topic', topic);
  sent.see(topic, length);
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

/** Whether these bytes are a topic that was read, and so checked, before. */
export function isKnownTopic(bytes: Uint8Array, start: number, end: number): boolean {
  return received.isAt(bytes, start, end);
}

/** Reads a topic that was checked. */
export function readPublishTopic(bytes: Uint8Array, start: number, end: number): string {
  if (received.isAt(bytes, start, end)) return received.topic!;
  const topic = readUtf8(bytes, start, end);
  received.see(topic, end - start);
  return topic;
}
