import type { Packet, ReasonCode, ServerDisconnectProperties } from '@minimq/core/codec';

/** How a connection ended. */
export interface ConnectionEnd {
  /** `client`: its DISCONNECT; `broker`: a refusal, an error of the client's, a limit; `transport`: the stream was lost. */
  readonly by: 'client' | 'broker' | 'transport';
  /** Of the DISCONNECT, or of the CONNACK that refused. */
  readonly reasonCode?: ReasonCode | undefined;
  /** What was wrong. */
  readonly error?: unknown;
}

/** What a connection is about just now: its handshake, or a client's session. It gets every packet. */
export interface Phase {
  /** Bytes of a packet that the client may send. */
  readonly packetBytesMax: number;
  /** The byte that the next packet has to begin with, so that nothing else is waited for; undefined: any. */
  readonly firstByte: number | undefined;
  /** Throws a violation where the packet must not come now. */
  receive(packet: Packet): void;
  /** The packet that tells the client why its connection ends; undefined: none. */
  farewell(reasonCode: ReasonCode, properties: ServerDisconnectProperties): Packet | undefined;
  /** Sends what waits and may leave with this batch; returns whether some was left for want of room. */
  fill(): boolean;
  /** The batch leaves: its answers may be with the client from now on. */
  leaving(): void;
  /** The connection is over; its transport takes no more than the first `handedBytes`. */
  ended(end: ConnectionEnd, handedBytes: number): void;
}
