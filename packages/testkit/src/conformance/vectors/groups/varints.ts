import { overLong, varint } from '../bytes.ts';
import { CARRIERS, ofWill, propertyRule, rawBlock } from '../packets/carriers.ts';
import { publish } from '../packets/publishing.ts';
import { carrier } from '../packets/whole.ts';
import { pairValue } from '../spec/properties.ts';
import type { VectorOfGroup } from '../vector.ts';
import { invalid, valid } from './make.ts';

// Variable Byte Integers inside packets; `lengths.ts` has the one in front of them.

const FIVE_BYTES = [0x81, 0x80, 0x80, 0x80, 0x00];
const RULE = 'MQTT-1.5.5-1';
const reasonCodes = [0x81];

export function* varints(): Iterable<VectorOfGroup> {
  yield* boundaries();
  yield* propertyLengths();
  yield* propertyIdentifiers();
  yield* subscriptionIdentifiers();
}

/** The lengths at which another byte is needed. */
function* boundaries(): Iterable<VectorOfGroup> {
  const head = 6; // Topic 't/1' and no properties.
  for (const sender of ['client', 'server'] as const) {
    for (const length of [127, 128, 16_383, 16_384]) {
      const form = publish(sender, { payload: Array.from({ length: length - head }, () => 0x2e) });
      yield valid({ form, what: `Remaining Length ${length}`, rule: RULE });
    }
    for (const length of [127, 128, 16_383, 16_384]) {
      // Its identifier and the lengths of the two texts take five bytes.
      const value = pairValue('n', 'v'.repeat(length - 6));
      const bytes = [...varint(length), propertyRule('userProperties').id, ...value.bytes];
      const properties = { userProperties: [['n', 'v'.repeat(length - 6)]] as const };
      const form = publish(sender, { properties: { bytes, properties } });
      yield valid({ form, what: `Property Length ${length}`, rule: RULE });
    }
  }
}

function* propertyLengths(): Iterable<VectorOfGroup> {
  for (const each of CARRIERS) {
    const { bytes } = rawBlock(each, []);
    const [length, ...content] = bytes as readonly [number, ...number[]];
    const what = `Property Length${ofWill(each)}`;
    const overLength = { form: each.form({ bytes: [...overLong([length]), ...content] }), rule: RULE, reasonCodes };
    yield invalid({ ...overLength, what: `${what} in two bytes` });
    const five = each.form({ bytes: [length | 0x80, 0x80, 0x80, 0x80, 0x00, ...content] });
    yield invalid({ form: five, what: `${what} in five bytes`, rule: '1.5.5', reasonCodes });
  }
}

function* propertyIdentifiers(): Iterable<VectorOfGroup> {
  const rule = propertyRule('userProperties');
  for (const each of CARRIERS) {
    const bytes = [...overLong([rule.id]), ...rule.values[0]!.bytes];
    const form = each.form(rawBlock(each, bytes));
    yield invalid({ form, what: `a property identifier${ofWill(each)} in two bytes`, rule: RULE, reasonCodes });
  }
}

function* subscriptionIdentifiers(): Iterable<VectorOfGroup> {
  for (const each of [carrier('SUBSCRIBE', 'client'), carrier('PUBLISH', 'server')]) {
    const { id } = propertyRule('subscriptionIdentifier');
    const subject = (what: string, value: readonly number[]): Parameters<typeof invalid>[0] => ({
      form: each.form(rawBlock(each, [id, ...value])),
      what: `Subscription Identifier ${what}`,
      rule: RULE,
      reasonCodes,
    });
    yield invalid(subject('1 in two bytes', overLong([1])));
    yield invalid(subject('127 in two bytes', overLong([127])));
    yield invalid(subject('128 in three bytes', overLong(varint(128))));
    yield invalid(subject('16,384 in four bytes', overLong(varint(16_384))));
    yield invalid(subject('in five bytes', FIVE_BYTES));
    yield invalid(subject('of 268,435,456', [0x80, 0x80, 0x80, 0x80, 0x01]));
  }
}
