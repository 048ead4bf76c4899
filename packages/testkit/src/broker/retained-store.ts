import { hasWildcard } from '@minimq/core/codec';
import { isExpired, type Message } from './message.ts';
import { TopicTree } from './topic-tree.ts';

/** The last message of each topic that was published with RETAIN (section 3.3.1.3). */
export class RetainedStore {
  readonly #messages = new Map<string, Message>();

  /** Replaces the message of its topic; an empty payload only removes it [MQTT-3.3.1-6]. */
  set(message: Message): void {
    this.#messages.delete(message.topic);
    if (message.payload.length > 0) this.#messages.set(message.topic, message);
  }

  /** Those that have not expired and whose topic matches, the oldest first. */
  matching(topicFilter: string, nowMs: number): Message[] {
    if (!hasWildcard(topicFilter)) {
      const message = this.#messages.get(topicFilter);
      return message === undefined || isExpired(message, nowMs) ? [] : [message];
    }
    const filter = new TopicTree<true>();
    filter.set(topicFilter, true);
    return this.all(nowMs).filter((message) => filter.match(message.topic).length > 0);
  }

  /** Those that have not expired, the oldest first. */
  all(nowMs: number): Message[] {
    for (const [topic, message] of this.#messages) if (isExpired(message, nowMs)) this.#messages.delete(topic);
    return [...this.#messages.values()];
  }

  clear(): void {
    this.#messages.clear();
  }
}
