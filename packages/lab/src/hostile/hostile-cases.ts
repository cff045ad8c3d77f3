import { bodyCases } from './body-cases.ts';
import { connectionCases } from './connection-cases.ts';
import type { HostileCase } from './hostile-case.ts';
import { networkCases } from './network-cases.ts';
import { protocolCases } from './protocol-cases.ts';
import { statusCases } from './status-cases.ts';

/** Every behaviour that a lab shows, in the order of their numbers: `1` to `70`, then `A1` and on, then `B1` and on. */
export const hostileCases: readonly HostileCase[] = [
  ...connectionCases,
  ...protocolCases,
  ...bodyCases,
  ...statusCases,
  ...networkCases,
].sort((one, other) => compareNumbers(one.number, other.number));

function compareNumbers(one: string, other: string): number {
  const [group, value, variant] = partsOf(one);
  const [otherGroup, otherValue, otherVariant] = partsOf(other);
  return group.localeCompare(otherGroup) || value - otherValue || variant.localeCompare(otherVariant);
}

function partsOf(number: string): [group: string, value: number, variant: string] {
  const [, group = '', value = '', variant = ''] = /^([AB]?)(\d+)([a-z]?)$/.exec(number) ?? [];
  return [group, Number(value), variant];
}
