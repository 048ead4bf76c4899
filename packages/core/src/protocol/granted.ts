import type { ConnackPacket } from '../codec/connack.ts';
import type { UserProperties } from '../codec/properties.ts';
import { VARINT_MAX } from '../codec/varint.ts';

/** What the broker allows on this connection, with the standard's value where its CONNACK is silent (section 3.2.2.3). */
export interface Granted {
  /** Seconds that the session outlives its connection; 4,294,967,295: for ever. */
  readonly sessionExpiryInterval: number;
  /** QoS 1 and 2 publishes that may be open at once. */
  readonly receiveMaximum: number;
  readonly maximumQoS: 0 | 1 | 2;
  readonly retainAvailable: boolean;
  /** Bytes of a whole packet. */
  readonly maximumPacketSize: number;
  readonly topicAliasMaximum: number;
  readonly wildcardSubscriptionAvailable: boolean;
  readonly subscriptionIdentifierAvailable: boolean;
  readonly sharedSubscriptionAvailable: boolean;
  /** Seconds; 0: off. */
  readonly keepAlive: number;
  readonly responseInformation: string | undefined;
  readonly serverReference: string | undefined;
  readonly reasonString: string | undefined;
  readonly userProperties: UserProperties;
}

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
    userProperties: properties.userProperties ?? [],
  };
}
