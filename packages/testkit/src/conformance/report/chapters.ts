import { statements, type Statement } from '../statements.ts';

/** A section of the standard with numbered statements. */
export interface Chapter {
  /** `3.3` */
  readonly number: string;
  readonly title: string;
  readonly statements: readonly Statement[];
}

const TITLES: Readonly<Record<string, string>> = {
  '1.5': 'Data representation',
  '2.1': 'Structure of an MQTT Control Packet',
  '2.2': 'Variable Header',
  '3.1': 'CONNECT: connection request',
  '3.2': 'CONNACK: connect acknowledgement',
  '3.3': 'PUBLISH: publish message',
  '3.4': 'PUBACK: publish acknowledgement',
  '3.5': 'PUBREC: publish received (QoS 2, part 1)',
  '3.6': 'PUBREL: publish release (QoS 2, part 2)',
  '3.7': 'PUBCOMP: publish complete (QoS 2, part 3)',
  '3.8': 'SUBSCRIBE: subscribe request',
  '3.9': 'SUBACK: subscribe acknowledgement',
  '3.10': 'UNSUBSCRIBE: unsubscribe request',
  '3.11': 'UNSUBACK: unsubscribe acknowledgement',
  '3.12': 'PINGREQ: ping request',
  '3.13': 'PINGRESP: ping response',
  '3.14': 'DISCONNECT: disconnect notification',
  '3.15': 'AUTH: authentication exchange',
  '4.1': 'Session State',
  '4.2': 'Network Connections',
  '4.3': 'Quality of Service levels and protocol flows',
  '4.4': 'Message delivery retry',
  '4.5': 'Message receipt',
  '4.6': 'Message ordering',
  '4.7': 'Topic Names and Topic Filters',
  '4.8': 'Subscriptions',
  '4.9': 'Flow Control',
  '4.12': 'Enhanced authentication',
  '4.13': 'Handling errors',
  '6.0': 'Using WebSocket as a network transport',
};

/** All statements by their sections, in the order of the standard's sections. */
export function chapters(): readonly Chapter[] {
  const found = new Map<string, Statement[]>();
  for (const statement of statements) {
    const number = /^MQTT-(\d+\.\d+)/.exec(statement.id)![1]!;
    const list = found.get(number) ?? [];
    list.push(statement);
    found.set(number, list);
  }
  return [...found].map(([number, list]) => ({ number, title: TITLES[number] ?? '', statements: list }));
}
