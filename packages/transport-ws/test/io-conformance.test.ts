import { ioConformance, type IoPair } from '@minimq/testkit';
import { tlsClientOptions } from '@minimq/testkit/certificates';
import { describeCases } from '@minimq/testkit/vitest';
import { INBOUND_BYTES_MAX_DEFAULT } from '@minimq/transport-ws';
import type { WebSocketOptions } from '@minimq/transport-ws';
import { nodeFace, open, socketFace, streamFace } from './support.ts';
import type { Face } from './support.ts';
import { webSocketPeer } from './web-socket-peer.ts';

/** More than two sockets of one machine hold, and as little as that allows: each byte goes through four copies. */
const IN_TRANSIT_MAX_BYTES = 16 * 1024 * 1024;
const VOLUME_BYTES = 24 * 1024 * 1024;

interface Subject {
  readonly name: string;
  readonly face: Face;
  readonly scheme: 'ws' | 'wss';
  readonly inboundCapBytes?: number;
}

const subjects: readonly Subject[] = [
  { name: 'ws: in Node', face: nodeFace, scheme: 'ws' },
  { name: 'wss: in Node', face: nodeFace, scheme: 'wss' },
  { name: streamFace.name, face: streamFace, scheme: 'ws' },
  { name: socketFace.name, face: socketFace, scheme: 'ws', inboundCapBytes: INBOUND_BYTES_MAX_DEFAULT },
];

for (const { name, face, scheme, inboundCapBytes } of subjects) {
  const openPair = async (): Promise<IoPair> => {
    const options: WebSocketOptions = scheme === 'wss' ? tlsClientOptions() : {};
    const link = await open(face, options, scheme);
    return { io: link.io, peer: webSocketPeer(link) };
  };
  const suite = ioConformance({
    name,
    open: openPair,
    inboundCapBytes,
    inTransitMaxBytes: IN_TRANSIT_MAX_BYTES,
    volumeBytes: VOLUME_BYTES,
    limitMs: 20_000,
  });
  describeCases(name, suite);
}
