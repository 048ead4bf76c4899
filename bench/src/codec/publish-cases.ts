import type { PacketCase } from './packet-case.ts';

const TOPIC = 'bench/home/temperature';
const PAYLOAD_BYTES = 64;
/** 16 bytes to 1 MB. */
const SIZES = [16, 256, 4_096, 65_536, 1_000_000] as const;

/** Plain PUBLISH of many sizes, and the usual small one with five properties. */
export function publishCases(): PacketCase[] {
  const correlationData = Buffer.from('0123456789abcdef');
  const plain = publishCase('publish', PAYLOAD_BYTES);
  const properties = {
    payloadFormatIndicator: 1,
    messageExpiryInterval: 3_600,
    contentType: 'application/octet-stream',
    responseTopic: 'bench/answers/17',
    correlationData,
  } as const;
  return [
    plain,
    {
      ...plain,
      name: 'publish-props',
      packet: { ...plain.packet, properties } as PacketCase['packet'],
      peerPacket: {
        ...plain.peerPacket,
        properties: { ...properties, payloadFormatIndicator: true },
      } as PacketCase['peerPacket'],
    },
    ...SIZES.map((bytes) => publishCase(`publish-${bytes}`, bytes)),
  ];
}

function publishCase(name: string, payloadBytes: number): PacketCase {
  const payload = Buffer.alloc(payloadBytes, 0x61);
  const flags = { qos: 0, retain: false, dup: false } as const;
  return {
    name,
    sender: 'server',
    packet: { type: 'publish', topic: TOPIC, payload, ...flags },
    peerPacket: { cmd: 'publish', topic: TOPIC, payload, ...flags },
  };
}
