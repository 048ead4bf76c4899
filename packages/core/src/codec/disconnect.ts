import type { DisconnectProperties, ServerDisconnectProperties } from './properties.ts';
import type { Target } from './put.ts';
import type { Reader } from './reader.ts';
import type { ReasonCode } from './reason-code.ts';
import { putReason, readReason, type Reason } from './reason.ts';

/** Section 3.14. */
export interface DisconnectPacket {
  readonly type: 'disconnect';
  /** Default: normal disconnection. */
  readonly reasonCode?: ReasonCode | undefined;
  readonly properties?: DisconnectProperties | ServerDisconnectProperties | undefined;
}

export function putDisconnect(target: Target, position: number, packet: DisconnectPacket, place: number): number {
  return putReason(target, position, packet as Reason, place);
}

export function readDisconnect(reader: Reader): DisconnectPacket {
  return { type: 'disconnect', ...(readReason(reader) as Omit<DisconnectPacket, 'type'>) };
}
