import type { KnownFailure } from './known-failures.ts';

/**
 * Takes a list of known failures as its file has it: `{ "the name of the case": "why it fails" }`. Throws a `TypeError`
 * where it is something else.
 */
export function knownFailuresFrom(json: unknown): readonly KnownFailure[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new TypeError('A list of known failures has to be an object: { "the name of the case": "why it fails" }');
  }
  return Object.entries(json).map(([name, reason]: [string, unknown]) => {
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new TypeError(`The known failure '${name}' needs a reason`);
    }
    return { case: name, reason };
  });
}
