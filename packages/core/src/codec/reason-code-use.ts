import * as PacketType from './packet-type.ts';
import { CLIENT, SERVER } from './place.ts';
import { isReasonCodeAt, type ReasonCode } from './reason-code.ts';

/** Which packet, from which side, a reason code stands in. */
export type ReasonCodeUse =
  | 'connack'
  | 'puback' // and PUBREC; of a server, since 0x10 is for a server to say
  | 'pubrel' // and PUBCOMP
  | 'suback'
  | 'unsuback'
  | 'clientDisconnect'
  | 'serverDisconnect'
  | 'clientAuth'
  | 'serverAuth';

const places: Readonly<Record<ReasonCodeUse, number>> = {
  connack: SERVER + PacketType.connack,
  puback: SERVER + PacketType.puback,
  pubrel: SERVER + PacketType.pubrel,
  suback: SERVER + PacketType.suback,
  unsuback: SERVER + PacketType.unsuback,
  clientDisconnect: CLIENT + PacketType.disconnect,
  serverDisconnect: SERVER + PacketType.disconnect,
  clientAuth: CLIENT + PacketType.auth,
  serverAuth: SERVER + PacketType.auth,
};

/** Whether the standard allows `code` in that packet. */
export function isReasonCode(code: number, use: ReasonCodeUse): code is ReasonCode {
  return isReasonCodeAt(places[use], code);
}
