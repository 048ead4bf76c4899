import { packetLength, type AckProperties, type Packet } from '@minimq/core/codec';
import type { ClientLimits } from './limits.ts';

export interface Fitted {
  readonly packet: Packet;
  readonly byteLength: number;
}

/**
 * The packet as this client takes it: without Reason String and User Properties where it did not ask for problem
 * information [MQTT-3.1.2-29], and without first the one and then the others where the packet would be over its Maximum
 * Packet Size [MQTT-3.2.2-19]. Undefined where it is too large even so.
 */
export function fit(packet: Packet, limits: ClientLimits): Fitted | undefined {
  const full = limits.requestProblemInformation ? packet : bare(packet);
  for (const candidate of [full, without(full, 'reasonString'), bare(full)]) {
    const byteLength = packetLength(candidate, 'server');
    if (byteLength <= limits.maximumPacketSize) return { packet: candidate, byteLength };
  }
  return undefined;
}

function bare(packet: Packet): Packet {
  return without(without(packet, 'reasonString'), 'userProperties');
}

function without(packet: Packet, name: keyof AckProperties & ('reasonString' | 'userProperties')): Packet {
  if (!('properties' in packet) || packet.properties?.[name] === undefined) return packet;
  return { ...packet, properties: { ...packet.properties, [name]: undefined } } as Packet;
}
