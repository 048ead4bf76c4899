import type { EngineFault } from '../engine-fault.ts';

/** SUBSCRIBE and UNSUBSCRIBE, and their answers. */
export const subscribingFaults: readonly EngineFault[] = [
  {
    what: 'sends SUBSCRIBE without its flag',
    file: 'protocol/requests.ts',
    fragment: '0x82',
    replacement: '0x80',
    breaks: ['MQTT-2.1.3-1', 'MQTT-3.8.1-1'],
  },
  {
    what: 'sends UNSUBSCRIBE without its flag',
    file: 'protocol/requests.ts',
    fragment: '0xa2',
    replacement: '0xa0',
    breaks: ['MQTT-2.1.3-1', 'MQTT-3.10.1-1'],
  },
  {
    what: 'sets DUP on SUBSCRIBE',
    file: 'protocol/requests.ts',
    fragment: '0x82',
    replacement: '0x8a',
    breaks: ['MQTT-3.8.1-1'],
  },
  {
    what: 'sets DUP on a SUBSCRIBE that it sends again',
    file: 'protocol/requests.ts',
    fragment: 'if (obstacle === null) this.#outbox.push(request);',
    replacement: 'if (obstacle === null) (this.#arena.bytes[request.offset]! |= 0x08, this.#outbox.push(request));',
    breaks: ['MQTT-3.8.1-1'],
  },
  {
    what: 'numbers SUBSCRIBE and UNSUBSCRIBE by themselves',
    file: 'protocol/requests.ts',
    fragment: 'request.packetId = this.#state.packetIds.take(request);',
    replacement:
      'request.packetId = this.#open.size + 1; this.#state.packetIds.free(request.packetId);' +
      ' this.#state.packetIds.hold(request.packetId, request);',
    breaks: ['MQTT-2.2.1-3'],
  },
  {
    what: 'sends No Local with a shared subscription',
    file: 'codec/subscribe.ts',
    fragment: 'if (noLocal && isShared(topicFilter)) throw invalidArgument',
    replacement: 'if (noLocal === null) throw invalidArgument',
    breaks: ['MQTT-3.8.3-4'],
  },
  {
    what: 'sends filters whose wildcards and share names stand where they must not',
    file: 'codec/subscribe.ts',
    fragment: 'if (!isTopicFilter(filter))',
    replacement: 'if (filter === null)',
    breaks: ['MQTT-4.7.1-1', 'MQTT-4.7.1-2', 'MQTT-4.8.2-1', 'MQTT-4.8.2-2'],
  },
  {
    what: 'sends SUBSCRIBE without a filter',
    file: 'codec/subscribe.ts',
    fragment: '!(filters?.length > 0)',
    replacement: 'filters === null',
    breaks: ['MQTT-3.8.3-2', 'MQTT-3.10.3-2'],
  },
  {
    what: 'gives the results of a request in reverse',
    file: 'codec/subscribe.ts',
    fragment: 'reasonCodes.push(',
    replacement: 'reasonCodes.unshift(',
    breaks: ['MQTT-3.9.3-1', 'MQTT-3.11.3-1'],
  },
  {
    what: 'takes a SUBACK with too few results',
    file: 'protocol/requests.ts',
    fragment: 'if (reasonCodes.length !== request.filterCount)',
    replacement: 'if (reasonCodes.length === 0)',
    breaks: ['MQTT-3.8.4-6'],
  },
  {
    what: 'takes reason codes that a packet cannot have',
    file: 'codec/reader.ts',
    fragment: 'if (isReasonCodeAt(this.place, code)) return code;',
    replacement: 'return code as ReasonCode;',
    breaks: ['MQTT-3.9.3-2', 'MQTT-3.11.3-2'],
  },
];
