import { bitString, boolean, encode, octets, oid, sequence, tagged, type Der } from './der.ts';
import type { CertificateUsage } from './certificate.ts';
import { bytesOfAddress } from './ip-address.ts';

export interface ExtensionOptions {
  readonly usage: CertificateUsage;
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly keyIdentifier: Uint8Array;
  readonly issuerKeyIdentifier: Uint8Array;
}

/** The extensions of RFC 5280, section 4.2, that OpenSSL, and others who are stricter, look at. */
export function extensionsOf(options: ExtensionOptions): Der {
  const { usage, names, addresses, keyIdentifier, issuerKeyIdentifier } = options;
  const isCa = usage === 'ca';
  const extensions = [
    extension('basicConstraints', isCa ? sequence(boolean(true)) : sequence(), true),
    // keyCertSign and cRLSign, bits 5 and 6; or digitalSignature, bit 0.
    extension('keyUsage', isCa ? bitString(Uint8Array.of(0x06), 1) : bitString(Uint8Array.of(0x80), 7), true),
    extension('subjectKeyIdentifier', octets(keyIdentifier)),
    extension('authorityKeyIdentifier', sequence(tagged(0, issuerKeyIdentifier))),
  ];
  if (!isCa) extensions.push(extension('extKeyUsage', sequence(oid(usage === 'server' ? 'serverAuth' : 'clientAuth'))));
  if (names.length + addresses.length > 0) {
    const alternatives = [...names.map(dnsName), ...addresses.map(ipAddress)];
    extensions.push(extension('subjectAltName', sequence(...alternatives)));
  }
  return sequence(...extensions);
}

function extension(name: string, value: Der, isCritical = false): Der {
  return sequence(oid(name), ...(isCritical ? [boolean(true)] : []), octets(encode(value)));
}

function dnsName(name: string): Der {
  if (!/^[\x21-\x7e]+$/.test(name)) throw new TypeError(`Not a host name in ASCII: '${name}'`);
  return tagged(2, Buffer.from(name, 'latin1'));
}

function ipAddress(address: string): Der {
  return tagged(7, bytesOfAddress(address));
}
