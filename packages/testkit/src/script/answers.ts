import type { Fields } from './build.ts';
import type { ClientPacketName, ClientPackets, FieldsSent, ServerPackets } from './packets.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

/** The fields of whatever answers a packet. */
type AnswerFields = {
  connect: FieldsSent<ServerPackets['connack']>;
  publish: FieldsSent<ServerPackets['puback']>;
  puback: never;
  pubrec: FieldsSent<ServerPackets['pubrel']>;
  pubrel: FieldsSent<ServerPackets['pubcomp']>;
  pubcomp: never;
  subscribe: FieldsSent<ServerPackets['suback']>;
  unsubscribe: FieldsSent<ServerPackets['unsuback']>;
  pingreq: never;
  disconnect: never;
  auth: FieldsSent<ServerPackets['auth']>;
};

/**
 * What is done with a kind of packet. `true`: it gets its usual answer, if it has one; fields: they go into that answer;
 * a function decides for each packet: what it returns counts as above, and `undefined` or `false` is no answer. It may
 * also send what it likes over `connection`; that leaves behind the answers to what has come with the packet. `false`:
 * such a packet is for the script, as if it were not in the table.
 */
export type Answer<Name extends ClientPacketName> =
  | boolean
  | AnswerFields[Name]
  | ((packet: ClientPackets[Name], connection: ScriptedConnection) => boolean | AnswerFields[Name] | undefined | void);

/**
 * The packets that are answered as they come and never reach an expectation. `end`: the client may close its connection
 * at any time.
 */
export type AnswerTable = { readonly [Name in ClientPacketName]?: Answer<Name> | undefined } & {
  readonly end?: boolean | undefined;
};

/** Answers everything: `{ ...ANSWER_ALL, subscribe: { reasonCodes: [0x87] } }` is all with one exception. */
export const ANSWER_ALL: AnswerTable = {
  connect: true,
  publish: true,
  puback: true,
  pubrec: true,
  pubrel: true,
  pubcomp: true,
  subscribe: true,
  unsubscribe: true,
  pingreq: true,
  disconnect: true,
  auth: true,
  end: true,
};

/** Whether such packets never reach an expectation. */
export function isAnswered(table: AnswerTable, type: ClientPacketName): boolean {
  return (table[type] ?? false) !== false;
}

/** Any entry of a table. */
type AnyAnswer =
  | boolean
  | object
  | ((packet: never, connection: ScriptedConnection) => boolean | object | undefined | void);

/** What the table says of one packet: the fields to put into its answer, or nothing. */
export function consult(
  answer: AnyAnswer,
  packet: ClientPackets[ClientPacketName],
  connection: () => ScriptedConnection,
): Fields | undefined {
  const said = typeof answer === 'function' ? answer(packet as never, connection()) : answer;
  if (typeof said === 'object') return { ...said };
  return said === true ? {} : undefined;
}
