// Starts the testkit's broker from the command line, as its README says, connects to it and ends it.
import assert from 'node:assert/strict';
import { Buffers, Session } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import { Program } from './programs.mjs';

const broker = new Program('npx', ['@minimq/testkit', 'broker', '--port', '0']);
const [, port] = await broker.printed(/^Listening on mqtt:\/\/127\.0\.0\.1:(\d+)$/m);
const session = new Session({ buffers: Buffers.allocate({ rx: 4096, tx: 4096 }), clientId: 'consumer' });
const { closed } = await session.connect(await connectTcp({ host: '127.0.0.1', port: Number(port) }));
const [{ by, reasonCode }] = await Promise.all([closed, broker.stop()]);
assert.deepEqual({ by, reasonCode }, { by: 'broker', reasonCode: 0x8b });
console.log('The broker of the command line ran and ended');
