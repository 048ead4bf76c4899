import type { PacketCase } from './packet-case.ts';
import { publishCases } from './publish-cases.ts';

const USER = ['origin', 'sensor-17'] as const;
const userProperties = [USER];
const peerUserProperties = { [USER[0]]: USER[1] };
const reasonString = 'as it should be';
const data = Buffer.from([1, 2, 3, 4]);
const auth = { authenticationMethod: 'SCRAM-SHA-256', authenticationData: data };
const ackProperties = { reasonString, userProperties };
const peerAckProperties = { reasonString, userProperties: peerUserProperties };
const FILTERS = ['home/+/temperature', 'home/+/humidity', 'alarm/#'] as const;

function connectCases(): PacketCase[] {
  const limits = { sessionExpiryInterval: 3_600, receiveMaximum: 1_024, maximumPacketSize: 65_536 };
  const packet = { type: 'connect', clientId: 'sensor-17', cleanStart: true, keepAlive: 60 } as const;
  const peerPacket = {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clientId: 'sensor-17',
    clean: true,
    keepalive: 60,
  } as const;
  return [
    { name: 'connect', sender: 'client', packet, peerPacket },
    {
      name: 'connect-props',
      sender: 'client',
      packet: { ...packet, properties: { ...limits, topicAliasMaximum: 10, userProperties } },
      peerPacket: {
        ...peerPacket,
        properties: { ...limits, topicAliasMaximum: 10, userProperties: peerUserProperties },
      },
    },
    {
      name: 'connack',
      sender: 'server',
      packet: { type: 'connack', sessionPresent: false, reasonCode: 0 },
      peerPacket: { cmd: 'connack', sessionPresent: false, reasonCode: 0 },
    },
    {
      name: 'connack-props',
      sender: 'server',
      packet: {
        type: 'connack',
        sessionPresent: false,
        reasonCode: 0,
        properties: { ...limits, assignedClientIdentifier: 'c-1', reasonString },
      },
      peerPacket: {
        cmd: 'connack',
        sessionPresent: false,
        reasonCode: 0,
        properties: { ...limits, assignedClientIdentifier: 'c-1', reasonString },
      },
    },
  ];
}

function ackCases(): PacketCase[] {
  return (['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).flatMap((type): PacketCase[] => {
    const sender = type === 'pubrel' ? 'client' : 'server';
    const peerPacket = { cmd: type, messageId: 1_234, reasonCode: 0 } as const;
    return [
      { name: type, sender, packet: { type, packetId: 1_234 }, peerPacket },
      {
        name: `${type}-props`,
        sender,
        packet: { type, packetId: 1_234, reasonCode: 0, properties: ackProperties },
        peerPacket: { ...peerPacket, properties: peerAckProperties },
      },
    ];
  });
}

function subscribeCases(): PacketCase[] {
  const subscribe = {
    type: 'subscribe',
    packetId: 7,
    subscriptions: FILTERS.map((topicFilter) => ({ topicFilter, qos: 1 as const })),
  } as const;
  const peerSubscribe = {
    cmd: 'subscribe',
    messageId: 7,
    subscriptions: FILTERS.map((topic) => ({ topic, qos: 1 as const, nl: false, rap: false, rh: 0 })),
  } as const;
  const unsubscribe = { type: 'unsubscribe', packetId: 7, topicFilters: FILTERS } as const;
  const unsubscriptions: string[] = [...FILTERS];
  const peerUnsubscribe = { cmd: 'unsubscribe', messageId: 7, unsubscriptions } as const;
  return [
    { name: 'subscribe', sender: 'client', packet: subscribe, peerPacket: peerSubscribe },
    {
      name: 'subscribe-props',
      sender: 'client',
      packet: { ...subscribe, properties: { subscriptionIdentifier: 9, userProperties } },
      peerPacket: { ...peerSubscribe, properties: { subscriptionIdentifier: 9, userProperties: peerUserProperties } },
    },
    { name: 'unsubscribe', sender: 'client', packet: unsubscribe, peerPacket: peerUnsubscribe },
    {
      name: 'unsubscribe-props',
      sender: 'client',
      packet: { ...unsubscribe, properties: { userProperties } },
      peerPacket: { ...peerUnsubscribe, properties: { userProperties: peerUserProperties } },
    },
    ...(['suback', 'unsuback'] as const).flatMap((type): PacketCase[] => {
      const reasonCodes = type === 'suback' ? [1, 1, 1] : [0, 0, 0];
      const packet = { type, packetId: 7, reasonCodes } as PacketCase['packet'] & { readonly type: typeof type };
      const peerPacket = { cmd: type, messageId: 7, granted: reasonCodes } as PacketCase['peerPacket'] & {
        readonly cmd: typeof type;
      };
      return [
        { name: type, sender: 'server', packet, peerPacket },
        {
          name: `${type}-props`,
          sender: 'server',
          packet: { ...packet, properties: ackProperties },
          peerPacket: { ...peerPacket, properties: peerAckProperties } as PacketCase['peerPacket'],
        },
      ];
    }),
  ];
}

function otherCases(): PacketCase[] {
  return [
    { name: 'pingreq', sender: 'client', packet: { type: 'pingreq' }, peerPacket: { cmd: 'pingreq' } },
    { name: 'pingresp', sender: 'server', packet: { type: 'pingresp' }, peerPacket: { cmd: 'pingresp' } },
    {
      name: 'disconnect',
      sender: 'client',
      packet: { type: 'disconnect' },
      peerPacket: { cmd: 'disconnect', reasonCode: 0 },
    },
    {
      name: 'disconnect-props',
      sender: 'client',
      packet: { type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 60, reasonString } },
      peerPacket: { cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 60, reasonString } },
    },
    {
      name: 'auth-props',
      sender: 'client',
      packet: { type: 'auth', reasonCode: 0x18, properties: auth },
      peerPacket: { cmd: 'auth', reasonCode: 0x18, properties: auth },
    },
  ];
}

/** Each packet of MQTT v5, plain and with properties. AUTH means nothing without them. */
export const PACKET_CASES: readonly PacketCase[] = [
  ...connectCases(),
  ...publishCases(),
  ...ackCases(),
  ...subscribeCases(),
  ...otherCases(),
];
