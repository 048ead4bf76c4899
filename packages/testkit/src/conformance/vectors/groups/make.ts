import type { Packet } from '@minimq/core/codec';
import { hexOf } from '../../../transcript/hex.ts';
import type { Bytes } from '../bytes.ts';
import { bytesOf, type Form } from '../packets/form.ts';
import { nameOf } from '../packets/whole.ts';
import type { VectorOfGroup } from '../vector.ts';

/** What a vector is about: the form that it was made of, and what was done to it. */
export interface Subject {
  readonly form: Form;
  /** Empty: nothing. */
  readonly what: string;
  readonly rule: string;
  /** Default: those of the form. */
  readonly bytes?: Bytes;
}

/** Default of `packet`: that of the form. */
export function valid(subject: Subject & { readonly packet?: Packet }): VectorOfGroup {
  return vector(subject, { kind: 'valid', packet: subject.packet ?? subject.form.packet });
}

export function invalid(subject: Subject & { readonly reasonCodes: readonly number[] }): VectorOfGroup {
  return vector(subject, { kind: 'invalid', reasonCodes: subject.reasonCodes });
}

export function incomplete(subject: Subject): VectorOfGroup {
  return vector(subject, { kind: 'incomplete' });
}

function vector({ form, what, rule, bytes }: Subject, verdict: VectorOfGroup['verdict']): VectorOfGroup {
  const name = what === '' ? nameOf(form) : `${nameOf(form)}: ${what}`;
  return { name, rule, sender: form.sender, hex: hexOf(new Uint8Array(bytes ?? bytesOf(form))), verdict };
}
