/** Of a normative statement of MQTT v5: `MQTT-3.3.1-3`. */
export type StatementId = `MQTT-${number}.${number}.${number}-${number}`;

/**
 * What a statement asks of a client. `sends`: it emits, or never emits, certain bytes. `rejects`: it detects what a broker
 * does wrong. `state`: a rule of session, flow, order or time. `none`: the statement is about brokers alone.
 */
export type Duty = 'sends' | 'rejects' | 'state' | 'none';

export interface Statement {
  readonly id: StatementId;
  /** Who has to obey it. */
  readonly role: 'client' | 'server' | 'both';
  /** What that means for a client; where a rule has two halves, the one that a broker sees most directly. */
  readonly duty: Duty;
  /** In our own words; the standard's are in its Appendix B. */
  readonly summary: string;
}

// One line each: id, role, duty, summary. In the order of Appendix B.
const TABLE = `
MQTT-1.5.4-1 | both | rejects | Text fields hold valid UTF-8 only; surrogates (U+D800 to U+DFFF), overlong forms and cut-off sequences make the packet malformed.
MQTT-1.5.4-2 | both | rejects | U+0000 never occurs in a text field, and a packet that carries it is malformed.
MQTT-1.5.4-3 | both | state | A receiver keeps the bytes EF BB BF as the character U+FEFF at any position of a string and passes them on.
MQTT-1.5.5-1 | both | sends | A Variable Byte Integer is written in the fewest bytes able to hold the value.
MQTT-1.5.7-1 | both | rejects | The name and the value of a string pair each follow the text-field rules, otherwise the packet is malformed.
MQTT-2.1.3-1 | both | rejects | Reserved fixed-header bits have one legal value per packet type (0010 for PUBREL, SUBSCRIBE and UNSUBSCRIBE, 0000 for the rest except PUBLISH), and anything else is malformed.
MQTT-2.2.1-2 | both | sends | A QoS 0 PUBLISH has no Packet Identifier field.
MQTT-2.2.1-3 | client | sends | A client numbers each new SUBSCRIBE, UNSUBSCRIBE and QoS 1/2 PUBLISH with a non-zero identifier that no outstanding request of its own holds, whatever the packet type.
MQTT-2.2.1-4 | server | rejects | A server numbers each new QoS 1/2 PUBLISH with a non-zero identifier free on the server's own side.
MQTT-2.2.1-5 | both | sends | PUBACK, PUBREC, PUBREL and PUBCOMP carry the identifier of the PUBLISH that started the exchange.
MQTT-2.2.1-6 | server | rejects | SUBACK and UNSUBACK carry the identifier of the request they answer.
MQTT-2.2.2-1 | both | sends | An empty property set is written as one Property Length byte of zero.
MQTT-3.1.0-1 | client | sends | CONNECT is the first packet a client writes on a new network connection.
MQTT-3.1.0-2 | server | sends | A server treats a second CONNECT on one connection as a Protocol Error and closes, so a client never writes one.
MQTT-3.1.2-1 | both | sends | The protocol name field is MQTT, and a server that refuses the name may answer CONNACK 0x84 before it closes.
MQTT-3.1.2-2 | server | sends | A server that does not take a protocol version other than 5 may answer CONNACK 0x84 and closes.
MQTT-3.1.2-3 | server | sends | A server checks that the lowest connect-flag bit is 0, since a set bit makes the CONNECT malformed.
MQTT-3.1.2-4 | both | state | With Clean Start 1 both sides drop any earlier session for the ClientID and begin an empty one.
MQTT-3.1.2-5 | server | state | With Clean Start 0 and a known ClientID a server carries the stored session on.
MQTT-3.1.2-6 | server | none | With Clean Start 0 and no stored session a server opens a new one.
MQTT-3.1.2-7 | server | sends | A set Will Flag tells the server to keep a Will Message with the session.
MQTT-3.1.2-8 | server | none | A server publishes the will after the connection is gone and the will delay has run out or the session has ended, unless DISCONNECT 0x00 or a reconnect within the delay cancelled it.
MQTT-3.1.2-9 | client | sends | A CONNECT with the Will Flag set carries Will Properties, Will Topic and Will Payload.
MQTT-3.1.2-10 | server | none | A server removes the will from the session once it is published or DISCONNECT 0x00 arrives.
MQTT-3.1.2-11 | client | sends | Without a will the Will QoS bits are zero.
MQTT-3.1.2-12 | client | sends | With a will the Will QoS is 0, 1 or 2, and 3 is malformed.
MQTT-3.1.2-13 | client | sends | Without a will the Will Retain bit is zero.
MQTT-3.1.2-14 | server | sends | A will with Will Retain 0 is published as an ordinary message.
MQTT-3.1.2-15 | server | sends | A will with Will Retain 1 is published as a retained message.
MQTT-3.1.2-16 | client | sends | With the User Name Flag clear there is no User Name in the payload.
MQTT-3.1.2-17 | client | sends | With the User Name Flag set there is a User Name in the payload.
MQTT-3.1.2-18 | client | sends | With the Password Flag clear there is no Password in the payload.
MQTT-3.1.2-19 | client | sends | With the Password Flag set there is a Password in the payload, a User Name not being required.
MQTT-3.1.2-20 | client | state | With a non-zero keep alive, a client that has nothing else to send sends PINGREQ before the interval since its last packet has passed.
MQTT-3.1.2-21 | client | state | A client replaces its own keep alive by the Server Keep Alive of the CONNACK.
MQTT-3.1.2-22 | server | none | A server that hears nothing for one and a half keep-alive periods closes the connection as a network failure.
MQTT-3.1.2-23 | both | state | Session state outlives the network connection when the session expiry interval is above zero.
MQTT-3.1.2-24 | server | rejects | A server never sends a packet longer than the Maximum Packet Size in the CONNECT.
MQTT-3.1.2-25 | server | none | A message too large for the client is dropped by the server and counted as delivered.
MQTT-3.1.2-26 | server | rejects | A server uses no alias above the Topic Alias Maximum in the CONNECT.
MQTT-3.1.2-27 | server | rejects | A server uses no alias at all when the client announced none or zero.
MQTT-3.1.2-28 | server | rejects | With Request Response Information 0 or absent there is no Response Information in the CONNACK.
MQTT-3.1.2-29 | server | rejects | With Request Problem Information 0 a server puts Reason String and User Property only on PUBLISH, CONNACK and DISCONNECT.
MQTT-3.1.2-30 | client | sends | A client that named an Authentication Method sends only AUTH or DISCONNECT until the CONNACK arrives.
MQTT-3.1.3-1 | client | sends | The CONNECT payload order is ClientID, Will Properties, Will Topic, Will Payload, User Name, Password.
MQTT-3.1.3-2 | both | state | The ClientID is the key under which each side keeps the session.
MQTT-3.1.3-3 | client | sends | The ClientID field is always there and opens the payload.
MQTT-3.1.3-4 | client | sends | The text rules for UTF-8 strings apply to the ClientID.
MQTT-3.1.3-5 | server | none | A server accepts ids of 1 to 23 bytes made of digits and ASCII letters.
MQTT-3.1.3-6 | server | none | A server that takes an empty ClientID gives the client a unique one.
MQTT-3.1.3-7 | server | state | A server that assigned a ClientID works as if the client had sent it and returns it in the CONNACK.
MQTT-3.1.3-8 | server | state | A server that refuses the ClientID may send CONNACK 0x85 and closes.
MQTT-3.1.3-9 | server | none | A server drops the will when the session is reconnected before the will delay ends.
MQTT-3.1.3-10 | server | none | A server publishes the will with its User Properties in the original order.
MQTT-3.1.3-11 | client | sends | The text rules for UTF-8 strings apply to the Will Topic.
MQTT-3.1.3-12 | client | sends | The text rules for UTF-8 strings apply to the User Name.
MQTT-3.1.4-1 | server | none | A server checks the form of the CONNECT and closes the connection when it is wrong.
MQTT-3.1.4-2 | server | state | A server may apply further checks and authentication, and a failed one ends the connection with or without a CONNACK.
MQTT-3.1.4-3 | server | state | A second CONNECT for the same ClientID makes the server send DISCONNECT 0x8E to the older connection and close it.
MQTT-3.1.4-4 | server | none | A server carries out the Clean Start rules.
MQTT-3.1.4-5 | server | state | A server answers an acceptable CONNECT with CONNACK 0x00.
MQTT-3.1.4-6 | server | none | After refusing a CONNECT a server ignores everything the client sent behind it except AUTH.
MQTT-3.2.0-1 | server | rejects | Before CONNACK 0x00 a server sends nothing but AUTH.
MQTT-3.2.0-2 | server | rejects | A server sends at most one CONNACK on a connection.
MQTT-3.2.2-1 | server | rejects | The upper seven bits of the CONNACK flags byte are zero.
MQTT-3.2.2-2 | server | rejects | An accepted Clean Start 1 gets Session Present 0.
MQTT-3.2.2-3 | server | state | An accepted Clean Start 0 gets Session Present 1 exactly when the server holds the session.
MQTT-3.2.2-4 | client | rejects | A client without session state closes the connection when the CONNACK says Session Present 1.
MQTT-3.2.2-5 | client | state | A client with session state discards it when the CONNACK says Session Present 0 and it stays connected.
MQTT-3.2.2-6 | server | rejects | A CONNACK that refuses has Session Present 0.
MQTT-3.2.2-7 | server | state | A server closes after a CONNACK of 0x80 or above.
MQTT-3.2.2-8 | server | rejects | The CONNACK Reason Code is one from the connect table.
MQTT-3.2.2-9 | server | state | A server without QoS 1 or 2 announces its highest level as Maximum QoS.
MQTT-3.2.2-10 | server | sends | A server with a lowered Maximum QoS still takes subscriptions at any requested QoS.
MQTT-3.2.2-11 | client | sends | A client publishes at no QoS above the announced Maximum QoS.
MQTT-3.2.2-12 | server | state | A server refuses a CONNECT whose Will QoS it cannot honour, normally with CONNACK 0x9B.
MQTT-3.2.2-13 | server | state | A server without retained messages refuses a CONNECT with Will Retain 1, normally with CONNACK 0x9A.
MQTT-3.2.2-14 | client | sends | A client told Retain Available 0 sends no PUBLISH with RETAIN 1.
MQTT-3.2.2-15 | client | sends | A client sends no packet, of any type, longer than the server's Maximum Packet Size.
MQTT-3.2.2-16 | server | rejects | A server answers an empty ClientID with an Assigned Client Identifier no other session has.
MQTT-3.2.2-17 | client | sends | A client uses no alias above the server's Topic Alias Maximum.
MQTT-3.2.2-18 | client | sends | A client uses no alias when the server's Topic Alias Maximum is absent or zero.
MQTT-3.2.2-19 | server | rejects | A server leaves the Reason String out of a CONNACK it would push past the client's Maximum Packet Size.
MQTT-3.2.2-20 | server | rejects | A server leaves User Properties out of a CONNACK they would push past the client's Maximum Packet Size.
MQTT-3.2.2-21 | client | state | A Server Keep Alive in the CONNACK overrides the value in the CONNECT.
MQTT-3.2.2-22 | server | state | Without Server Keep Alive the value of the CONNECT stays in force.
MQTT-3.3.1-1 | both | sends | A PUBLISH being delivered again has DUP 1.
MQTT-3.3.1-2 | both | sends | A QoS 0 PUBLISH always has DUP 0.
MQTT-3.3.1-3 | both | sends | The outgoing DUP bit says only whether this PUBLISH is a retransmission and is never copied from a received message.
MQTT-3.3.1-4 | both | rejects | QoS bits 11 never occur in a PUBLISH.
MQTT-3.3.1-5 | server | sends | A PUBLISH with RETAIN 1 replaces the retained message of its topic.
MQTT-3.3.1-6 | server | sends | A retained PUBLISH with empty payload is forwarded as usual and deletes the retained message.
MQTT-3.3.1-7 | server | none | An empty message is never kept as a retained message.
MQTT-3.3.1-8 | server | sends | A PUBLISH with RETAIN 0 neither stores nor deletes a retained message.
MQTT-3.3.1-9 | server | sends | Retain Handling 0 asks for the matching retained messages on subscribing.
MQTT-3.3.1-10 | server | sends | Retain Handling 1 asks for retained messages only if the subscription is new.
MQTT-3.3.1-11 | server | sends | Retain Handling 2 asks for no retained messages.
MQTT-3.3.1-12 | server | sends | With Retain As Published 0 forwarded messages have RETAIN 0.
MQTT-3.3.1-13 | server | sends | With Retain As Published 1 forwarded messages keep the publisher's RETAIN.
MQTT-3.3.2-1 | both | rejects | The Topic Name comes first in the PUBLISH variable header and is valid UTF-8.
MQTT-3.3.2-2 | both | sends | The topic of a PUBLISH has no wildcard character.
MQTT-3.3.2-3 | server | state | The topic a server sends matches a filter of the receiving subscription, though topics may be mapped and subscriptions made by the server itself.
MQTT-3.3.2-4 | server | state | The Payload Format Indicator travels unchanged to every subscriber.
MQTT-3.3.2-5 | server | none | A server deletes a copy whose message expiry ran out before its delivery began.
MQTT-3.3.2-6 | server | state | A server forwards the message expiry interval less the time the message waited.
MQTT-3.3.2-7 | both | state | Alias mappings, in both directions, end with the network connection.
MQTT-3.3.2-8 | both | rejects | Alias value 0 is never sent.
MQTT-3.3.2-9 | client | sends | A client stays within the Topic Alias Maximum the CONNACK gave.
MQTT-3.3.2-10 | client | state | A client takes every alias from 1 up to the maximum it announced.
MQTT-3.3.2-11 | server | rejects | A server stays within the Topic Alias Maximum of the CONNECT.
MQTT-3.3.2-12 | server | none | A server takes every alias from 1 up to the maximum it announced.
MQTT-3.3.2-13 | both | rejects | The text rules for UTF-8 strings apply to the Response Topic.
MQTT-3.3.2-14 | both | sends | The Response Topic has no wildcard character.
MQTT-3.3.2-15 | server | state | The Response Topic travels unchanged to every subscriber.
MQTT-3.3.2-16 | server | state | Correlation Data travels unchanged to every subscriber.
MQTT-3.3.2-17 | server | state | All User Properties of a message reach the subscriber as they were.
MQTT-3.3.2-18 | server | state | User Properties keep their order on the way.
MQTT-3.3.2-19 | both | rejects | The text rules for UTF-8 strings apply to the Content Type.
MQTT-3.3.2-20 | server | state | The Content Type travels unchanged to every subscriber.
MQTT-3.3.4-1 | both | sends | The receiver answers a PUBLISH with nothing, PUBACK or PUBREC according to QoS 0, 1 or 2.
MQTT-3.3.4-2 | server | none | Overlapping subscriptions yield a delivery at the highest of their QoS levels, extra copies being allowed.
MQTT-3.3.4-3 | server | state | A message caused by subscriptions that have identifiers carries them.
MQTT-3.3.4-4 | server | state | A single copy lists the identifiers of all matching subscriptions in any order.
MQTT-3.3.4-5 | server | state | With one copy per subscription each copy has its own subscription's identifier.
MQTT-3.3.4-6 | client | sends | A client's PUBLISH has no Subscription Identifier.
MQTT-3.3.4-7 | client | state | A client has at most Receive Maximum QoS 1/2 PUBLISH packets open, each open until PUBACK, PUBCOMP or a PUBREC of 0x80 or above.
MQTT-3.3.4-8 | client | state | A client whose quota is used up still sends every other packet type without delay.
MQTT-3.3.4-9 | server | rejects | A server has at most the client's Receive Maximum of QoS 1/2 PUBLISH packets open.
MQTT-3.3.4-10 | server | none | A server whose quota is used up still sends every other packet type without delay.
MQTT-3.4.2-1 | both | sends | The PUBACK code is one from the PUBACK table.
MQTT-3.4.2-2 | both | sends | A PUBACK goes without Reason String when that would exceed the receiver's Maximum Packet Size.
MQTT-3.4.2-3 | both | sends | A PUBACK goes without User Properties when they would exceed the receiver's Maximum Packet Size.
MQTT-3.5.2-1 | both | sends | The PUBREC code is one from the PUBREC table.
MQTT-3.5.2-2 | both | sends | A PUBREC goes without Reason String when that would exceed the receiver's Maximum Packet Size.
MQTT-3.5.2-3 | both | sends | A PUBREC goes without User Properties when they would exceed the receiver's Maximum Packet Size.
MQTT-3.6.1-1 | both | sends | PUBREL has flag bits 0010, and any other value is malformed.
MQTT-3.6.2-1 | both | sends | The PUBREL code is 0x00 or 0x92.
MQTT-3.6.2-2 | both | sends | A PUBREL goes without Reason String when that would exceed the receiver's Maximum Packet Size.
MQTT-3.6.2-3 | both | sends | A PUBREL goes without User Properties when they would exceed the receiver's Maximum Packet Size.
MQTT-3.7.2-1 | both | sends | The PUBCOMP code is 0x00 or 0x92.
MQTT-3.7.2-2 | both | sends | A PUBCOMP goes without Reason String when that would exceed the receiver's Maximum Packet Size.
MQTT-3.7.2-3 | both | sends | A PUBCOMP goes without User Properties when they would exceed the receiver's Maximum Packet Size.
MQTT-3.8.1-1 | both | sends | SUBSCRIBE has flag bits 0010, and a server closes on any other value.
MQTT-3.8.3-1 | client | sends | The text rules for UTF-8 strings apply to every filter in SUBSCRIBE.
MQTT-3.8.3-2 | client | sends | SUBSCRIBE has at least one pair of Topic Filter and options byte.
MQTT-3.8.3-3 | server | sends | With No Local 1 a server does not send a message back to a connection of the publisher's own ClientID.
MQTT-3.8.3-4 | client | sends | No Local together with a shared subscription is a Protocol Error.
MQTT-3.8.3-5 | server | sends | A server treats set bits 7-6 of an options byte as a malformed SUBSCRIBE.
MQTT-3.8.4-1 | server | state | A server answers each SUBSCRIBE with a SUBACK.
MQTT-3.8.4-2 | server | rejects | The SUBACK identifier equals that of its SUBSCRIBE.
MQTT-3.8.4-3 | server | state | Subscribing to a filter the session already has (not shared) replaces that subscription.
MQTT-3.8.4-4 | server | none | Replacing a subscription resends retained messages under Retain Handling 0 and loses no message.
MQTT-3.8.4-5 | server | none | A SUBSCRIBE with several filters acts like several requests answered by one SUBACK.
MQTT-3.8.4-6 | server | rejects | A SUBACK has as many Reason Codes as the SUBSCRIBE had filters.
MQTT-3.8.4-7 | server | state | Each SUBACK code gives the granted QoS or a failure for its filter.
MQTT-3.8.4-8 | server | none | A message goes to a subscriber at the lower of its own QoS and the granted QoS.
MQTT-3.9.2-1 | server | rejects | A server leaves the Reason String out of a SUBACK it would push past the client's Maximum Packet Size.
MQTT-3.9.2-2 | server | rejects | A server leaves User Properties out of a SUBACK they would push past the client's Maximum Packet Size.
MQTT-3.9.3-1 | server | state | SUBACK codes stand in the order of the filters.
MQTT-3.9.3-2 | server | rejects | SUBACK codes come from the subscribe table.
MQTT-3.10.1-1 | both | sends | UNSUBSCRIBE has flag bits 0010, and a server closes on any other value.
MQTT-3.10.3-1 | client | sends | The text rules for UTF-8 strings apply to every filter in UNSUBSCRIBE.
MQTT-3.10.3-2 | client | sends | UNSUBSCRIBE has at least one Topic Filter.
MQTT-3.10.4-1 | server | sends | A server removes a subscription only on an exact character match with the filter in UNSUBSCRIBE.
MQTT-3.10.4-2 | server | none | After UNSUBSCRIBE a server queues no new messages for those filters.
MQTT-3.10.4-3 | server | state | After UNSUBSCRIBE a server finishes QoS 1/2 deliveries it had begun.
MQTT-3.10.4-4 | server | state | A server answers each UNSUBSCRIBE with an UNSUBACK.
MQTT-3.10.4-5 | server | state | The UNSUBACK repeats the identifier and is sent even if no subscription was there to delete.
MQTT-3.10.4-6 | server | none | An UNSUBSCRIBE with several filters acts like several requests answered by one UNSUBACK.
MQTT-3.11.2-1 | server | rejects | A server leaves the Reason String out of an UNSUBACK it would push past the client's Maximum Packet Size.
MQTT-3.11.2-2 | server | rejects | A server leaves User Properties out of an UNSUBACK they would push past the client's Maximum Packet Size.
MQTT-3.11.3-1 | server | state | UNSUBACK codes stand in the order of the filters.
MQTT-3.11.3-2 | server | rejects | UNSUBACK codes come from the unsubscribe table.
MQTT-3.12.4-1 | server | state | A server answers PINGREQ with PINGRESP.
MQTT-3.14.0-1 | server | rejects | A server sends no DISCONNECT before a CONNACK below 0x80.
MQTT-3.14.1-1 | both | rejects | The receiver checks the reserved bits of DISCONNECT and answers DISCONNECT 0x81 when one is set.
MQTT-3.14.2-1 | both | sends | The DISCONNECT code is one from the disconnect table.
MQTT-3.14.2-2 | server | rejects | A server puts no Session Expiry Interval in DISCONNECT.
MQTT-3.14.2-3 | both | sends | A DISCONNECT goes without Reason String when that would exceed the receiver's Maximum Packet Size.
MQTT-3.14.2-4 | both | sends | A DISCONNECT goes without User Properties when they would exceed the receiver's Maximum Packet Size.
MQTT-3.14.4-1 | both | sends | Nothing follows a DISCONNECT on the connection.
MQTT-3.14.4-2 | both | state | The sender of DISCONNECT closes the network connection.
MQTT-3.14.4-3 | server | sends | On DISCONNECT 0x00 a server drops the will unpublished.
MQTT-3.15.1-1 | both | rejects | AUTH has flag bits 0000, and any other value is malformed and ends the connection.
MQTT-3.15.2-1 | both | sends | The AUTH code is one from the authenticate table.
MQTT-3.15.2-2 | both | sends | An AUTH goes without Reason String when that would exceed the receiver's Maximum Packet Size.
MQTT-3.15.2-3 | both | sends | An AUTH goes without User Properties when they would exceed the receiver's Maximum Packet Size.
MQTT-4.1.0-1 | both | state | Session state is kept as long as the network connection is open.
MQTT-4.1.0-2 | server | none | An unconnected session is deleted by the server when its expiry runs out.
MQTT-4.2.0-1 | both | state | Each side supports at least one transport with an ordered, lossless byte stream both ways.
MQTT-4.3.1-1 | both | sends | QoS 0 is a single PUBLISH with QoS 0 and DUP 0.
MQTT-4.3.2-1 | both | sends | Each new QoS 1 message takes an identifier not in use.
MQTT-4.3.2-2 | both | sends | A QoS 1 message first goes out as PUBLISH with QoS 1, DUP 0 and its identifier.
MQTT-4.3.2-3 | both | state | A QoS 1 PUBLISH is open until its PUBACK arrives.
MQTT-4.3.2-4 | both | sends | The receiver of QoS 1 takes the message over and then sends PUBACK with the identifier.
MQTT-4.3.2-5 | both | state | After its PUBACK a PUBLISH with the same identifier is a new message even with DUP 1.
MQTT-4.3.3-1 | both | sends | Each new QoS 2 message takes an identifier not in use.
MQTT-4.3.3-2 | both | sends | A QoS 2 message first goes out as PUBLISH with QoS 2, DUP 0 and its identifier.
MQTT-4.3.3-3 | both | state | A QoS 2 PUBLISH is open until its PUBREC arrives.
MQTT-4.3.3-4 | both | sends | A PUBREC below 0x80 is answered by PUBREL with the same identifier.
MQTT-4.3.3-5 | both | state | A PUBREL is open until its PUBCOMP arrives.
MQTT-4.3.3-6 | both | sends | After the PUBREL the PUBLISH of that exchange is never sent again.
MQTT-4.3.3-7 | both | state | A message that has been sent once is not expired any more by its sender.
MQTT-4.3.3-8 | both | sends | The receiver of QoS 2 takes the message over and then sends PUBREC with the identifier.
MQTT-4.3.3-9 | both | state | After a PUBREC of 0x80 or above the identifier is free and its next PUBLISH is a new message.
MQTT-4.3.3-10 | both | state | Until PUBREL arrives, a PUBLISH with the same identifier gets PUBREC again and is not delivered again.
MQTT-4.3.3-11 | both | sends | A PUBREL is answered by PUBCOMP with the same identifier.
MQTT-4.3.3-12 | both | state | After its PUBCOMP the identifier is free and its next PUBLISH is a new message.
MQTT-4.3.3-13 | both | state | The receiver finishes the QoS 2 exchange even for a message it dropped as expired.
MQTT-4.4.0-1 | both | state | Open PUBLISH (QoS above 0) and PUBREL packets are sent again, with their old identifiers, when a session resumes after Clean Start 0, and at no other time.
MQTT-4.4.0-2 | both | state | A PUBACK or PUBREC of 0x80 or above closes the exchange and the PUBLISH is not sent again.
MQTT-4.5.0-1 | server | none | A server adds a message it accepted to the session of every client with a matching subscription.
MQTT-4.5.0-2 | client | sends | A client acknowledges every PUBLISH by its QoS whether or not it uses the message.
MQTT-4.6.0-1 | client | state | A client resends PUBLISH packets in the order of their first sending.
MQTT-4.6.0-2 | client | state | A client sends PUBACKs in the order the PUBLISH packets came in.
MQTT-4.6.0-3 | client | state | A client sends PUBRECs in the order the PUBLISH packets came in.
MQTT-4.6.0-4 | client | state | A client sends PUBRELs in the order the PUBRECs came in.
MQTT-4.6.0-5 | server | state | On an ordered topic a server forwards one client's messages of one QoS in the order it got them.
MQTT-4.6.0-6 | server | none | A server treats every topic as ordered for non-shared subscriptions unless configured otherwise.
MQTT-4.7.0-1 | both | sends | Wildcards belong in Topic Filters only, never in Topic Names.
MQTT-4.7.1-1 | client | sends | The # wildcard is the last character of a filter and stands alone or after a slash.
MQTT-4.7.1-2 | client | sends | The + wildcard fills a whole level of a filter.
MQTT-4.7.2-1 | server | state | A filter that begins with a wildcard does not match a topic that begins with $.
MQTT-4.7.3-1 | both | rejects | No topic or filter is the empty string.
MQTT-4.7.3-2 | both | rejects | Topic Names and Topic Filters do not contain U+0000.
MQTT-4.7.3-3 | both | sends | Topic Names and Topic Filters encode to 65,535 bytes at most.
MQTT-4.7.3-4 | server | state | Matching uses topics as they are, with no normalization or substitution.
MQTT-4.8.2-1 | client | sends | A shared subscription filter begins with $share/ and a share name of one character or more.
MQTT-4.8.2-2 | client | sends | A share name has no slash, + or #, and is followed by a slash and a Topic Filter.
MQTT-4.8.2-3 | server | none | A shared subscriber gets messages within its own granted QoS.
MQTT-4.8.2-4 | server | none | An interrupted QoS 2 delivery of a shared subscription is finished with the same client when it reconnects.
MQTT-4.8.2-5 | server | none | If that client's session ends first, the QoS 2 message goes to no other subscriber.
MQTT-4.8.2-6 | server | none | A message refused by PUBACK or PUBREC of 0x80 or above is dropped and offered to no other subscriber.
MQTT-4.9.0-1 | both | state | The send quota of a connection begins above zero and not above the peer's Receive Maximum.
MQTT-4.9.0-2 | both | state | Each QoS 1/2 PUBLISH takes one from the quota, and at zero no more of them go out.
MQTT-4.9.0-3 | both | state | At quota zero all other packets are still handled and answered.
MQTT-4.12.0-1 | server | state | A server that lacks the Authentication Method may send CONNACK 0x8C or 0x87 and closes.
MQTT-4.12.0-2 | server | rejects | A server AUTH that asks for more data has code 0x18.
MQTT-4.12.0-3 | client | sends | A client answers a server AUTH with an AUTH of code 0x18.
MQTT-4.12.0-4 | server | state | A server may refuse at any step of the authentication with CONNACK 0x80 or above, and closes.
MQTT-4.12.0-5 | both | rejects | When CONNECT named an Authentication Method, every AUTH and the successful CONNACK name the same one.
MQTT-4.12.0-6 | server | rejects | When CONNECT named no method, a server sends neither AUTH nor an Authentication Method in CONNACK.
MQTT-4.12.0-7 | client | sends | When CONNECT named no method, a client sends no AUTH.
MQTT-4.12.1-1 | client | sends | A client re-authenticates with AUTH 0x19 under the method of its CONNECT.
MQTT-4.12.1-2 | both | state | A failed re-authentication ends the connection, normally after a DISCONNECT with a fitting code.
MQTT-4.13.1-1 | server | none | A server that finds a Malformed Packet or Protocol Error with a defined code closes the connection.
MQTT-4.13.2-1 | both | state | A CONNACK or DISCONNECT code of 0x80 or above means the connection is closed, whether or not the packet got out.
MQTT-6.0.0-1 | both | rejects | Over WebSocket, packets travel in binary frames and any other data frame type makes the recipient close.
MQTT-6.0.0-2 | both | state | Over WebSocket, packet and frame boundaries are unrelated.
MQTT-6.0.0-3 | client | sends | A client offers the WebSocket subprotocol mqtt.
MQTT-6.0.0-4 | server | rejects | A server selects the WebSocket subprotocol mqtt.
`;

/** The 251 normative statements of MQTT v5. */
export const statements: readonly Statement[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [id, role, duty, summary] = line.split(' | ');
    return { id, role, duty, summary } as Statement;
  });
