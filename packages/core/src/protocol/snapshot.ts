import * as PacketType from '../codec/packet-type.ts';
import { frameLength } from '../codec/fixed-header.ts';
import { DUP_FLAG, publishLayout, scanPublish } from '../codec/publish.ts';
import { putText, putU16, putU32 } from '../codec/put.ts';
import type { QoS } from '../codec/qos.ts';
import { Reader } from '../codec/reader.ts';
import { utf8Length } from '../codec/utf8.ts';
import { ConfigError } from '../errors.ts';
import type { Operation } from './operation.ts';
import type { Publishes } from './publishes.ts';
import { RETIRED, Received, type SessionState } from './session-state.ts';
import type { TxArena } from './tx-arena.ts';

// "minimq", and the version of this layout:
//
//   exists (1), session expiry interval (4), last identifier (2), client identifier (text)
//   publishes past their PUBREC: count (4), each identifier (2), tag
//   publishes before it:         count (4), each handed (1), tag, length (4), the PUBLISH
//   received QoS 2 messages that were acknowledged: count (4), each identifier (2)
//   retired identifiers:                            count (4), each identifier (2)
//
// A tag is one byte, whether there is one, and then its text.
const MAGIC = [0x6d, 0x69, 0x6e, 0x69, 0x6d, 0x71, 1] as const;

/** The durable state of a session (section 4.1) as bytes. */
export function encodeSnapshot(session: SessionState, arena: TxArena): Uint8Array<ArrayBuffer> {
  const releasing = [...session.releasing];
  const publishing = [...session.publishing];
  const received = [...session.received].filter(([, { stage }]) => stage === Received.acknowledged);
  const retired = session.packetIds.heldBy(RETIRED);

  let length = MAGIC.length + 9 + utf8Length(session.clientId) + 4 * 4 + 2 * (received.length + retired.length);
  for (const operation of releasing) length += 2 + tagLength(operation);
  for (const operation of publishing) length += 5 + tagLength(operation) + operation.length;
  const bytes = new Uint8Array(length);

  bytes.set(MAGIC);
  let position: number = MAGIC.length;
  bytes[position++] = session.exists ? 1 : 0;
  position = putU32(bytes, position, session.expiryInterval);
  position = putU16(bytes, position, session.packetIds.last);
  position = putText(bytes, position, 'The client identifier', session.clientId);
  position = putU32(bytes, position, releasing.length);
  for (const operation of releasing) {
    position = writeTag(bytes, putU16(bytes, position, operation.packetId), operation);
  }
  position = putU32(bytes, position, publishing.length);
  for (const operation of publishing) {
    bytes[position] = wasHanded(operation, arena) ? 1 : 0;
    position = writeTag(bytes, position + 1, operation);
    position = putU32(bytes, position, operation.length);
    bytes.set(arena.bytes.subarray(operation.offset, operation.end), position);
    position += operation.length;
  }
  position = putU32(bytes, position, received.length);
  for (const [packetId] of received) position = putU16(bytes, position, packetId);
  position = putU32(bytes, position, retired.length);
  for (const packetId of retired) position = putU16(bytes, position, packetId);
  return bytes;
}

/** Brings a snapshot back into an engine that is still empty. Throws a `ConfigError` where it is none, or does not fit. */
export function restoreSnapshot(
  snapshot: Uint8Array,
  session: SessionState,
  arena: TxArena,
  txReserve: number,
  publishes: Publishes,
  newOperation: () => Operation,
): void {
  try {
    restore(snapshot, session, arena, txReserve, publishes, newOperation);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError('snapshot-invalid', 'The bytes given as `restore` are not a whole snapshot', {
      cause: error,
    });
  }
}

