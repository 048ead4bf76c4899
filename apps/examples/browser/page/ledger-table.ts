import type { OwnedPublish } from '@minimq/core';
import { numberOf, STREAMS } from '../streams.ts';
import { element } from './elements.ts';
import { Ledger } from './ledger.ts';

type Column = 'sent' | 'received' | 'lost' | 'doubled';
const COLUMNS: readonly Column[] = ['sent', 'received', 'lost', 'doubled'];
/** What each QoS allows: at most once, at least once, exactly once. */
const ALLOWED: readonly (readonly Column[])[] = [['lost'], ['doubled'], []];

/** The account of every stream, as a row of the table. */
export class LedgerTable {
  readonly #ledgers = new Map(STREAMS.map(({ topic }) => [topic, new Ledger()]));

  add(message: OwnedPublish): void {
    const ledger = this.#ledgers.get(message.topic);
    // A stream is what comes at its QoS; what the reader publishes at another one is not of it.
    if (ledger === undefined || message.retain || !isOfStream(message)) return;
    const number = numberOf(message.text());
    if (number !== undefined) ledger.add(number);
  }

  draw(): void {
    for (const { topic, qos } of STREAMS) {
      const ledger = this.#ledgers.get(topic)!;
      const allowed = ALLOWED[qos]!;
      for (const column of COLUMNS) {
        const cell = element(`${column}-${qos}`, HTMLTableCellElement);
        cell.textContent = ledger[column].toLocaleString('en');
        cell.className = allowed.includes(column) && ledger[column] > 0 ? 'allowed' : '';
      }
      const isKept = (['lost', 'doubled'] as const).every((column) => allowed.includes(column) || ledger[column] === 0);
      const verdict = element(`verdict-${qos}`, HTMLTableCellElement);
      verdict.textContent = isKept ? 'kept' : 'broken';
      verdict.className = isKept ? 'kept' : 'broken';
    }
  }
}

function isOfStream({ topic, qos }: OwnedPublish): boolean {
  return STREAMS.some((stream) => stream.topic === topic && stream.qos === qos);
}
