import type { Io } from '@minimq/core';
import { connectTls, wrapTls } from '@minimq/transport-tls';
import type { TlsIo, TlsOptions, WrapTlsOptions } from '@minimq/transport-tls';
import type { Duplex } from 'node:stream';
import { expectTypeOf } from 'vitest';

expectTypeOf(connectTls).returns.resolves.toEqualTypeOf<TlsIo>();
expectTypeOf(wrapTls).parameter(0).toEqualTypeOf<Io | Duplex>();
expectTypeOf<TlsIo>().toExtend<Io>();
expectTypeOf<TlsIo['tls']['isSessionReused']>().toEqualTypeOf<boolean>();

// Node's own names.
expectTypeOf({
  host: 'h',
  port: 8883,
  ca: 'pem',
  cert: 'pem',
  key: 'pem',
  servername: 's',
  minVersion: 'TLSv1.3',
  localAddress: '127.0.0.1',
} as const).toExtend<TlsOptions>();

// Verification has one switch, and its name says so.
expectTypeOf({ port: 8883, rejectUnauthorized: false }).not.toExtend<TlsOptions>();
expectTypeOf({ host: 'h', rejectUnauthorized: false }).not.toExtend<WrapTlsOptions>();
expectTypeOf({ port: 8883, dangerouslyAcceptAnyCertificate: true }).toExtend<TlsOptions>();
expectTypeOf({ port: 8883, ALPNProtocols: ['mqtt'] }).not.toExtend<TlsOptions>();
expectTypeOf({ port: 8883, path: '/run/broker.sock' }).not.toExtend<TlsOptions>();
expectTypeOf({ host: 'h', path: '/run/broker.sock' }).not.toExtend<WrapTlsOptions>();
expectTypeOf({ port: 8883, pskCallback: () => null }).not.toExtend<TlsOptions>();
expectTypeOf({ host: 'h', pskCallback: () => null }).not.toExtend<WrapTlsOptions>();

// Whom the certificate has to be for is never left open.
expectTypeOf<object>().not.toExtend<WrapTlsOptions>();
expectTypeOf<object>().not.toExtend<TlsOptions>();
