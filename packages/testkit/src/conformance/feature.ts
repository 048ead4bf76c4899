/** What a client may be able to do, or not. A case that needs what a client has not is reported as not supported. */
export type Feature =
  | 'qos2'
  | 'session-resume'
  | 'will'
  | 'password-alone'
  | 'keep-alive'
  | 'connect-timeout'
  | 'session-expiry'
  | 'receive-maximum'
  | 'maximum-packet-size'
  | 'topic-alias-receive'
  | 'topic-alias-send'
  | 'topic-alias-automatic'
  | 'problem-information'
  | 'response-information'
  | 'publish-properties'
  | 'received-properties'
  | 'user-property-order'
  | 'subscription-options'
  | 'subscription-identifiers'
  | 'connect-properties'
  | 'request-properties'
  | 'disconnect-options'
  | 'manual-ack'
  | 'negative-ack'
  | 'ack-properties'
  | 'granted-visible'
  | 'assigned-client-id'
  | 'auth'
  | 'reauthenticate'
  | 'reauthenticate-properties'
  | 'step-by-step';

/** What each of them means, as a sentence about a client. */
export const FEATURES: Readonly<Record<Feature, string>> = {
  qos2: 'publishes and receives at QoS 2',
  'session-resume': 'keeps its session over the loss of a connection and resumes it',
  will: 'can leave a will',
  'password-alone': 'can send a password without a user name',
  'keep-alive': 'has a keep alive in seconds that can be set',
  'connect-timeout': 'can be told how long to wait for a CONNACK',
  'session-expiry': 'can announce a Session Expiry Interval',
  'receive-maximum': 'can announce a Receive Maximum',
  'maximum-packet-size': 'can announce a Maximum Packet Size',
  'topic-alias-receive': 'can announce a Topic Alias Maximum',
  'topic-alias-send': 'publishes under a Topic Alias that the caller names',
  'topic-alias-automatic': 'gives out Topic Aliases by itself, where it is told to',
  'problem-information': 'can send Request Problem Information 0',
  'response-information': 'can ask for Response Information and shows it',
  'publish-properties': 'publishes with the properties of a message',
  'received-properties': 'shows the properties of a received message',
  'user-property-order': 'takes and shows User Properties in their order',
  'subscription-options': 'subscribes with No Local, Retain As Published and Retain Handling',
  'subscription-identifiers': 'subscribes with a Subscription Identifier',
  'connect-properties': 'can send User Properties with CONNECT',
  'request-properties': 'can send User Properties with SUBSCRIBE and UNSUBSCRIBE',
  'disconnect-options': 'disconnects with a reason code and properties that the caller names',
  'manual-ack': 'leaves it to the application when a message is acknowledged',
  'negative-ack': 'lets the application refuse a message with a reason code',
  'ack-properties': 'lets the application explain a refusal with a Reason String and User Properties',
  'granted-visible': 'shows what the CONNACK allows',
  'assigned-client-id': 'can leave its name to the server, shows it, and keeps it',
  auth: 'can take part in enhanced authentication',
  reauthenticate: 'can authenticate again on a connection',
  'reauthenticate-properties': 'can begin that with a Reason String and User Properties',
  'step-by-step': 'does each thing at the moment when the case asks for it, and says what came of it',
};

/**
 * What only gives a client more to say. One that lacks it cannot say too much, and so keeps what the cases that need it
 * judge: for want of these alone no statement is reported as not supported.
 */
export const EXTRA_FEATURES: readonly Feature[] = ['ack-properties', 'reauthenticate-properties'];
