import type { OwnedPublish } from '@minimq/core';
import { STREAMS } from '../streams.ts';
import { element, withText } from './elements.ts';
import { timeOfDay } from './time-of-day.ts';

const ROWS_MAX = 40;
/** Bytes of a payload that are shown. */
const PAYLOAD_SHOWN_BYTES = 200;

interface Entry {
  /** Counts all messages. */
  readonly order: number;
  readonly time: string;
  readonly topic: string;
  readonly payload: string;
  readonly marks: string;
}

const decoder = new TextDecoder();
const streamTopics = new Set(STREAMS.map(({ topic }) => topic));

/** The last messages, the newest first. Those of the plant and the others are kept apart: the few outlive the many. */
export class MessageList {
  /** All messages. */
  count = 0;
  readonly #body = element('messages', HTMLTableSectionElement);
  readonly #choice = element('messages-shown', HTMLSelectElement);
  readonly #plant: Entry[] = [];
  readonly #others: Entry[] = [];

  add(message: OwnedPublish): void {
    this.count += 1;
    const entries = streamTopics.has(message.topic) ? this.#plant : this.#others;
    entries.unshift(entryOf(message, this.count));
    if (entries.length > ROWS_MAX) entries.pop();
  }

  draw(): void {
    const { value } = this.#choice;
    const shown = [...(value === 'others' ? [] : this.#plant), ...(value === 'plant' ? [] : this.#others)];
    shown.sort((one, other) => other.order - one.order);
    this.#body.replaceChildren(...shown.slice(0, ROWS_MAX).map(rowOf));
    element('messages-none', HTMLElement).hidden = shown.length > 0;
  }
}

function entryOf({ topic, payload, qos, retain, dup }: OwnedPublish, order: number): Entry {
  const isCut = payload.length > PAYLOAD_SHOWN_BYTES;
  const text = decoder.decode(payload.subarray(0, PAYLOAD_SHOWN_BYTES));
  return {
    order,
    time: timeOfDay(),
    topic,
    payload: isCut ? `${text}… (${payload.length.toLocaleString('en')} bytes)` : text,
    marks: [`QoS ${qos}`, ...(retain ? ['retained'] : []), ...(dup ? ['again'] : [])].join(', '),
  };
}

function rowOf({ time, topic, payload, marks }: Entry): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.append(withText('td', time), withText('td', topic), withText('td', payload), withText('td', marks));
  return row;
}
