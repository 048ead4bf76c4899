import type { Sender } from '@minimq/core/codec';
import { binary, text, utf8, type Bytes } from '../bytes.ts';
import { block, CARRIERS, ofWill, rawBlock, type Carrier } from '../packets/carriers.ts';
import { connect } from '../packets/connecting.ts';
import { bytesOf, withPart, type Form } from '../packets/form.ts';
import { publish } from '../packets/publishing.ts';
import { subscribe, unsubscribe } from '../packets/subscribing.ts';
import { mayStandIn, pairValue, PROPERTIES, type PropertyRule } from '../spec/properties.ts';
import type { VectorOfGroup } from '../vector.ts';
import { invalid, valid } from './make.ts';

// Section 1.5.4: every text field with text that is not well-formed UTF-8, and with text that only looks odd.

const BAD: readonly (readonly [what: string, bytes: Bytes, rule: string])[] = [
  ['U+0000', [0x00], 'MQTT-1.5.4-2'],
  ['U+0000 in two bytes', [0xc0, 0x80], 'MQTT-1.5.4-1'],
  ['U+007F in two bytes', [0xc1, 0xbf], 'MQTT-1.5.4-1'],
  ['U+002F in three bytes', [0xe0, 0x80, 0xaf], 'MQTT-1.5.4-1'],
  ['U+07FF in three bytes', [0xe0, 0x9f, 0xbf], 'MQTT-1.5.4-1'],
  ['U+FFFF in four bytes', [0xf0, 0x8f, 0xbf, 0xbf], 'MQTT-1.5.4-1'],
  ['the surrogate U+D800', [0xed, 0xa0, 0x80], 'MQTT-1.5.4-1'],
  ['the surrogate U+DFFF', [0xed, 0xbf, 0xbf], 'MQTT-1.5.4-1'],
  ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 'MQTT-1.5.4-1'],
  ['one byte of two', [0xc3], 'MQTT-1.5.4-1'],
  ['one byte of three', [0xe2], 'MQTT-1.5.4-1'],
  ['two bytes of three', [0xe2, 0x82], 'MQTT-1.5.4-1'],
  ['three bytes of four', [0xf0, 0x9f, 0x98], 'MQTT-1.5.4-1'],
  ['a letter for the second byte of two', [0xc3, 0x28], 'MQTT-1.5.4-1'],
  ['a letter for the second byte of three', [0xe2, 0x28, 0xac], 'MQTT-1.5.4-1'],
  ['a letter for the third byte of three', [0xe2, 0x82, 0x28], 'MQTT-1.5.4-1'],
  ['a letter for the third byte of four', [0xf0, 0x9f, 0x28, 0x80], 'MQTT-1.5.4-1'],
  ['a letter for the fourth byte of four', [0xf0, 0x9f, 0x98, 0x28], 'MQTT-1.5.4-1'],
  ['U+110000', [0xf4, 0x90, 0x80, 0x80], 'MQTT-1.5.4-1'],
  ['U+140000', [0xf5, 0x80, 0x80, 0x80], 'MQTT-1.5.4-1'],
  ['five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80], 'MQTT-1.5.4-1'],
  ['a continuation byte 80', [0x80], 'MQTT-1.5.4-1'],
  ['a continuation byte BF', [0xbf], 'MQTT-1.5.4-1'],
  ['the byte FE', [0xfe], 'MQTT-1.5.4-1'],
  ['the byte FF', [0xff], 'MQTT-1.5.4-1'],
];

const GOOD: readonly (readonly [what: string, text: string, rule: string])[] = [
  ['U+FEFF in front', '\u{feff}a', 'MQTT-1.5.4-3'],
  ['characters of one to four bytes', 'a\u{e9}\u{20ac}\u{1f600}', '1.5.4'],
  ['characters on the edges', '\u{a0}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{10000}\u{10fffd}', '1.5.4'],
];

export function* texts(): Iterable<VectorOfGroup> {
  for (const field of FIELDS) yield* textsOfField(field);
  for (const at of CARRIERS) {
    for (const rule of PROPERTIES.filter(({ texts: fields }) => fields.length > 0)) {
      if (mayStandIn(rule, at.place, at.sender)) yield* textsOfProperty(at, rule);
    }
  }
}

/** A text field outside the properties. */
interface Field {
  readonly name: string;
  readonly form: (value: string) => Form;
}

const SENDERS: readonly Sender[] = ['client', 'server'];

const FIELDS: readonly Field[] = [
  { name: 'Client Identifier', form: (clientId) => connect({ clientId }) },
  { name: 'Will Topic', form: (willTopic) => connect({ flags: 0x06, willTopic }) },
  { name: 'User Name', form: (username) => connect({ flags: 0x82, username }) },
  ...SENDERS.map((sender): Field => ({ name: 'Topic Name', form: (topic) => publish(sender, { topic }) })),
  { name: 'Topic Filter', form: (filter) => subscribe({ subscriptions: [[filter, 0]] }) },
  { name: 'Topic Filter', form: (filter) => unsubscribe({ topicFilters: [filter] }) },
];

function* textsOfField({ name, form }: Field): Iterable<VectorOfGroup> {
  for (const [what, value, rule] of GOOD) yield valid({ form: form(value), what: `${name} with ${what}`, rule });
  const base = form('a');
  const part = base.parts.find((each) => each.name === name)!;
  for (const [what, bad, rule] of BAD) {
    const bytes = bytesOf(withPart(base, part, binary(behindLetter(bad))));
    yield invalid({ form: base, what: `${name} with ${what}`, rule, bytes, reasonCodes: [0x81] });
  }
}

function* textsOfProperty(at: Carrier, rule: PropertyRule): Iterable<VectorOfGroup> {
  for (const field of rule.texts) {
    const name = `${field === 'text' ? rule.name : `${field} of userProperties`}${ofWill(at)}`;
    for (const [what, value, statement] of GOOD) {
      const label = what;
      const propertyValue =
        field === 'text'
          ? { label, bytes: text(value), value }
          : field === 'name'
            ? pairValue(value, 'v')
            : pairValue('n', value);
      const form = at.form(block(at, [[rule, propertyValue]]));
      yield valid({ form, what: `${name} with ${what}`, rule: statement });
    }
    for (const [what, bad, statement] of BAD) {
      const spoiled = binary(behindLetter(bad));
      const bytes =
        field === 'name' ? [...spoiled, ...text('v')] : field === 'value' ? [...text('n'), ...spoiled] : spoiled;
      const form = at.form(rawBlock(at, [rule.id, ...bytes], rule));
      const pairRule = statement === 'MQTT-1.5.4-1' ? 'MQTT-1.5.7-1' : statement;
      const ofRule = field === 'text' ? statement : pairRule;
      yield invalid({ form, what: `${name} with ${what}`, rule: ofRule, reasonCodes: [0x81] });
    }
  }
}

function behindLetter(bad: Bytes): Bytes {
  return [...utf8('a'), ...bad];
}
