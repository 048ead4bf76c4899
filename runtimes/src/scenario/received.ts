import type { InboundPublish, QoS } from '@minimq/core';

/** The numbers that the messages of one topic carry, in the order in which they came. */
export class Received {
  readonly #numbers = new Map<string, number[]>();

  take(message: InboundPublish, qos: QoS): void {
    const { topic } = message;
    if (message.qos !== qos) throw new Error(`${topic}: a message of QoS ${message.qos} came, not ${qos}`);
    const numbers = this.#numbers.get(topic) ?? [];
    numbers.push(Number.parseInt(message.text(), 10));
    this.#numbers.set(topic, numbers);
  }

  /** Each of them once and in order: what QoS 2 promises, and what a quiet connection does at any QoS. */
  mustBeExact(topic: string, count: number): void {
    mustCount(topic, this.#of(topic), count);
  }

  /** None lost, and the first copies in order; returns how many came again, as QoS 1 allows. */
  mustBeComplete(topic: string, count: number): number {
    const numbers = this.#of(topic);
    mustCount(topic, [...new Set(numbers)], count);
    return numbers.length - count;
  }

  count(topic: string): number {
    return this.#of(topic).length;
  }

  #of(topic: string): readonly number[] {
    return this.#numbers.get(topic) ?? [];
  }
}

function mustCount(topic: string, numbers: readonly number[], count: number): void {
  const wrong = numbers.findIndex((number, index) => number !== index);
  if (wrong >= 0) throw new Error(`${topic}: message ${numbers[wrong]} came where ${wrong} was due`);
  if (numbers.length !== count) throw new Error(`${topic}: ${numbers.length} messages came, not ${count}`);
}
