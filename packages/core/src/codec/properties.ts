// Section 2.2.2: the types of all properties. What each packet may carry at run time is in the table of properties.

/** Name and value, in the order of sending; a name may come more than once. */
export type UserProperties = readonly (readonly [name: string, value: string])[];

/** Every property of MQTT v5 with the type of its value. */
export interface PropertyTypes {
  /** 1: the payload is UTF-8 text; 0: bytes. */
  readonly payloadFormatIndicator: 0 | 1;
  /** Seconds; the broker forwards what is left of it. */
  readonly messageExpiryInterval: number;
  /** What the payload is, as publisher and receivers have agreed on: a MIME type, say. */
  readonly contentType: string;
  /** A topic name, without wildcards. */
  readonly responseTopic: string;
  /** Comes back with the response, so that the requester knows which request it answers. */
  readonly correlationData: Uint8Array;
  /** 1 to 268,435,455. */
  readonly subscriptionIdentifier: number;
  /** Those of all subscriptions that a message was sent for. */
  readonly subscriptionIdentifiers: readonly number[];
  /** Seconds that the session outlives its connection; 4,294,967,295: for ever. */
  readonly sessionExpiryInterval: number;
  /** The identifier that the server chose for a client that gave none. */
  readonly assignedClientIdentifier: string;
  /** Seconds; 0: off. */
  readonly serverKeepAlive: number;
  /** The name of the method of enhanced authentication (section 4.12). */
  readonly authenticationMethod: string;
  /** Its data, which the method defines. */
  readonly authenticationData: Uint8Array;
  /** Whether acknowledgements may carry a Reason String and User Properties; true where it is left out. */
  readonly requestProblemInformation: boolean;
  /** Seconds between the loss of a connection and its will. */
  readonly willDelayInterval: number;
  /** Whether the CONNACK may carry Response Information; false where it is left out. */
  readonly requestResponseInformation: boolean;
  /** What a client may build its response topics from. */
  readonly responseInformation: string;
  /** The server that a client is to go to instead. */
  readonly serverReference: string;
  /** Why, for people to read. */
  readonly reasonString: string;
  /** QoS 1 and 2 publishes that may be open at once, 1 to 65,535. */
  readonly receiveMaximum: number;
  /** The highest topic alias that the sender of this takes, 0 to 65,535; 0 where it is left out: none. */
  readonly topicAliasMaximum: number;
  /** 1 to the peer's Topic Alias Maximum. */
  readonly topicAlias: number;
  /** The highest QoS that the server takes; 2 where it is left out. */
  readonly maximumQoS: 0 | 1;
  /** Whether the server keeps retained messages; true where it is left out. */
  readonly retainAvailable: boolean;
  readonly userProperties: UserProperties;
  /** Bytes of a whole packet, its fixed header included. */
  readonly maximumPacketSize: number;
  /** Whether the server takes topic filters with wildcards; true where it is left out. */
  readonly wildcardSubscriptionAvailable: boolean;
  /** Whether the server takes Subscription Identifiers; true where it is left out. */
  readonly subscriptionIdentifierAvailable: boolean;
  /** Whether the server takes shared subscriptions; true where it is left out. */
  readonly sharedSubscriptionAvailable: boolean;
}
export type PropertyName = keyof PropertyTypes;

/** The named properties, all optional; every other MQTT property is refused by the compiler as well. */
export type PropertiesOf<Name extends PropertyName> = {
  readonly [K in Name]?: PropertyTypes[K] | undefined;
} & { readonly [K in Exclude<PropertyName, Name>]?: never };

type MessageProperty =
  | 'payloadFormatIndicator'
  | 'messageExpiryInterval'
  | 'contentType'
  | 'responseTopic'
  | 'correlationData'
  | 'userProperties';

/** Of CONNECT (section 3.1.2.11). */
export interface ConnectProperties extends PropertiesOf<
  | 'sessionExpiryInterval'
  | 'receiveMaximum'
  | 'maximumPacketSize'
  | 'topicAliasMaximum'
  | 'requestResponseInformation'
  | 'requestProblemInformation'
  | 'authenticationMethod'
  | 'authenticationData'
  | 'userProperties'
> {}
/** Of the will in CONNECT (section 3.1.3.2). */
export interface WillProperties extends PropertiesOf<MessageProperty | 'willDelayInterval'> {}
/** Of CONNACK (section 3.2.2.3). */
export interface ConnackProperties extends PropertiesOf<
  | 'sessionExpiryInterval'
  | 'receiveMaximum'
  | 'maximumQoS'
  | 'retainAvailable'
  | 'maximumPacketSize'
  | 'assignedClientIdentifier'
  | 'topicAliasMaximum'
  | 'reasonString'
  | 'wildcardSubscriptionAvailable'
  | 'subscriptionIdentifierAvailable'
  | 'sharedSubscriptionAvailable'
  | 'serverKeepAlive'
  | 'responseInformation'
  | 'serverReference'
  | 'authenticationMethod'
  | 'authenticationData'
  | 'userProperties'
> {}
/** What a client may send with a message. */
export interface PublishProperties extends PropertiesOf<MessageProperty | 'topicAlias'> {}
/** What a server may send with a message. */
export interface DeliveryProperties extends PropertiesOf<MessageProperty | 'topicAlias' | 'subscriptionIdentifiers'> {}
/** Of PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK. */
export interface AckProperties extends PropertiesOf<'reasonString' | 'userProperties'> {}
/** Of SUBSCRIBE (section 3.8.2.1). */
export interface SubscribeProperties extends PropertiesOf<'subscriptionIdentifier' | 'userProperties'> {}
/** Of UNSUBSCRIBE (section 3.10.2.1). */
export interface UnsubscribeProperties extends PropertiesOf<'userProperties'> {}
/** What a client may send with its DISCONNECT. */
export interface DisconnectProperties extends PropertiesOf<
  'sessionExpiryInterval' | 'reasonString' | 'userProperties'
> {}
/** What a server may send with its DISCONNECT. */
export interface ServerDisconnectProperties extends PropertiesOf<
  'serverReference' | 'reasonString' | 'userProperties'
> {}
/** Of AUTH (section 3.15.2.2). */
export interface AuthProperties extends PropertiesOf<
  'authenticationMethod' | 'authenticationData' | 'reasonString' | 'userProperties'
> {}

/** Any property set, as the encoder and the decoder see it: the table decides what may be in it. */
export type AnyProperties = { readonly [K in PropertyName]?: PropertyTypes[K] | undefined };
