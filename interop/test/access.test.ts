import { join } from 'node:path';
import { PeerError, QoS, ReasonCode, type Session } from '@minimq/core';
import { tlsClientOptions } from '@minimq/testkit/certificates';
import { connectTls } from '@minimq/transport-tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Mosquitto, runTool } from './support/mosquitto.ts';
import { connected, expectAlive, newSession, open, rejection } from './support/sessions.ts';
import { mutualTls, tcp, type Transport } from './support/transports.ts';

async function start(settings: (folder: string) => readonly string[], transport: Transport = tcp): Promise<Mosquitto> {
  const mosquitto = await Mosquitto.start((folder) => ['set_tcp_nodelay true', ...settings(folder)], transport);
  onTestFinished(() => mosquitto.stop());
  return mosquitto;
}

describe('a connection', () => {
  it('with a wrong password or an unknown user is refused: a PeerError with the reason code', async () => {
    const mosquitto = await start((folder) => {
      const file = join(folder, 'passwords');
      runTool('mosquitto_passwd', '-b', '-c', file, 'anna', 'right');
      return ['allow_anonymous false', `password_file ${file}`];
    });
    const wrong = [
      { username: 'anna', password: 'wrong' },
      { username: 'anna' },
      { username: 'bert', password: 'right' },
      {},
    ];
    for (const credentials of wrong) {
      const session = newSession(credentials);
      const error = await rejection(session.connect(await open(mosquitto)));
      expect(error).toBeInstanceOf(PeerError);
      // 0x86 is the standard's code for it; mosquitto 2.0 says 0x87.
      const { badUserNameOrPassword, notAuthorized } = ReasonCode;
      expect([badUserNameOrPassword, notAuthorized]).toContain((error as PeerError).reasonCode);
      expect(error).toMatchObject({ code: 'refused', permanent: true });
      expect(session.state).toBe('disconnected');
    }

    const session = newSession({ username: 'anna', password: 'wrong' });
    await rejection(session.connect(await open(mosquitto)));
    // The same session, with the credentials of this attempt.
    await session.connect(await open(mosquitto), { password: new TextEncoder().encode('right') });
    await expectAlive(session);
  });

  it('with an authentication method that the broker does not know is refused', async () => {
    const mosquitto = await start(() => ['allow_anonymous true']);
    const auth = { method: 'SECRET-HANDSHAKE', start: () => undefined, respond: () => undefined };
    const error = await rejection(newSession({ auth }).connect(await open(mosquitto)));
    expect(error).toMatchObject({ code: 'refused', reasonCode: ReasonCode.badAuthenticationMethod, permanent: true });
  });
});

describe('a listener that wants client certificates', () => {
  it('takes the name in it for the user name', async () => {
    const mosquitto = await start(() => ['use_identity_as_username true'], mutualTls);
    const session = await connected(mosquitto);
    await expectAlive(session);
    expect(await mosquitto.logged(new RegExp(`as ${session.clientId} `))).toContain("u'test-client'");
  });

  it('refuses who has none: a TransportError whose cause says so', async () => {
    const mosquitto = await start(() => ['allow_anonymous true'], mutualTls);
    const { host, port } = mosquitto;
    // With TLS 1.3 the server looks at it when the handshake is over for us.
    const io = await connectTls({ host, port, ...tlsClientOptions(), minVersion: 'TLSv1.3' });
    const error = await rejection(newSession().connect(io));
    expect(error).toMatchObject({ code: 'transport-failed', cause: { code: 'client-certificate-missing' } });
    await connected(mosquitto);
  });
});