function restore(
  snapshot: Uint8Array,
  session: SessionState,
  arena: TxArena,
  txReserve: number,
  publishes: Publishes,
  newOperation: () => Operation,
): void {
  const reader = new Reader();
  reader.bytes = snapshot;
  reader.end = snapshot.length;
  for (const byte of MAGIC) if (reader.byte() !== byte) throw new Error('it does not begin like one');
  session.exists = readFlag(reader);
  session.expiryInterval = reader.u32();
  session.packetIds.last = reader.u16();
  const clientId = reader.text();
  if (session.clientId !== '' && session.clientId !== clientId) {
    throw new ConfigError('snapshot-client-id', `The snapshot is of '${clientId}', not of '${session.clientId}'`);
  }
  session.clientId = clientId;
  for (let count = reader.u32(); count > 0; count--) {
    const operation = newOperation();
    operation.qos = 2;
    operation.stage = 'release';
    operation.handed = true;
    operation.packetId = checkId(reader.u16(), session.packetIds);
    operation.tag = readTag(reader);
    publishes.restore(operation);
  }
  for (let count = reader.u32(); count > 0; count--) {
    publishes.restore(readPublish(reader, session, arena, txReserve, newOperation()));
  }
  const { packetIds } = session;
  for (let count = reader.u32(); count > 0; count--) {
    const packetId = checkId(reader.u16(), session.received);
    session.keepReceived(packetId, { stage: Received.acknowledged, open: false });
  }
  for (let count = reader.u32(); count > 0; count--) packetIds.hold(checkId(reader.u16(), packetIds), RETIRED);
  reader.finish();
}

function readPublish(
  reader: Reader,
  session: SessionState,
  arena: TxArena,
  txReserve: number,
  operation: Operation,
): Operation {
  operation.handed = readFlag(reader);
  operation.tag = readTag(reader);
  const length = reader.u32();
  const start = reader.position;
  reader.skip(length);
  if (frameLength(reader.bytes, start, reader.position) !== length) throw new Error('a PUBLISH has another length');
  const packet = new Reader();
  packet.open(reader.bytes, start, start + length);
  const layout = publishLayout();
  if (packet.place !== PacketType.publish) throw new Error('a packet is not a PUBLISH');
  scanPublish(packet, layout);
  if (layout.topicAlias !== 0 || ((packet.first & DUP_FLAG) !== 0 && !operation.handed)) {
    throw new Error('a PUBLISH has an alias, or is repeated without having been sent');
  }
  operation.qos = ((packet.first >> 1) & 3) as QoS;
  operation.packetId = checkId(layout.packetId, session.packetIds);
  if (!arena.allocate(operation, length, txReserve)) {
    const room = arena.bytes.length - txReserve;
    throw new ConfigError(
      'snapshot-too-large',
      `The publishes of the snapshot do not fit into the ${room} bytes of tx`,
    );
  }
  arena.bytes.set(reader.bytes.subarray(start, start + length), operation.offset);
  return operation;
}

/** What is lent to a write that has not settled may be with the broker already. */
function wasHanded(operation: Operation, { lentStart, lentEnd }: TxArena): boolean {
  const sent = operation.aliased ?? operation;
  return operation.handed || sent.handed || (sent.queued && sent.offset < lentEnd && sent.end > lentStart);
}

function checkId(packetId: number, inUse: { get(packetId: number): unknown }): number {
  if (packetId === 0 || inUse.get(packetId) !== undefined) throw new Error('an identifier is 0, or there twice');
  return packetId;
}

function readFlag(reader: Reader): boolean {
  const byte = reader.byte();
  if (byte > 1) throw new Error('a flag is neither 0 nor 1');
  return byte === 1;
}

function tagLength({ tag }: Operation): number {
  return tag === undefined ? 1 : 3 + utf8Length(tag);
}

function writeTag(target: Uint8Array, position: number, { tag }: Operation): number {
  target[position] = tag === undefined ? 0 : 1;
  return tag === undefined ? position + 1 : putText(target, position + 1, 'A tag', tag);
}

function readTag(reader: Reader): string | undefined {
  return readFlag(reader) ? reader.text() : undefined;
}
