import { describe, expect, it } from 'vitest';
import { isTransition, type ConnectionState } from '../../../src/protocol/state.ts';

const states: readonly ConnectionState[] = ['disconnected', 'connecting', 'connected', 'disconnecting'];

describe('the states of a connection', () => {
  it('follow each other as the table says, and in no other way', () => {
    const steps = states.flatMap((from) =>
      states.filter((to) => isTransition(from, to)).map((to) => `${from} -> ${to}`),
    );
    expect(steps).toEqual([
      'disconnected -> connecting',
      'connecting -> disconnected',
      'connecting -> connected',
      'connecting -> disconnecting',
      'connected -> disconnected',
      'connected -> disconnecting',
      'disconnecting -> disconnected',
    ]);
  });
});
