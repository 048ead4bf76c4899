import { TransportError } from '@minimq/core';

/** What the codes of the operating system and of the name look-up mean for somebody who wanted to connect. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EADDRINUSE', 'the local address and port are in use'],
  ['EADDRNOTAVAIL', 'the local address is not one of this machine'],
  ['EAI_AGAIN', 'the name server does not answer'],
  ['ECONNREFUSED', 'nothing is listening there'],
  ['ECONNRESET', 'the peer closed the connection at once'],
  ['EHOSTUNREACH', 'no route to the host'],
  ['EMFILE', 'too many open files'],
  ['ENETUNREACH', 'no route to its network'],
  ['ENOENT', 'there is no such socket'],
  ['ENOTFOUND', 'the name is not known'],
  ['ENOTSOCK', 'the file is not a socket'],
  ['EPERM', 'not permitted'],
  ['ETIMEDOUT', 'no answer'],
]);

/** Node's own error about a connection, in words: who was to be reached, and why each address failed. */
export function connectError(target: string, cause: Error): TransportError {
  return new TransportError('connect-failed', `Could not connect to ${target}: ${explain(cause)}`, { cause });
}

function explain(error: Error): string {
  // What the race of the addresses reports where all of them failed.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map((each) => explainOne(each)).join('; ');
  }
  return explainOne(error);
}

function explainOne(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address } = error as NodeJS.ErrnoException & { readonly address?: string };
  const meaning = code === undefined ? undefined : MEANINGS.get(code);
  const what = meaning === undefined ? error.message : `${meaning} (${code})`;
  return address === undefined ? what : `${address}: ${what}`;
}
