import type { ObservedPacket } from '../broker/hooks.ts';
import { formatValue, summaryOf } from '../transcript/fields.ts';
import { hexOf } from '../transcript/hex.ts';

const NAME_WIDTH = 'UNSUBSCRIBE'.length;
/** Of what is no packet; the rest would only fill the screen. */
const BYTES_SHOWN_MAX = 64;
const HIDDEN: Uint8Array = new TextEncoder().encode('***');

/** `12:34:56.789  #1 'me'  --> PUBLISH      topic 'a', qos 1`: --> to the broker, <-- to the client. In UTC. */
export function printedPacket({ connection, direction, packet, bytes, clientId }: ObservedPacket, now: Date): string {
  const shown = packet?.type === 'connect' && packet.password !== undefined ? { ...packet, password: HIDDEN } : packet;
  const name = clientId ?? (packet?.type === 'connect' ? packet.clientId : undefined);
  const client = name === undefined ? '' : ` ${formatValue('clientId', name)}`;
  const arrow = direction === 'toServer' ? '-->' : '<--';
  const what = shown === undefined ? 'malformed' : shown.type.toUpperCase();
  const detail = shown === undefined ? hexOf(bytes.subarray(0, BYTES_SHOWN_MAX)) : summaryOf(shown);
  const time = now.toISOString().slice(11, 23);
  return `${time}  #${connection}${client}  ${arrow} ${what.padEnd(NAME_WIDTH)}  ${detail}`.trimEnd();
}
