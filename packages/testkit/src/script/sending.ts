import type { Packet } from '@minimq/core/codec';
import { formatObject } from '../transcript/fields.ts';
import { answerTo, buildPacket, type Fields } from './build.ts';
import { endedEarly, malformed } from './complaints.ts';
import type { Conversation } from './conversation.ts';
import type { Target } from './expecting.ts';
import { nameOfPacket } from './failure.ts';
import type {
  ClientPacket,
  ClientPackets,
  FieldsSent,
  Identified,
  ServerPacketName,
  ServerPackets,
} from './packets.ts';
import { textOf } from './stage.ts';
import type { Step } from './steps.ts';

type Sent<Name extends ServerPacketName> = Promise<ServerPackets[Name]>;
type Ack<Name extends ServerPacketName> = (
  to: Identified | FieldsSent<ServerPackets[Name]>,
  fields?: FieldsSent<ServerPackets[Name]>,
) => Sent<Name>;

/** Packets of the broker. Each call settles when the transport has taken the packet, with the packet as it was sent. */
export interface SendFace {
  connack(fields?: FieldsSent<ServerPackets['connack']>): Sent<'connack'>;
  /** QoS 1 and 2 get the next packet identifier unless one is given. */
  publish(fields: FieldsSent<ServerPackets['publish']>): Sent<'publish'>;
  readonly puback: Ack<'puback'>;
  readonly pubrec: Ack<'pubrec'>;
  readonly pubrel: Ack<'pubrel'>;
  readonly pubcomp: Ack<'pubcomp'>;
  /** Grants what the SUBSCRIBE asks for, unless `reasonCodes` are given. */
  suback(
    to: ClientPackets['subscribe'] | FieldsSent<ServerPackets['suback']>,
    fields?: FieldsSent<ServerPackets['suback']>,
  ): Sent<'suback'>;
  unsuback(
    to: ClientPackets['unsubscribe'] | FieldsSent<ServerPackets['unsuback']>,
    fields?: FieldsSent<ServerPackets['unsuback']>,
  ): Sent<'unsuback'>;
  pingresp(): Sent<'pingresp'>;
  disconnect(fields?: FieldsSent<ServerPackets['disconnect']>): Sent<'disconnect'>;
  /** Continues (0x18) with the method of the packet that it answers, unless the fields say otherwise. */
  auth(
    to: ClientPackets['auth'] | ClientPackets['connect'] | FieldsSent<ServerPackets['auth']>,
    fields?: FieldsSent<ServerPackets['auth']>,
  ): Sent<'auth'>;
  /** The usual answer to a packet, if it has one. */
  answer(packet: ClientPacket): Promise<void>;
}

const NAMES: readonly ServerPacketName[] = [
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'suback',
  'unsuback',
  'pingresp',
  'disconnect',
  'auth',
];

export function sendFace(target: Target): SendFace {
  const senders = NAMES.map((name) => {
    const send = (to: object = {}, more: object = {}): Promise<Packet> => {
      const fields = fieldsFor(name, to, more);
      const text = `send.${name}(${Object.keys(fields).length === 0 ? '' : formatObject(fields)})`;
      return target.steps.add(text, async (step) => {
        const conversation = await findOpen(target, step, nameOfPacket(name));
        return sendPacket(target, step, conversation, name, fields);
      });
    };
    return [name, send] as const;
  });
  const answer = (packet: ClientPacket): Promise<void> =>
    target.steps.add(`send.answer(${nameOfPacket(packet.type)})`, async (step) => {
      const usual = answerTo(packet);
      if (usual === undefined) return;
      const conversation = await findOpen(target, step, nameOfPacket(usual.type));
      await sendPacket(target, step, conversation, usual.type, usual.fields);
    });
  return { ...Object.fromEntries(senders), answer } as unknown as SendFace;
}

/** The fields of the packet, from what it answers and from what the script says. */
function fieldsFor(name: ServerPacketName, to: object, more: object): Fields {
  if (!('type' in to)) return { ...to, ...more };
  const packet = to as Packet;
  if (name === 'suback' || name === 'unsuback') return { ...answerTo(packet as ClientPacket)?.fields, ...more };
  if (name === 'auth' && (packet.type === 'auth' || packet.type === 'connect')) {
    return { authenticationMethod: packet.properties?.authenticationMethod, ...more };
  }
  return { packetId: 'packetId' in packet ? packet.packetId : undefined, ...more };
}

async function sendPacket(
  { stage }: Target,
  step: Step,
  conversation: Conversation,
  name: ServerPacketName,
  fields: Fields,
): Promise<Packet> {
  const needsId = name === 'publish' && Number(fields['qos'] ?? 0) > 0 && fields['packetId'] === undefined;
  const packet = buildPacket(name, needsId ? { ...fields, packetId: conversation.nextPacketId() } : fields);
  let sent: Promise<void>;
  try {
    sent = conversation.send(packet);
  } catch (cause) {
    const headline = `${nameOfPacket(name)} cannot be sent like this: ${textOf(cause)}. sendBytes() takes anything`;
    throw stage.failed(step, 'misuse', headline, { cause });
  }
  await delivered(stage, step, conversation, sent);
  return packet;
}

/** The connection to send something on; it has to be there, and so far the client has sent nothing but packets. */
export async function findOpen({ stage, find }: Target, step: Step, what: string): Promise<Conversation> {
  const conversation = await find(step, what, undefined);
  const { malformed: entry, arrivals } = conversation;
  if (entry !== undefined) throw malformed(stage, step, conversation, entry.bytes, entry.problem ?? '');
  const isEnded = arrivals.some(({ kind }) => kind === 'end');
  if (isEnded && !conversation.isEndExpected) throw endedEarly(stage, step, conversation, `to send ${what}`);
  if (conversation.isLeft) {
    throw stage.failed(step, 'misuse', `Connection ${conversation.number} is over: nothing can be sent on it`);
  }
  return conversation;
}

/** Waits until the transport has taken what was sent. */
export async function delivered(
  stage: Target['stage'],
  step: Step,
  { number }: Conversation,
  sent: Promise<void>,
): Promise<void> {
  const done = sent.catch((cause: unknown) => {
    const headline = `The connection takes no more bytes: ${textOf(cause)}`;
    throw stage.failed(step, 'unexpected-end', headline, { cause, connection: number });
  });
  await step.wait(done, undefined, (why) =>
    stage.failed(step, 'nothing-came', `The client does not take what is sent: ${why}`, { connection: number }),
  );
}
