import type { AuthProperties } from './properties.ts';
import { putProperties } from './put-properties.ts';
import { putByte, type Target } from './put.ts';
import { readProperties } from './read-properties.ts';
import type { Reader } from './reader.ts';
import type { ReasonCode } from './reason-code.ts';
import { checkReasonCode } from './reason.ts';
import { invalidArgument } from './violation.ts';

/** Section 3.15. */
export interface AuthPacket {
  readonly type: 'auth';
  /** 0x18: continue; 0x19: re-authenticate (of a client only); 0: done (of a server only). */
  readonly reasonCode: ReasonCode;
  /** `authenticationMethod` has to be there. */
  readonly properties: AuthProperties;
}

export function putAuth(target: Target, position: number, packet: AuthPacket, place: number): number {
  const { reasonCode, properties } = packet;
  checkReasonCode(reasonCode, place);
  if (properties?.authenticationMethod === undefined) throw invalidArgument('AUTH needs an authenticationMethod');
  return putProperties(target, putByte(target, position, reasonCode), properties, place);
}

export function readAuth(reader: Reader): AuthPacket {
  const empty = reader.position === reader.end;
  const reasonCode = empty ? 0 : reader.reasonCode();
  const properties: AuthProperties = empty ? {} : (readProperties(reader) as AuthProperties);
  reader.finish();
  if (properties.authenticationMethod === undefined) {
    throw reader.protocolError('3.15.2.2.2', 'has no authentication method');
  }
  return { type: 'auth', reasonCode, properties };
}
