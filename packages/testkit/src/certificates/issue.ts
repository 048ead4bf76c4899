import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  bitString,
  decode,
  encode,
  integer,
  oid,
  partsOf,
  sequence,
  setOf,
  tagged,
  time,
  utf8,
  type Der,
} from './der.ts';
import type { Certificate, IssueOptions } from './certificate.ts';
import { extensionsOf } from './extensions.ts';

export const DAY_MS: number = 24 * 60 * 60 * 1000;
/** How far back validity begins: clocks differ, and `expired` has to be younger than its CA. */
const BEGAN_DAYS = 2;
const LASTS_DAYS = 30;

/**
 * Makes a certificate signed by `ca`, or by itself where there is none. node-forge signs with RSA keys only, which take
 * a tenth of a second each to make: it encodes, and `node:crypto` signs, with keys on the curve P-256.
 */
export function issueCertificate(options: IssueOptions, ca: Certificate | undefined): Certificate {
  const { commonName, names = [], addresses = [], usage = 'server' } = options;
  const notBefore = options.notBefore ?? new Date(Date.now() - BEGAN_DAYS * DAY_MS);
  const notAfter = options.notAfter ?? new Date(Date.now() + LASTS_DAYS * DAY_MS);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const subject = sequence(setOf(sequence(oid('commonName'), utf8(commonName))));
  const signingKey = ca?.key ?? key;
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const extensions = extensionsOf({
    usage,
    names,
    addresses,
    keyIdentifier: keyIdentifierOf(publicKey),
    issuerKeyIdentifier: keyIdentifierOf(createPublicKey(signingKey)),
  });
  const toBeSigned = sequence(
    tagged(0, [integer(Uint8Array.of(X509_V3))]),
    integer(serialNumber()),
    algorithm,
    ca === undefined ? subject : subjectOf(ca),
    sequence(time(notBefore), time(notAfter)),
    subject,
    decode(publicKey.export({ type: 'spki', format: 'der' })),
    tagged(3, [extensions]),
  );
  const signature = sign('sha256', encode(toBeSigned), signingKey);
  const certificate = encode(sequence(toBeSigned, algorithm, bitString(signature)));
  return { cert: new X509Certificate(certificate).toString(), key };
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const X509_V3 = 2;

/** The bytes that its issuer's name has in the certificates that `ca` signs. */
function subjectOf(ca: Certificate): Der {
  const [toBeSigned] = partsOf(decode(new X509Certificate(ca.cert).raw));
  const subject = toBeSigned && partsOf(toBeSigned)[5];
  if (subject === undefined) throw new TypeError('The certificate of the CA has no subject');
  return subject;
}

function keyIdentifierOf(publicKey: KeyObject): Uint8Array {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  // Positive, and the shortest that this number can be.
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}
