import { QoS } from '@minimq/core';

export const QOS_ALL: readonly QoS[] = [QoS.atMostOnce, QoS.atLeastOnce, QoS.exactlyOnce];

/** What became of the messages of one QoS: `sent` = `received` - `again` - `doubled` + `cutOff` + `lost`. */
export interface Account {
  readonly qos: QoS;
  /** Accepted by the publisher's session; a QoS 0 message that it gave back is only counted when it was sent after all. */
  readonly sent: number;
  /** Copies that the subscriber was given. */
  readonly received: number;
  /** QoS 0: gone with the connection that they were on, or published while the subscriber was away. */
  readonly cutOff: number;
  /** QoS 1: second copies of messages that were unacknowledged at the cut, so that they had to be sent again. */
  readonly again: number;
  /** Missing, where the QoS does not allow it. */
  readonly lost: number;
  /** Second copies, where the QoS does not allow them. */
  readonly doubled: number;
}

/**
 * Keeps the account of every single message, by QoS and number. Nothing is filtered here: whatever the session hands
 * over is counted. What a cut excuses is what MQTT says it may do, and only to the messages that it could do it to.
 */
export class Tally {
  /** Messages of each QoS, numbered from 1. */
  readonly total: number;
  readonly #sent: readonly Uint8Array[];
  readonly #copies: readonly Uint16Array[];
  readonly #repeatsAllowed: Uint16Array;
  readonly #receivedCounts = [0, 0, 0];
  readonly #distinctCounts = [0, 0, 0];
  /** QoS 0 leaves and arrives in order, so that a cut can only have taken what lies between these two numbers. */
  readonly #gaps: { readonly after: number; readonly before: number }[] = [];
  #lastAtMostOnce = 0;

  constructor(total: number) {
    this.total = total;
    this.#sent = QOS_ALL.map(() => new Uint8Array(total + 1));
    this.#copies = QOS_ALL.map(() => new Uint16Array(total + 1));
    this.#repeatsAllowed = new Uint16Array(total + 1);
  }

  /** The publisher's session has accepted it. */
  sent(qos: QoS, number: number): void {
    this.#sent[qos]![number] = 1;
  }

  /** The publisher's session gave a QoS 0 message back: the connection was lost before all of it was handed over. */
  givenBack(number: number): void {
    this.#sent[QoS.atMostOnce]![number] = 0;
  }

  /** It had no acknowledgement when the publisher's connection was lost, so the session may send it again. */
  unacknowledged(qos: QoS, number: number): void {
    if (qos === QoS.atLeastOnce) this.#repeatsAllowed[number]! += 1;
  }

  /** The subscriber was given it. DUP: the broker had no acknowledgement for an earlier copy. */
  received(qos: QoS, number: number, dup: boolean): void {
    const copies = this.#copies[qos];
    if (!(number >= 1 && number <= this.total) || copies === undefined) {
      throw new RangeError(`A message that nobody sent: number ${number} at QoS ${qos}`);
    }
    if (copies[number] === 0) this.#distinctCounts[qos]! += 1;
    copies[number]! += 1;
    this.#receivedCounts[qos]! += 1;
    if (qos === QoS.atMostOnce) this.#lastAtMostOnce = Math.max(this.#lastAtMostOnce, number);
    if (qos === QoS.atLeastOnce && dup) this.#repeatsAllowed[number]! += 1;
  }

  /** After a loss both sides are connected again; `next` is the QoS 0 message that has not been published yet. */
  bothBack(next: number): void {
    this.#gaps.push({ after: this.#lastAtMostOnce, before: next });
  }

  /** How many different messages of a QoS have arrived. */
  distinctCount(qos: QoS): number {
    return this.#distinctCounts[qos]!;
  }

  accounts(): readonly Account[] {
    return QOS_ALL.map((qos) => this.#account(qos));
  }

  #account(qos: QoS): Account {
    const account = { sent: 0, cutOff: 0, again: 0, lost: 0, doubled: 0 };
    for (let number = 1; number <= this.total; number++) {
      if (this.#sent[qos]![number] === 0) continue;
      const copies = this.#copies[qos]![number]!;
      account.sent += 1;
      if (copies === 0 && this.#mayBeCutOff(qos, number)) account.cutOff += 1;
      else if (copies === 0) account.lost += 1;
      const again = qos === QoS.atLeastOnce ? Math.min(copies - 1, this.#repeatsAllowed[number]!) : 0;
      account.again += Math.max(0, again);
      account.doubled += Math.max(0, copies - 1 - again);
    }
    return { qos, received: this.#receivedCounts[qos]!, ...account };
  }

  #mayBeCutOff(qos: QoS, number: number): boolean {
    return qos === QoS.atMostOnce && this.#gaps.some(({ after, before }) => after < number && number < before);
  }
}

/** Whether every message is accounted for and every QoS has kept its promise. */
export function isKept(accounts: readonly Account[], total: number): boolean {
  return accounts.every(({ sent, lost, doubled }) => sent === total && lost === 0 && doubled === 0);
}
