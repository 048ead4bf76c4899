import { PacketType, type Sender } from './packet-type.ts';
import { propertiesLength, readProperties, writeProperties, type AuthProperties } from './properties.ts';
import type { Reader } from './reader.ts';
import { isReasonCode, type ReasonCode } from './reason-code.ts';
import { varintLength } from './varint.ts';
import { invalidArgument, protocolError, wrongReasonCode } from './violation.ts';

/** Section 3.15. */
export interface AuthPacket {
  readonly type: 'auth';
  /** 0x18: continue; 0x19: re-authenticate (of a client only); 0: done (of a server only). */
  readonly reasonCode: ReasonCode;
  /** `authenticationMethod` has to be there. */
  readonly properties: AuthProperties;
}

export function measureAuth({ reasonCode, properties }: AuthPacket, sender: Sender): number {
  if (!isReasonCode(reasonCode, `${sender}Auth`)) {
    throw invalidArgument(wrongReasonCode(reasonCode, PacketType.auth, sender));
  }
  if (properties?.authenticationMethod === undefined) throw invalidArgument('AUTH needs an authenticationMethod');
  const length = propertiesLength(properties, PacketType.auth, sender);
  return 1 + varintLength(length) + length;
}

export function writeAuth(packet: AuthPacket, target: Uint8Array, position: number, sender: Sender): number {
  const { properties } = packet;
  target[position] = packet.reasonCode;
  return writeProperties(target, position + 1, properties, propertiesLength(properties, PacketType.auth, sender));
}

export function readAuth(reader: Reader, sender: Sender): AuthPacket {
  const empty = reader.position === reader.end;
  const reasonCode = empty ? 0 : reader.reasonCode(`${sender}Auth`, sender, '3.15.2.1');
  const properties: AuthProperties = empty ? {} : (readProperties(reader, sender) as AuthProperties);
  reader.finish();
  if (properties.authenticationMethod === undefined) {
    throw protocolError('3.15.2.2.2', 'AUTH has no authentication method');
  }
  return { type: 'auth', reasonCode, properties };
}
