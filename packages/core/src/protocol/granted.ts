import type { ConnackPacket } from '../codec/connack.ts';
import type { UserProperties } from '../codec/properties.ts';
import { VARINT_MAX } from '../codec/varint.ts';

/** What the broker allows on this connection, with the standard's value where its CONNACK is silent (section 3.2.2.3). */
export interface Granted {
  /** Seconds that the session outlives its connection; 4,294,967,295: for ever. */
  readonly sessionExpiryInterval: number;
  /** QoS 1 and 2 publishes that may be open at once. */
  readonly receiveMaximum: number;
  /** The highest QoS of a publish or a will. */
  readonly maximumQoS: 0 | 1 | 2;
  /** Whether a publish or a will may be retained. */
  readonly retainAvailable: boolean;
  /** Bytes of a whole packet. */
  readonly maximumPacketSize: number;
  /** Topic aliases that the broker takes, 0 to 65,535. */
  readonly topicAliasMaximum: number;
  /** Whether topic filters may have wildcards. */
  readonly wildcardSubscriptionAvailable: boolean;
  /** Whether subscriptions may have identifiers. */
  readonly subscriptionIdentifierAvailable: boolean;
  /** Whether subscriptions may be shared. */
  readonly sharedSubscriptionAvailable: boolean;
  /** Seconds; 0: off. */
  readonly keepAlive: number;
  /** What response topics may be built from, where it was asked for. */
  readonly responseInformation: string | undefined;
  /** Another server that the broker names. */
  readonly serverReference: string | undefined;
  /** What the broker says about it, for people to read. */
  readonly reasonString: string | undefined;
  /** Of the CONNACK; empty where there are none. */
  readonly userProperties: UserProperties;
}

const NONE: UserProperties = Object.freeze([]);

/** `asked` is what the CONNECT said where the CONNACK may leave it at that. */
export function grantedBy(
  { properties = {} }: ConnackPacket,
  asked: { readonly keepAlive: number; readonly sessionExpiryInterval: number },
): Granted {
  return {
    sessionExpiryInterval: properties.sessionExpiryInterval ?? asked.sessionExpiryInterval,
    receiveMaximum: properties.receiveMaximum ?? 65_535,
    maximumQoS: properties.maximumQoS ?? 2,
    retainAvailable: properties.retainAvailable ?? true,
    maximumPacketSize: properties.maximumPacketSize ?? VARINT_MAX + 5,
    topicAliasMaximum: properties.topicAliasMaximum ?? 0,
    wildcardSubscriptionAvailable: properties.wildcardSubscriptionAvailable ?? true,
    subscriptionIdentifierAvailable: properties.subscriptionIdentifierAvailable ?? true,
    sharedSubscriptionAvailable: properties.sharedSubscriptionAvailable ?? true,
    keepAlive: properties.serverKeepAlive ?? asked.keepAlive,
    responseInformation: properties.responseInformation,
    serverReference: properties.serverReference,
    reasonString: properties.reasonString,
    userProperties: properties.userProperties ?? NONE,
  };
}
