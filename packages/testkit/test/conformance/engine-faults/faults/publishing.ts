import type { EngineFault } from '../engine-fault.ts';

/** What the client publishes: identifiers, DUP, order, quota, aliases. */
export const publishingFaults: readonly EngineFault[] = [
  {
    what: 'sets DUP on a first send at QoS 1 and 2',
    file: 'protocol/publishes.ts',
    fragment: 'publication.retain === true, false)',
    replacement: 'publication.retain === true, qos > 0)',
    breaks: ['MQTT-3.3.1-3', 'MQTT-4.3.2-2', 'MQTT-4.3.3-2'],
  },
  {
    what: 'repeats a PUBLISH without DUP',
    file: 'protocol/publishes.ts',
    fragment: '|= DUP_FLAG',
    replacement: '|= 0',
    breaks: ['MQTT-3.3.1-1'],
  },
  {
    what: 'leaves out RETAIN',
    file: 'codec/publish.ts',
    fragment: '(retain ? 0x01 : 0)',
    replacement: '0',
    breaks: ['MQTT-3.3.1-5'],
  },
  {
    what: 'gives a slot of the quota back with PUBREC',
    file: 'protocol/publishes.ts',
    fragment: 'this.#nextRelease ??= operation;',
    replacement: 'this.#nextRelease ??= operation; this.#openCount--;',
    breaks: ['MQTT-3.3.4-7', 'MQTT-4.9.0-2'],
  },
  {
    what: 'takes no slot of the quota for what it sends again',
    file: 'protocol/publishes.ts',
    fragment: 'this.#nextPublish = operation.following;',
    replacement: 'this.#nextPublish = operation.following; this.#openCount--;',
    breaks: ['MQTT-4.9.0-2'],
  },
  {
    what: 'sends everything again at once, whatever the quota',
    file: 'protocol/publishes.ts',
    fragment: 'while (this.#nextPublish !== null && this.#openCount < this.#quota)',
    replacement: 'while (this.#nextPublish !== null)',
    breaks: ['MQTT-4.9.0-2'],
  },
  {
    what: 'takes no notice of Receive Maximum',
    file: 'protocol/publishes.ts',
    fragment: 'Math.min(granted.receiveMaximum, this.#options.inflightMax)',
    replacement: 'this.#options.inflightMax',
    breaks: ['MQTT-3.3.4-7'],
  },
  {
    what: 'sends PUBREL without its flag',
    file: 'protocol/publishes.ts',
    fragment: '0x62',
    replacement: '0x60',
    breaks: ['MQTT-3.6.1-1'],
  },
  {
    what: 'sends PUBRELs again in the order of the publishes',
    file: 'protocol/publishes.ts',
    fragment: 'this.#nextRelease = this.#state.releasing.first;',
    replacement:
      'for (const each of [...this.#state.releasing].sort((a, b) => a.packetId - b.packetId)) {' +
      ' this.#state.releasing.remove(each); this.#state.releasing.push(each); }' +
      ' this.#nextRelease = this.#state.releasing.first;',
    breaks: ['MQTT-4.6.0-4'],
  },
  {
    what: 'sends the last of several PUBRELs only',
    file: 'protocol/publishes.ts',
    fragment: 'this.#nextRelease ??= operation;',
    replacement: 'this.#nextRelease = operation;',
    breaks: ['MQTT-4.6.0-4'],
  },
  {
    what: 'does not send a PUBREL again',
    file: 'protocol/publishes.ts',
    fragment: 'this.#nextRelease = this.#state.releasing.first;',
    replacement: 'this.#nextRelease = null;',
    breaks: ['MQTT-4.3.3-5', 'MQTT-4.4.0-1'],
  },
  {
    what: 'does not send a PUBLISH again',
    file: 'protocol/publishes.ts',
    fragment: 'this.#nextPublish = this.#state.publishing.first;',
    replacement: 'this.#nextPublish = null;',
    breaks: ['MQTT-4.3.2-3', 'MQTT-4.4.0-1'],
  },
  {
    what: 'sends open messages again newest first',
    file: 'protocol/publishes.ts',
    fragment: 'this.#nextPublish = this.#state.publishing.first;',
    replacement:
      'for (const each of [...this.#state.publishing].reverse()) {' +
      ' this.#state.publishing.remove(each); this.#state.publishing.push(each); }' +
      ' this.#nextPublish = this.#state.publishing.first;',
    breaks: ['MQTT-4.6.0-1'],
  },
  {
    what: 'answers a PUBREC that refuses with PUBREL',
    file: 'protocol/publishes.ts',
    fragment: 'if (reasonCode >= 0x80) this.#answered',
    replacement: 'if (reasonCode > 0xff) this.#answered',
    breaks: ['MQTT-4.4.0-2'],
  },
  {
    what: 'passes over a PUBREC for an identifier that it does not know',
    file: 'protocol/publishes.ts',
    fragment: 'return ReasonCode.packetIdentifierNotFound;',
    replacement: 'return -1;',
    breaks: ['MQTT-3.6.2-1'],
  },
  {
    what: 'takes an identifier that is in use',
    file: 'protocol/packet-ids.ts',
    fragment: '=== undefined) break;',
    replacement: '!== null) break;',
    breaks: ['MQTT-2.2.1-3'],
  },
  {
    what: 'keeps the aliases that it gave out on an earlier connection',
    file: 'protocol/publishes.ts',
    fragment: 'this.#aliases = topicAliasMaximum',
    replacement: 'this.#aliases ??= topicAliasMaximum',
    breaks: ['MQTT-3.3.2-7'],
  },
  {
    what: 'uses an alias above the Topic Alias Maximum of the server',
    file: 'protocol/topic-aliases.ts',
    fragment: 'Math.min(maximum, automatic)',
    replacement: 'automatic',
    breaks: ['MQTT-3.2.2-17'],
  },
  {
    what: 'takes no notice of Maximum QoS',
    file: 'protocol/publishes.ts',
    fragment: 'if (qos <= granted.maximumQoS)',
    replacement: 'if (qos <= 2)',
    breaks: ['MQTT-3.2.2-11'],
  },
  {
    what: 'takes no notice of Retain Available',
    file: 'protocol/granted.ts',
    fragment: 'properties.retainAvailable ?? true',
    replacement: 'true',
    breaks: ['MQTT-3.2.2-14'],
  },
  {
    what: 'publishes more than the Maximum Packet Size of the server',
    file: 'protocol/publishes.ts',
    fragment: 'if (length > maximumPacketSize)',
    replacement: 'if (length < 0)',
    breaks: ['MQTT-3.2.2-15'],
  },
  {
    what: 'sends no PUBREL while the quota is used up',
    file: 'protocol/publishes.ts',
    fragment: 'if (!this.#pumpReleases()) return;',
    replacement: 'if (this.#openCount >= this.#quota || !this.#pumpReleases()) return;',
    breaks: ['MQTT-3.3.4-8'],
  },
  {
    what: 'publishes on topics with wildcards',
    file: 'codec/topic.ts',
    fragment: 'length === 0 || hasWildcard(topic)',
    replacement: 'length === 0',
    breaks: ['MQTT-3.3.2-2', 'MQTT-4.7.0-1'],
  },
  {
    what: 'sends text with U+0000',
    file: 'codec/utf8.ts',
    fragment: 'if (unit < least) return -1;',
    replacement: '',
    breaks: ['MQTT-1.5.4-2', 'MQTT-4.7.3-2'],
  },
];
