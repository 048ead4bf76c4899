import type { ScriptedBroker } from '../../script/scripted-broker.ts';
import { bodyOf } from './bytes.ts';
import { bytesOfLast } from './sent.ts';

/** A CONNECT taken apart by hand, as far as every CONNECT is the same. */
export interface ConnectBytes {
  readonly flags: number;
  /** What stands behind the properties: client identifier, will, user name, password. */
  readonly payload: Uint8Array;
}

/** Bytes of name, version, flags and keep alive. */
const HEADER_LENGTH = 10;
const FLAGS_AT = 7;

/** The CONNECT that came last. */
export function lastConnect(broker: ScriptedBroker): ConnectBytes {
  const body = bodyOf(bytesOfLast(broker, 'connect'));
  let propertiesLength = 0;
  let position = HEADER_LENGTH;
  for (let shift = 0; ; shift += 7) {
    const byte = body[position]!;
    position += 1;
    propertiesLength |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return { flags: body[FLAGS_AT]!, payload: body.subarray(position + propertiesLength) };
}
