import type { ClientPacketName, ClientPackets } from '../../script/packets.ts';
import type { ScriptedBroker } from '../../script/scripted-broker.ts';

/** All packets of a kind that clients have sent; `connection`: on this one. */
export function sentBy<Name extends ClientPacketName>(
  broker: ScriptedBroker,
  type: Name,
  connection?: number,
): readonly ClientPackets[Name][] {
  const entries = broker.transcript.packets({ type, direction: 'toServer', connection });
  return entries.map(({ packet }) => packet as unknown as ClientPackets[Name]);
}

/** The bytes of the last packet of a kind that a client has sent. */
export function bytesOfLast(broker: ScriptedBroker, type: ClientPacketName): Uint8Array {
  const entry = broker.transcript.packets({ type, direction: 'toServer' }).at(-1);
  if (entry === undefined) throw new TypeError(`No ${type} has been sent`);
  return entry.bytes;
}
