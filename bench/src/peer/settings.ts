import type { QoS } from '@minimq/core';
import type { Transport } from '../wire/transport.ts';

/** What the peer sends to whoever subscribes, until the connection ends. */
export interface FloodSettings {
  readonly qos: QoS;
  readonly payloadBytes: number;
  /** Messages without a final acknowledgement at any time; QoS 1 and 2. */
  readonly inFlight: number;
  /** It begins with the SUBSCRIBE of this number; default 1. */
  readonly afterSubscriptions?: number | undefined;
}

export interface PeerSettings {
  readonly transport: Transport;
  /** What its CONNACK announces, 1 to 65,535. */
  readonly receiveMaximum: number;
  readonly flood?: FloodSettings | undefined;
  /** Sends everything after CONNECT back as it came. */
  readonly echoes?: boolean | undefined;
  /**
   * The first connection is not acknowledged, and is cut once this many messages have come; the ones after it find
   * their session present.
   */
  readonly cutAfterMessages?: number | undefined;
}

/** What the peer has to say of itself when it is asked to stop. */
export interface PeerReport {
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Microseconds of CPU, of the system's calls too, from the first connection to the end. */
  readonly cpuUs: number;
}
