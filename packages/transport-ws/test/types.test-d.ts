import type * as node from '@minimq/transport-ws';
import { Agent } from 'node:https';
import { expectTypeOf, it } from 'vitest';
import type * as platform from '../src/index.ts';

it('has two faces with the same exports', () => {
  expectTypeOf<typeof node>().toEqualTypeOf<typeof platform>();
});

it("takes Node's own agents", () => {
  expectTypeOf(new Agent()).toExtend<NonNullable<node.WebSocketOptions['agent']>>();
});
