import type { EngineFault } from '../engine-fault.ts';

/** What every packet is made of: headers, integers, text, properties. */
export const readingFaults: readonly EngineFault[] = [
  {
    what: 'takes reserved bits of the fixed header',
    file: 'codec/fixed-header.ts',
    fragment: 'if (first !== firstByte(type))',
    replacement: 'if (first < 0)',
    breaks: ['MQTT-2.1.3-1', 'MQTT-3.15.1-1'],
  },
  {
    what: 'writes integers from 64 on in two bytes',
    file: 'codec/put.ts',
    fragment: 'for (; value > 0x7f; value >>>= 7)',
    replacement: 'for (; value > 0x3f; value >>>= 7)',
    breaks: ['MQTT-1.5.5-1'],
  },
  {
    what: 'leaves out the length of no properties',
    file: 'codec/put-properties.ts',
    fragment: 'if (properties === undefined) return putByte(target, position, 0);',
    replacement: 'if (properties === undefined) return position;',
    breaks: ['MQTT-2.2.2-1'],
  },
  {
    what: 'does not look at the UTF-8 of text',
    file: 'codec/reader.ts',
    fragment: 'if (isUtf8(this.bytes, start, this.position)) return;',
    replacement: 'return;',
    breaks: ['MQTT-1.5.4-1', 'MQTT-1.5.7-1', 'MQTT-3.3.2-1'],
  },
  {
    what: 'takes text with U+0000',
    file: 'codec/utf8.ts',
    fragment: 'if (lead === 0) return false;',
    replacement: '',
    breaks: ['MQTT-1.5.4-2', 'MQTT-4.7.3-2'],
  },
  {
    what: 'takes surrogates',
    file: 'codec/utf8.ts',
    fragment: 'lead === 0xed ? 0x9f',
    replacement: 'lead === 0xed ? 0xbf',
    breaks: ['MQTT-1.5.4-1'],
  },
  {
    what: 'takes overlong forms',
    file: 'codec/utf8.ts',
    fragment: 'lead < 0xc2',
    replacement: 'lead < 0xc0',
    breaks: ['MQTT-1.5.4-1'],
  },
  {
    what: 'takes U+FEFF away',
    file: 'codec/utf8.ts',
    fragment: 'ignoreBOM: true',
    replacement: 'ignoreBOM: false',
    breaks: ['MQTT-1.5.4-3'],
  },
  {
    what: 'takes the alias 0',
    file: 'codec/property-table.ts',
    fragment: "row('topicAlias', 0x23, U16, PUBLISH | DELIVERY, 1)",
    replacement: "row('topicAlias', 0x23, U16, PUBLISH | DELIVERY)",
    breaks: ['MQTT-3.3.2-8'],
  },
  {
    what: 'takes a property that is repeated',
    file: 'codec/read-properties.ts',
    fragment: 'if ((seen & bit) !== 0)',
    replacement: 'if (seen < 0)',
    breaks: ['MQTT-3.2.2-9'],
  },
  {
    what: 'takes a Response Topic with a wildcard',
    file: 'codec/read-properties.ts',
    fragment: 'if (kind === TOPIC &&',
    replacement: 'if (kind < 0 &&',
    breaks: ['MQTT-3.3.2-14'],
  },
];