describe('dynamic security', () => {
  const CONTROL = '$CONTROL/dynamic-security/v1';

  /** A mosquitto whose administrator is connected, and its user anna, who may use topics under open/ only. */
  async function startWithUser(): Promise<{ mosquitto: Mosquitto; admin: Session }> {
    const mosquitto = await start((folder) => {
      const file = join(folder, 'dynamic-security.json');
      runTool('mosquitto_ctrl', 'dynsec', 'init', file, 'admin', 'secret');
      return ['allow_anonymous false', 'plugin mosquitto_dynamic_security.so', `plugin_opt_config_file ${file}`];
    });
    const admin = await connected(mosquitto, { username: 'admin', password: 'secret' });
    await admin.subscribe([`${CONTROL}/response`]);
    const acls = ['publishClientSend', 'publishClientReceive', 'subscribePattern', 'unsubscribePattern'].map(
      (acltype) => ({
        acltype,
        topic: 'open/#',
        allow: true,
      }),
    );
    await command(admin, { command: 'createRole', rolename: 'user', acls });
    const roles = [{ rolename: 'user' }];
    await command(admin, { command: 'createClient', username: 'anna', password: 'right', roles });
    return { mosquitto, admin };
  }

  async function command(admin: Session, request: Readonly<Record<string, unknown>>): Promise<void> {
    await admin.publish({ topic: CONTROL, payload: JSON.stringify({ commands: [request] }), qos: QoS.atLeastOnce });
    const answer = JSON.parse((await admin.recv({ timeoutMs: 5_000 })).text()) as unknown;
    expect(answer).toEqual({ responses: [{ command: request['command'] }] });
  }

  it('refuses one filter of a subscribe, and the results of the others are kept', async () => {
    const { mosquitto } = await startWithUser();
    const session = await connected(mosquitto, { username: 'anna', password: 'right' });
    const filters = [
      { topicFilter: 'open/a', qos: QoS.exactlyOnce },
      { topicFilter: 'closed/a', qos: QoS.exactlyOnce },
      { topicFilter: 'open/b', qos: QoS.atLeastOnce },
    ];
    const error = await rejection(session.subscribe(filters));
    expect(error).toBeInstanceOf(PeerError);
    expect(error).toMatchObject({
      code: 'refused',
      connectionLost: false,
      reasonCode: ReasonCode.notAuthorized,
      reasonCodes: [ReasonCode.grantedQoS2, ReasonCode.notAuthorized, ReasonCode.grantedQoS1],
    });
    // The filters beside the refused one are in force.
    for (const [topic, qos] of [
      ['open/a', 2],
      ['open/b', 1],
    ] as const) {
      await session.publish({ topic, qos: QoS.exactlyOnce });
      expect(await session.recv({ timeoutMs: 5_000 })).toMatchObject({ topic, qos });
    }
  });

  it('refuses a publish: its operation says so, and the connection goes on', async () => {
    const { mosquitto } = await startWithUser();
    const session = await connected(mosquitto, { username: 'anna', password: 'right' });
    await session.subscribe([{ topicFilter: 'open/#', qos: QoS.exactlyOnce }]);
    for (const qos of [QoS.atLeastOnce, QoS.exactlyOnce]) {
      const op = await session.publish({ topic: 'closed/a', qos });
      const error = await rejection(op.completion());
      expect(error).toBeInstanceOf(PeerError);
      expect(error).toMatchObject({ code: 'refused', reasonCode: ReasonCode.notAuthorized, connectionLost: false });
      expect(op.state).toBe('refused');
      await (await session.publish({ topic: 'open/a', qos })).completion();
      expect((await session.recv({ timeoutMs: 5_000 })).qos).toBe(qos);
    }
    expect(session.isPublishQuiescent).toBe(true);
  });

  it('ends a connection with a DISCONNECT, whose reason code is told', async () => {
    const { mosquitto, admin } = await startWithUser();
    const session = newSession({ username: 'anna', password: 'right' });
    const event = await session.connect(await open(mosquitto));
    const waiting = rejection(session.recv());
    await command(admin, { command: 'disableClient', username: 'anna' });
    const error = await event.closed;
    expect(error).toMatchObject({ by: 'broker', reasonCode: ReasonCode.administrativeAction });
    expect(await waiting).toBe(error);
    expect(await rejection(session.connect(await open(mosquitto)))).toMatchObject({ code: 'refused' });
  });
});
