import { createHash } from 'node:crypto';
import type { TlsChoices } from './options.ts';

/**
 * Under which a TLS session is kept. Resuming one skips the certificates of both sides, so it is only for the same server
 * and for the same idea of whom to trust and who to be: a session that was made without verification, or with another
 * `ca`, must not let anybody in. Which function looked at the certificate is told by `TicketStore`.
 */
export function sessionKey(target: string, choices: TlsChoices): string {
  const { servername, alpnProtocols, dangerouslyAcceptAnyCertificate, ca, cert, pfx, crl } = choices;
  const { allowPartialTrustChain, checkServerIdentity } = choices;
  const { clientCertEngine, privateKeyEngine, privateKeyIdentifier } = choices;
  const { ciphers, sigalgs, minVersion, maxVersion, minDHSize, secureOptions, secureProtocol } = choices;
  const isJudged = checkServerIdentity !== undefined;
  const isVerified = dangerouslyAcceptAnyCertificate !== true;
  const trust = [servername, isVerified, isJudged, ca, crl, allowPartialTrustChain];
  const identity = [cert, pfx, clientCertEngine, privateKeyEngine, privateKeyIdentifier];
  const agreed = [alpnProtocols, ciphers, sigalgs, minVersion, maxVersion, minDHSize, secureOptions, secureProtocol];
  const digest = createHash('sha256')
    .update(JSON.stringify([trust, identity, agreed]))
    .digest('base64url');
  return `${target} ${digest}`;
}
