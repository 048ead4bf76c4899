import { ReasonCode } from '@minimq/core';
import type { ObservedPacket, PublishRequest } from '@minimq/testkit';
import {
  BURST_COUNT,
  CALM_COUNT,
  CUT_AFTER_RECEIVED_COUNT,
  CUT_AFTER_ANSWERED_COUNT,
  CUT_COUNT,
  isOfBurst,
} from '../scenario/plan.ts';

/** One run of the scenario, seen from the broker: cuts the connection in the middle of the burst, and judges what came. */
export class RunWatch {
  readonly #cut: () => void;
  readonly #acceptedCounts = [0, 0, 0];
  /** Messages of the burst that have come on the present connection. */
  #receivedCount = 0;
  /** Messages sent on it that the client has answered: the first batch leaves together with the CONNACK. */
  #answeredCount = 0;
  #cutCount = 0;
  /** Until the client comes back, what had arrived before is still looked at. */
  #isCut = false;
  #hasDisconnected = false;

  /** `cut` breaks the connection off without a word. */
  constructor(cut: () => void) {
    this.#cut = cut;
  }

  onPacket({ direction, packet }: ObservedPacket): void {
    if (direction === 'toClient' || packet === undefined) return;
    if (packet.type === 'connect') {
      this.#receivedCount = this.#answeredCount = 0;
      this.#isCut = false;
    }
    if (packet.type === 'disconnect') this.#hasDisconnected = packet.reasonCode === ReasonCode.normalDisconnection;
    if (packet.type === 'publish' && isOfBurst(packet.topic)) this.#receivedCount += 1;
    if (packet.type === 'puback' || packet.type === 'pubrec') this.#answeredCount += 1;
    if (this.#isCut || !this.#isTimeToCut()) return;
    this.#isCut = true;
    this.#cutCount += 1;
    this.#cut();
  }

  /** A message that the broker takes: a repeat that QoS 2 recognises is none. */
  onPublish({ qos }: PublishRequest): void {
    this.#acceptedCounts[qos] = (this.#acceptedCounts[qos] ?? 0) + 1;
  }

  /** What was not as it should be, in words. */
  problems(): readonly string[] {
    const [qos0 = 0, qos1 = 0, qos2 = 0] = this.#acceptedCounts;
    const problems: string[] = [];
    const mustBe = (isRight: boolean, problem: string): void => void (isRight || problems.push(problem));
    const exactlyOnceCount = CALM_COUNT + BURST_COUNT + 1;
    mustBe(this.#cutCount === CUT_COUNT, `the connection was cut ${this.#cutCount} times, not ${CUT_COUNT}`);
    mustBe(qos0 === CALM_COUNT, `the broker took ${qos0} messages of QoS 0, not ${CALM_COUNT}`);
    mustBe(qos1 >= CALM_COUNT + BURST_COUNT, `the broker took ${qos1} messages of QoS 1: some were lost`);
    mustBe(qos2 === exactlyOnceCount, `the broker took ${qos2} messages of QoS 2, not ${exactlyOnceCount}`);
    mustBe(this.#hasDisconnected, 'no DISCONNECT came');
    return problems;
  }

  #isTimeToCut(): boolean {
    if (this.#cutCount === 0) return this.#receivedCount >= CUT_AFTER_RECEIVED_COUNT;
    return this.#cutCount < CUT_COUNT && this.#answeredCount >= CUT_AFTER_ANSWERED_COUNT;
  }
}
