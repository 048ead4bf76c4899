import type {
  AckPacket,
  AuthPacket,
  ConnackPacket,
  ConnectPacket,
  DisconnectPacket,
  DisconnectProperties,
  PingPacket,
  PublishPacket,
  ServerDisconnectProperties,
  SubackPacket,
  SubscribePacket,
  UnsubscribePacket,
} from '@minimq/core/codec';

// The packets of either side by name, and the forms in which a script names their fields.

type Ack<Name extends AckPacket['type']> = AckPacket & { readonly type: Name };
type Suback<Name extends SubackPacket['type']> = SubackPacket & { readonly type: Name };
type Ping<Name extends PingPacket['type']> = PingPacket & { readonly type: Name };

interface ClientDisconnect extends DisconnectPacket {
  readonly properties?: DisconnectProperties | undefined;
}
interface ServerDisconnect extends DisconnectPacket {
  readonly properties?: ServerDisconnectProperties | undefined;
}

/** What a client sends. */
export interface ClientPackets {
  readonly connect: ConnectPacket;
  readonly publish: PublishPacket;
  readonly puback: Ack<'puback'>;
  readonly pubrec: Ack<'pubrec'>;
  readonly pubrel: Ack<'pubrel'>;
  readonly pubcomp: Ack<'pubcomp'>;
  readonly subscribe: SubscribePacket;
  readonly unsubscribe: UnsubscribePacket;
  readonly pingreq: Ping<'pingreq'>;
  readonly disconnect: ClientDisconnect;
  readonly auth: AuthPacket;
}
export type ClientPacketName = keyof ClientPackets;
export type ClientPacket = ClientPackets[ClientPacketName];

/** What a broker sends. */
export interface ServerPackets {
  readonly connack: ConnackPacket;
  readonly publish: PublishPacket;
  readonly puback: Ack<'puback'>;
  readonly pubrec: Ack<'pubrec'>;
  readonly pubrel: Ack<'pubrel'>;
  readonly pubcomp: Ack<'pubcomp'>;
  readonly suback: Suback<'suback'>;
  readonly unsuback: Suback<'unsuback'>;
  readonly pingresp: Ping<'pingresp'>;
  readonly disconnect: ServerDisconnect;
  readonly auth: AuthPacket;
}
export type ServerPacketName = keyof ServerPackets;
export type ServerPacket = ServerPackets[ServerPacketName];

type Given<T> = Exclude<T, undefined>;
/** Without the properties that the packet cannot have. */
type Possible<T> = { [K in keyof T as [Given<T[K]>] extends [never] ? never : K]: T[K] };
type PropertiesIn<P> = P extends { readonly properties?: infer Properties } ? Possible<Given<Properties>> : unknown;
/** The fields of a packet and its properties side by side. */
type Flat<P> = Omit<P, 'type' | 'properties'> & PropertiesIn<P>;

/**
 * What a field has to be: its value; for binary fields also text, or hexadecimal bytes; a pattern; or a function that
 * says yes or no.
 */
export type Wanted<T> =
  | ((value: T) => boolean)
  | ([T] extends [Uint8Array]
      ? Uint8Array | string | RegExp
      : [T] extends [string]
        ? T | RegExp
        : [T] extends [readonly (infer Item)[]]
          ? readonly Wanted<Item>[]
          : [T] extends [object]
            ? FieldsWanted<T>
            : T);

/** The fields that a script cares about; `undefined`: it must not be there. */
export type FieldsWanted<P> = { readonly [K in keyof Flat<P>]?: Wanted<Given<Flat<P>[K]>> | undefined };

/** How a script says which packet it wants: by fields, by a function, or as exact bytes. */
export type Matcher<P> = FieldsWanted<P> | ((packet: P) => boolean) | Uint8Array | string;

/** The fields of a packet to send, properties among them; a payload may be text. */
export type FieldsSent<P> = {
  readonly [K in keyof Flat<P>]?: (Uint8Array extends Given<Flat<P>[K]> ? Uint8Array | string : Flat<P>[K]) | undefined;
};

/** What an acknowledgement answers: a packet, or the identifier alone. */
export interface Identified {
  readonly packetId?: number | undefined;
}
