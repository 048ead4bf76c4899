import { framed, overLong, u16, varint } from '../bytes.ts';
import { bodyOf, bytesOf, withPart, type Form, type Part, type Stop } from '../packets/form.ts';
import { fullForms, shortForms, wholeForms } from '../packets/whole.ts';
import type { VectorOfGroup } from '../vector.ts';
import { incomplete, invalid, valid } from './make.ts';

// Packets and fields that are longer or shorter than they say.

export function* whole(): Iterable<VectorOfGroup> {
  for (const form of wholeForms()) yield valid({ form, what: '', rule: '2.1' });
}

/** The beginnings of legal packets. */
export function* cutOff(): Iterable<VectorOfGroup> {
  for (const form of shortForms()) {
    const bytes = bytesOf(form);
    for (let length = 1; length < bytes.length; length += 1) {
      const what = `${length} of ${bytes.length} bytes`;
      yield incomplete({ form, what, rule: '2.1.4', bytes: bytes.slice(0, length) });
    }
  }
}

/** Packets whose Remaining Length ends them too soon. */
export function* shortened(): Iterable<VectorOfGroup> {
  for (const form of shortForms()) {
    const body = bodyOf(form);
    for (let length = 0; length < body.length; length += 1) {
      const subject = {
        form,
        what: `Remaining Length ${length} instead of ${body.length}`,
        rule: '2.1.4',
        bytes: framed(form.first, body.slice(0, length)),
      };
      const stop = stopAt(form, length) ?? [0x81];
      yield isReasonCodes(stop) ? invalid({ ...subject, reasonCodes: stop }) : valid({ ...subject, packet: stop });
    }
  }
}

function stopAt({ parts, stopAfter }: Form, length: number): Stop | undefined {
  let end = 0;
  for (let count = 0; count <= parts.length; count += 1) {
    if (end === length) return stopAfter(count);
    end += parts[count]?.bytes.length ?? 0;
  }
  return undefined;
}

function isReasonCodes(stop: Stop): stop is readonly number[] {
  return Array.isArray(stop);
}

/** Bytes behind the last field, inside the Remaining Length. A payload, or a list of codes, has no last field. */
export function* trailingBytes(): Iterable<VectorOfGroup> {
  const forms = wholeForms().filter(({ parts, packet: { type } }) => {
    if (type === 'publish' || type === 'suback' || type === 'unsuback') return false;
    const mayGoOn = type === 'disconnect' || type === 'auth' || type.startsWith('pub');
    return !mayGoOn || parts.at(-1)?.kind === 'properties';
  });
  for (const form of forms) {
    const body = bodyOf(form);
    // Half a length, where topic filters may follow.
    const byte = framed(form.first, [...body, 0x00]);
    yield invalid({ form, what: 'a byte behind it', rule: '2.1.4', bytes: byte, reasonCodes: [0x81] });
    const { type } = form.packet;
    if (type === 'subscribe' || type === 'unsubscribe') continue;
    const packet = framed(form.first, [...body, 0xc0, 0x00]);
    yield invalid({ form, what: 'a packet inside it', rule: '2.1.4', bytes: packet, reasonCodes: [0x81] });
  }
}

/** The Remaining Length itself. */
export function* remainingLength(): Iterable<VectorOfGroup> {
  for (const form of fullForms()) {
    const { first } = form;
    const body = bodyOf(form);
    const length = varint(body.length);
    const with_ = (bytes: readonly number[]): readonly number[] => [first, ...bytes, ...body];
    const rule = 'MQTT-1.5.5-1';
    const two = overLong(length);
    const three = overLong(two);
    const reasonCodes = [0x81];
    yield invalid({ form, what: 'its length in two bytes', rule, bytes: with_(two), reasonCodes });
    yield invalid({ form, what: 'its length in three bytes', rule, bytes: with_(three), reasonCodes });
    yield invalid({ form, what: 'its length in four bytes', rule, bytes: with_(overLong(three)), reasonCodes });
    const five = [...length.slice(0, -1), length.at(-1)! | 0x80, 0x80, 0x80, 0x80, 0x00];
    yield invalid({ form, what: 'its length in five bytes', rule: '1.5.5', bytes: with_(five), reasonCodes });
    const beyond = [0xff, 0xff, 0xff, 0xff, 0x01];
    yield invalid({ form, what: 'a length of 536,870,911', rule: '1.5.5', bytes: with_(beyond), reasonCodes });
    const most = with_(varint(268_435_455));
    yield incomplete({ form, what: 'the beginning of 268,435,455 bytes', rule: '2.1.4', bytes: most });
    const more = with_(varint(body.length + 1));
    yield incomplete({ form, what: 'a length of a byte more', rule: '2.1.4', bytes: more });
  }
}

/** The lengths inside packets: of texts, binary fields and properties. */
export function* fieldLength(): Iterable<VectorOfGroup> {
  for (const form of fullForms()) {
    for (const part of form.parts) {
      if (part.kind === 'properties') yield* propertyLengths(form, part);
      else if (part.kind === 'text' || part.kind === 'binary') yield* lengthsOfField(form, part);
    }
  }
}

function* lengthsOfField(form: Form, part: Part): Iterable<VectorOfGroup> {
  const content = part.bytes.slice(2);
  // A server may look at the name before its length.
  const reasonCodes = part.name === 'Protocol Name' ? [0x81, 0x84] : [0x81];
  for (const length of [content.length + bytesBehind(form, part) + 1, 0x7fff, 0xffff]) {
    const bytes = bytesOf(withPart(form, part, [...u16(length), ...content]));
    yield invalid({ form, what: `${part.name} of ${length} bytes`, rule: '2.1.4', bytes, reasonCodes });
  }
}

function* propertyLengths(form: Form, part: Part): Iterable<VectorOfGroup> {
  const [length, ...content] = part.bytes as readonly [number, ...number[]];
  const rule = '2.2.2.1';
  const subject = (wrong: number): { form: Form; what: string; rule: string; bytes: readonly number[] } => ({
    form,
    what: `${part.name} of ${wrong} bytes`,
    rule,
    bytes: bytesOf(withPart(form, part, [...varint(wrong), ...content])),
  });
  // One byte less ends inside the last property.
  const behind = length + bytesBehind(form, part) + 1;
  for (const wrong of [length - 1, behind, 16_383, 268_435_455]) {
    yield invalid({ ...subject(wrong), reasonCodes: [0x81] });
  }
}

function bytesBehind({ parts }: Form, part: Part): number {
  return parts.slice(parts.indexOf(part) + 1).reduce((sum, { bytes }) => sum + bytes.length, 0);
}
