import type { Packet } from '@minimq/core/codec';
import type { Arrival, Conversation } from './conversation.ts';
import { headlineOf, nameOfPacket } from './failure.ts';
import { formatWant, mismatch, type Want } from './match.ts';
import type { ScriptError } from './script-error.ts';
import type { Stage } from './stage.ts';
import type { Step } from './steps.ts';

// What is said where the client does something else than the script wants.

/** A packet that fits none of the open wants. */
export function unexpected(
  stage: Stage,
  step: Step,
  conversation: Conversation,
  wants: readonly Want[],
  { packet, bytes }: { readonly packet: Packet; readonly bytes: Uint8Array },
): ScriptError {
  const details = { got: packet, bytes, connection: conversation.number };
  const [wanted] = wants;
  if (wanted === undefined || wants.length > 1) {
    const headline = `${nameOfPacket(packet.type)} came, and it is none of the packets that the script wants`;
    const list = wants.map((want) => `wanted ${formatWant(want)}`);
    return stage.failed(step, 'unexpected-packet', headline, { ...details, list });
  }
  const why = mismatch(wanted, packet, bytes) ?? { kind: 'type', fields: [] };
  const headline = headlineOf(wanted, packet, why);
  const name = nameOfPacket(wanted.type);
  const { fields } = why;
  return stage.failed(step, 'unexpected-packet', headline, {
    ...details,
    wanted: name,
    want: wanted,
    mismatch: why,
    fields,
  });
}

export function malformed(
  stage: Stage,
  step: Step,
  conversation: Conversation,
  bytes: Uint8Array,
  problem: string,
): ScriptError {
  const headline = `Bytes came that are no packet of a client: ${problem}`;
  return stage.failed(step, 'malformed-packet', headline, { bytes, connection: conversation.number });
}

export function endedEarly(stage: Stage, step: Step, conversation: Conversation, wanted: string): ScriptError {
  const [first] = conversation.arrivals;
  const bytes = first?.kind === 'part' ? first.bytes : undefined;
  const where = bytes === undefined ? '' : ' in the middle of a packet';
  const headline = `The client closed the connection${where}, and the script wants ${wanted}`;
  return stage.failed(step, 'unexpected-end', headline, { wanted, bytes, connection: conversation.number });
}

export function notTheEnd(stage: Stage, step: Step, conversation: Conversation, arrival: Arrival): ScriptError {
  if (arrival.kind !== 'packet') return endedEarly(stage, step, conversation, 'the end of the stream');
  const { packet, bytes, problem } = arrival.entry;
  if (packet === undefined) return malformed(stage, step, conversation, bytes, problem ?? '');
  const headline = `${nameOfPacket(packet.type)} came, and the script wants the end of the stream`;
  return stage.failed(step, 'unexpected-packet', headline, { got: packet, bytes, connection: conversation.number });
}

export function otherBytes(
  stage: Stage,
  step: Step,
  conversation: Conversation,
  wanted: Uint8Array,
  bytes: Uint8Array,
): ScriptError {
  const [first] = conversation.arrivals;
  const got = first?.kind === 'packet' ? first.entry.packet : undefined;
  const headline = `${got === undefined ? 'Bytes' : nameOfPacket(got.type)} came, and not the bytes that the script wants`;
  const details = { got, bytes, wantedBytes: wanted, connection: conversation.number };
  return stage.failed(step, 'unexpected-packet', headline, details);
}

/** The connection is over, and this step is about no other. */
export function over(stage: Stage, step: Step, { number }: Conversation): ScriptError {
  return stage.failed(step, 'misuse', `Connection ${number} is over: nothing can come on it`, { connection: number });
}
