// TLS with an expired certificate: the program must not log in there, and has to say why in words that help.
import { TransportError } from '@minimq/core';
import { testCertificates } from '@minimq/testkit/certificates';
import { scriptedBroker } from '@minimq/testkit/node';
import { connectTls } from '@minimq/transport-tls';
import { expect, it } from 'vitest';

it('does not log in at a broker whose certificate has expired', async () => {
  const { ca, expired } = testCertificates();
  const broker = await scriptedBroker({ over: 'tls', listen: { tls: expired } });
  const { hostname: host, port } = new URL(broker.url!);

  // The code under test: a password would follow.
  const error = await connectTls({ host, port: Number(port), ca: ca.cert }).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(TransportError);
  expect(error).toMatchObject({ code: 'certificate-expired', cause: { code: 'CERT_HAS_EXPIRED' } });
  // Nothing that is MQTT has been sent: the broker would complain about it here.
  await broker.close();
});
