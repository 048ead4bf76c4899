import type { ConnackProperties, ConnectPacket, Packet, QoS, ReasonCode, Subscription } from '@minimq/core/codec';

/** A reason code for the CONNACK, and what else it is to say: Reason String, User Properties, Server Reference. */
export interface ConnectVerdict {
  /** 0: welcome; 0x80 or above: refused with it. */
  readonly reasonCode: ReasonCode;
  readonly properties?: ConnackProperties | undefined;
}

/** A client that identifies itself by an exchange of its own kind. */
export interface AuthenticationRequest {
  /** The Authentication Method that CONNECT names. */
  readonly method: string;
  /** The CONNECT of the connection, also where it is a re-authentication. */
  readonly connect: ConnectPacket;
  /** Whether the client is connected already and identifies itself anew. */
  readonly isReauthentication: boolean;
}

/** What follows the data that a client has sent (section 4.12). */
export type AuthenticationStep =
  | { readonly kind: 'continue'; readonly data?: Uint8Array | undefined }
  | { readonly kind: 'accept'; readonly data?: Uint8Array | undefined }
  | { readonly kind: 'refuse'; readonly reasonCode: ReasonCode; readonly reasonString?: string | undefined };

/** One run of enhanced authentication. */
export interface AuthenticationExchange {
  /** Called with the data of CONNECT, and then of each AUTH; undefined: it had none. */
  respond(data: Uint8Array | undefined): AuthenticationStep | Promise<AuthenticationStep>;
}

/** What a client wants to publish. */
export interface PublishRequest {
  readonly clientId: string;
  /** Of the CONNECT; undefined: it had none. */
  readonly username: string | undefined;
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Whether it is the will of a CONNECT. */
  readonly isWill: boolean;
}

/** What a client wants to receive. */
export interface SubscribeRequest {
  readonly clientId: string;
  /** Of the CONNECT; undefined: it had none. */
  readonly username: string | undefined;
  readonly subscription: Subscription;
}

/** A packet that has come in whole, or is about to leave with the next write. */
export interface ObservedPacket {
  /** Which connection of the broker it is, counted from 1. */
  readonly connection: number;
  readonly direction: 'toServer' | 'toClient';
  /** Undefined where the bytes are none. */
  readonly packet: Packet | undefined;
  /** A copy. */
  readonly bytes: Uint8Array;
  /** Undefined before CONNECT. */
  readonly clientId: string | undefined;
  /** By the broker's clock. */
  readonly atMs: number;
}

/** Decisions that a broker leaves to its user. A hook that throws ends the connection with 0x80. */
export interface BrokerHooks {
  /** Judges a CONNECT by its user name and password, or by anything else in it. Default: everybody is welcome. */
  readonly authenticate?: ((connect: ConnectPacket) => Verdict | Promise<Verdict>) | undefined;
  /** Opens an exchange where CONNECT names a method; undefined: no such method (0x8C). Default: there is none. */
  readonly enhancedAuthentication?:
    | ((request: AuthenticationRequest) => AuthenticationExchange | undefined)
    | undefined;
  /** Undefined: allowed. A code of 0x80 or above goes into PUBACK, PUBREC or, for a will, CONNACK. */
  readonly authorizePublish?: ((request: PublishRequest) => ReasonCode | undefined) | undefined;
  /** Undefined: granted as asked; 0, 1 or 2: the highest QoS to grant. A code of 0x80 or above goes into SUBACK. */
  readonly authorizeSubscribe?: ((request: SubscribeRequest) => ReasonCode | undefined) | undefined;
  /** Sees every packet, for printing and transcripts. It must not throw. */
  readonly onPacket?: ((observed: ObservedPacket) => void) | undefined;
}

/** A reason code alone, or with properties. */
export type Verdict = ReasonCode | ConnectVerdict;
