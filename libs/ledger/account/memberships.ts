/** To what a customer belonged on a day: the last that occurred by its end. */
import { dayIn } from '#kernel';
import { inOrder, MEMBERSHIPS, type Account, type Membership } from './account.js';

export type Groups = { readonly [M in Membership]?: string };

/** @param day null for now */
export function groupsOn({ memberships }: Account, zone: string, day: string | null): Groups {
  const groups: { [M in Membership]?: string } = {};
  for (const membership of MEMBERSHIPS) {
    const held = inOrder(memberships[membership]).findLast(
      ({ at }) => day === null || dayIn(zone, at) <= day,
    );
    if (held !== undefined) groups[membership] = held.code;
  }
  return groups;
}
