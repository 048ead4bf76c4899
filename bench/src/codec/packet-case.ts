import type { Packet, Sender } from '@minimq/core/codec';
import type { Packet as PeerPacket } from 'mqtt-packet';

/** The same packet for both codecs. */
export interface PacketCase {
  /** Unique, for example `publish-props`. */
  readonly name: string;
  readonly sender: Sender;
  readonly packet: Packet;
  /** As `mqtt-packet` names its parts. */
  readonly peerPacket: PeerPacket;
}
