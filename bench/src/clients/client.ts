import type { QoS } from '@minimq/core';
import type { Transport } from '../wire/transport.ts';

export const CLIENTS = ['bare', 'minimq', 'mqttjs', 'u8mqtt'] as const;
export type ClientName = (typeof CLIENTS)[number];

export interface Target {
  readonly transport: Transport;
  readonly port: number;
}

/** What a client should be made for. */
export interface OpenOptions {
  readonly payloadBytes: number;
  readonly inFlight: number;
  /** Of the buffer that the socket reads into, where the client can choose it. */
  readonly readBytes?: number | undefined;
}

/** How the session's own calls are used; the other clients have one way each. */
export const PUBLISH_STYLES = ['publish', 'tryPublish'] as const;
export type PublishStyle = (typeof PUBLISH_STYLES)[number];
export const RECEIVE_STYLES = ['recv', 'drive', 'messages'] as const;
export type ReceiveStyle = (typeof RECEIVE_STYLES)[number];

export interface PublishJob {
  readonly qos: QoS;
  readonly payloadBytes: number;
  /** QoS 1 and 2: open at any time. QoS 0: sent before the client looks up. */
  readonly inFlight: number;
  readonly style: PublishStyle;
}

export interface ReceiveJob {
  readonly qos: QoS;
  readonly payloadBytes: number;
  readonly inFlight: number;
  readonly style: ReceiveStyle;
  /** Topic filters in all, each in a SUBSCRIBE of its own; default 1. Messages match the last one only. */
  readonly subscriptions?: number | undefined;
}

/** Does something `count` times; settles once the peer has answered all of it. */
export type Work = (count: number) => Promise<void>;

/** A client that is connected to the peer, as the measures see it. */
export interface BenchClient {
  /** Settles when the peer has the last of `count` messages: QoS 0 ends with one message of QoS 1. */
  publisher(job: PublishJob): Work;
  /** Settles with the last of `count` messages; the first call subscribes, and they come without end from then on. */
  receiver(job: ReceiveJob): Work;
  /** One message at a time, QoS 0, which the peer sends back; `onNs` is told the nanoseconds of each. */
  echoer(payloadBytes: number, onNs: (ns: number) => void): Work;
  close(): Promise<void>;
}
