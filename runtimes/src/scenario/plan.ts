import type { QoS } from '@minimq/core';

// What the scenario does, known to the program under test and to who judges it from the broker's side.

/** Messages of each QoS while nothing is wrong. */
export const CALM_COUNT = 50;
/** Messages of each of QoS 1 and 2, by turns, while the connection is cut. */
export const BURST_COUNT = 500;
/** The first connection is cut when the broker has got so many messages of the burst. */
export const CUT_AFTER_RECEIVED_COUNT = 300;
/** The second one when the client has answered so many of those that it was sent on it. */
export const CUT_AFTER_ANSWERED_COUNT = 200;
export const CUT_COUNT = 2;

export const ALL_QOS: readonly QoS[] = [0, 1, 2];

export function calmTopic(clientId: string, qos: QoS): string {
  return `${clientId}/calm/${qos}`;
}

export function burstTopic(clientId: string, qos: QoS): string {
  return `${clientId}/burst/${qos}`;
}

/** Of the one message, of QoS 2, that follows all others. */
export function endTopic(clientId: string): string {
  return `${clientId}/end`;
}

export function isOfBurst(topic: string): boolean {
  return topic.includes('/burst/');
}
