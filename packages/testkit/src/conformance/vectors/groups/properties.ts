import { hexByte, varint } from '../bytes.ts';
import { block, CARRIERS, ofWill, propertyBytes, propertyRule, rawBlock, type Carrier } from '../packets/carriers.ts';
import { NO_PROPERTIES } from '../packets/form.ts';
import { carrier } from '../packets/whole.ts';
import { mayRepeatIn, mayStandIn, PROPERTIES, UNKNOWN_PROPERTIES, type PropertyRule } from '../spec/properties.ts';
import type { VectorOfGroup } from '../vector.ts';
import { invalid, valid } from './make.ts';

// Every property in every place: right, and wrong in every way.

export function* properties(): Iterable<VectorOfGroup> {
  for (const [at, rule] of legalPairs()) {
    for (const value of rule.values) {
      const form = at.form(block(at, [[rule, value]]));
      yield valid({ form, what: `${label(at, rule)} ${value.label}`, rule: '2.2.2.2' });
    }
  }
}

/** A value that the properties end inside of, and one that is followed by what is no property. */
export function* propertyLengths(): Iterable<VectorOfGroup> {
  for (const [at, rule] of legalPairs()) {
    const { bytes } = rule.values[0]!;
    for (let length = 0; length < bytes.length; length += 1) {
      const form = at.form(rawBlock(at, [rule.id, ...bytes.slice(0, length)], rule));
      const what = `${label(at, rule)} of ${length} bytes instead of ${bytes.length}`;
      yield invalid({ form, what, rule: '2.2.2.2', reasonCodes: [0x81] });
    }
    const form = at.form(rawBlock(at, [rule.id, ...bytes, 0x00], rule));
    const what = `${label(at, rule)} and a byte 00`;
    yield invalid({ form, what, rule: '2.2.2.2', reasonCodes: [0x81] });
  }
}

export function* repeatedProperties(): Iterable<VectorOfGroup> {
  for (const [at, rule] of legalPairs()) {
    const [first, second] = rule.values as readonly [PropertyRule['values'][0], PropertyRule['values'][0]];
    for (const other of [first, second]) {
      const what = `${label(at, rule)} ${first.label} and ${other.label}`;
      const pairs = [first, other].map((value) => [rule, value] as const);
      const form = at.form(block(at, pairs));
      if (mayRepeatIn(rule, at.place, at.sender)) yield valid({ form, what, rule: '2.2.2.2' });
      else yield invalid({ form, what, rule: '2.2.2.2', reasonCodes: repeated(at, rule) });
    }
  }
}

/** For two properties of a message the standard says that it is an error, and not which one. */
function repeated({ place }: Carrier, { id }: PropertyRule): readonly number[] {
  return (id === 0x01 || id === 0x02) && (place === 'PUBLISH' || place === 'Will') ? [0x82, 0x81] : [0x82];
}

export function* misplacedProperties(): Iterable<VectorOfGroup> {
  for (const at of CARRIERS) {
    const legalIds = PROPERTIES.filter((rule) => mayStandIn(rule, at.place, at.sender)).map(({ id }) => id);
    for (const rule of PROPERTIES) {
      // The Subscription Identifier has two rules.
      if (legalIds.includes(rule.id) || rule.name === 'subscriptionIdentifiers') continue;
      const form = at.form(rawBlock(at, propertyBytes([rule, rule.values[0]!])));
      yield invalid({ form, what: label(at, rule), ...misplaced(at, rule) });
    }
  }
}

/** Where the packet may have it from the other side, it is a protocol error, or malformed like any other. */
function misplaced(at: Carrier, { id }: PropertyRule): { rule: string; reasonCodes: readonly number[] } {
  const reasonCodes = [0x82, 0x81];
  if (at.place === 'PUBLISH' && id === 0x0b) return { rule: 'MQTT-3.3.4-6', reasonCodes };
  if (at.place === 'DISCONNECT' && id === 0x11) return { rule: 'MQTT-3.14.2-2', reasonCodes };
  if (at.place === 'DISCONNECT' && id === 0x1c) return { rule: '3.14.2.2.5', reasonCodes };
  return { rule: '2.2.2.2', reasonCodes: [0x81] };
}

export function* propertiesOutOfRange(): Iterable<VectorOfGroup> {
  for (const [at, rule] of legalPairs()) {
    for (const bad of rule.bad) {
      const form = at.form(rawBlock(at, [rule.id, ...bad.bytes], rule));
      const what = `${label(at, rule)} ${bad.label}`;
      yield invalid({ form, what, rule: bad.rule, reasonCodes: bad.reasonCodes });
    }
  }
}

export function* unknownProperties(): Iterable<VectorOfGroup> {
  for (const at of CARRIERS) {
    for (const id of UNKNOWN_PROPERTIES) {
      const form = at.form(rawBlock(at, [...varint(id), 0x00]));
      const what = `property ${hexByte(id)}${ofWill(at)}`;
      yield invalid({ form, what, rule: '2.2.2.2', reasonCodes: [0x81] });
    }
  }
}

/** Properties that need another one. */
export function* missingProperties(): Iterable<VectorOfGroup> {
  const rule = propertyRule('authenticationData');
  for (const at of CARRIERS.filter(({ place, sender }) => mayStandIn(rule, place, sender))) {
    const bytes = propertyBytes([rule, rule.values[0]!]);
    const form = at.form({ bytes: [...varint(bytes.length), ...bytes] });
    yield invalid({ form, what: 'authentication data without a method', rule: '4.12', reasonCodes: [0x82] });
  }
  for (const sender of ['client', 'server'] as const) {
    const form = carrier('AUTH', sender).form(NO_PROPERTIES);
    yield invalid({ form, what: 'no authentication method', rule: '3.15.2.2.2', reasonCodes: [0x82] });
  }
}

/** Each place with each property that may stand there. */
function* legalPairs(): Iterable<readonly [at: Carrier, rule: PropertyRule]> {
  for (const at of CARRIERS) {
    for (const rule of PROPERTIES) if (mayStandIn(rule, at.place, at.sender)) yield [at, rule];
  }
}

function label(at: Carrier, { name }: PropertyRule): string {
  return `${name}${ofWill(at)}`;
}
