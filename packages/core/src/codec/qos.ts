/** Quality of Service (section 4.3). */
export const QoS = {
  atMostOnce: 0,
  atLeastOnce: 1,
  exactlyOnce: 2,
} as const;
export type QoS = (typeof QoS)[keyof typeof QoS];

export function isQoS(value: unknown): value is QoS {
  return value === 0 || value === 1 || value === 2;
}

/** When a subscription brings the messages that the broker retains (section 3.8.3.1). */
export const RetainHandling = {
  send: 0,
  sendIfNew: 1,
  doNotSend: 2,
} as const;
export type RetainHandling = (typeof RetainHandling)[keyof typeof RetainHandling];
