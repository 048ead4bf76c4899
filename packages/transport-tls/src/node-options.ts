import { TransportError } from '@minimq/core';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import type { TlsChoices } from './options.ts';

/** Our options in the terms of `tls.connect`. Verification is said, so that no variable of the environment decides. */
export function nodeOptions(host: string, choices: TlsChoices): ConnectionOptions {
  const { alpnProtocols, dangerouslyAcceptAnyCertificate, checkServerIdentity: check, ...node } = choices;
  // To Node, an option that is undefined is not always one that is left out.
  const given = Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));
  return {
    ...given,
    host,
    servername: choices.servername ?? (isIP(host) === 0 ? host : ''),
    rejectUnauthorized: dangerouslyAcceptAnyCertificate !== true,
    checkServerIdentity: (name, certificate) =>
      checkServerIdentity(name, certificate) ?? judge(check, name, certificate),
    ...(alpnProtocols === undefined ? {} : { ALPNProtocols: [...alpnProtocols] }),
  };
}

/** Asked in the middle of an event of Node's, where nobody would catch what it throws. */
function judge(
  check: TlsChoices['checkServerIdentity'],
  host: string,
  certificate: PeerCertificate,
): TransportError | undefined {
  try {
    const cause = check?.(host, certificate);
    return cause === undefined ? undefined : refused(cause);
  } catch (cause) {
    return refused(cause);
  }
}

function refused(cause: unknown): TransportError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TransportError('certificate-refused', `checkServerIdentity refused the certificate: ${why}`, { cause });
}
