import { decodePacket, encodePacket, packetLength } from '@minimq/core/codec';
import { generate, parser } from 'mqtt-packet';
import type { PacketCase } from './packet-case.ts';
import { touchProperties } from './touch.ts';

export const CODECS = ['minimq', 'mqtt-packet'] as const;
export type CodecName = (typeof CODECS)[number];

/** Both directions of one case, ready to be called many times; each call returns what keeps it from being left out. */
export interface CodecWork {
  readonly encode: () => number;
  readonly decode: () => number;
}

/** Both codecs decode the same bytes, those of `mqtt-packet`. */
export function codecWork(codec: CodecName, packetCase: PacketCase): CodecWork {
  return codec === 'minimq' ? minimqWork(packetCase) : mqttPacketWork(packetCase);
}

function minimqWork({ sender, packet, peerPacket }: PacketCase): CodecWork {
  const target = new Uint8Array(packetLength(packet, sender));
  // As they arrive in a session: a Buffer would slow our decoder down.
  const bytes = new Uint8Array(generate(peerPacket, { protocolVersion: 5 }));
  return {
    encode: () => encodePacket(packet, sender, target),
    decode() {
      const decoded = decodePacket(bytes, sender);
      return 'properties' in decoded ? touchProperties(decoded.properties) : 0;
    },
  };
}

function mqttPacketWork({ peerPacket }: PacketCase): CodecWork {
  const options = { protocolVersion: 5 };
  const bytes = generate(peerPacket, options);
  const reader = parser(options);
  let touched = 0;
  reader.on('packet', (decoded) => {
    if ('properties' in decoded) touched += touchProperties(decoded.properties);
  });
  reader.on('error', (error: Error) => {
    throw error;
  });
  return {
    encode: () => generate(peerPacket, options).length,
    decode() {
      reader.parse(bytes);
      return touched;
    },
  };
}
