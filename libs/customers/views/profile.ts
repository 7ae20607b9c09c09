/**
 * The profile: who a customer is now, and by which phone, e-mail or code they can be found.
 *
 * Contact points are found by a keyed hash, so that no list is named after a person's phone number.
 */
import { customerOf, type Recorded } from '#kernel';
import { view, type View } from '#projections/index.js';
import { contactList, PROFILE, type CustomerEvent, type PersonalProfile, type Profile } from '../events.js';

const NOTHING: PersonalProfile = { contactPoints: [], externalIds: [] };

export const profileView = (hash: (value: string) => string): View<Profile, CustomerEvent> =>
  view<Profile, CustomerEvent>({
    ...PROFILE,
    on: {
      CustomerRegistered: (before, event) => {
        const { name, ...profile } = event.data;
        const personal = { ...NOTHING, ...(name === undefined ? {} : { name }) };
        return { ...begin(before, event), ...profile, registeredAt: event.occurredAt, personal };
      },
      ProfileCorrected: (before, event) => {
        const { name, ...profile } = event.data;
        const after = { ...begin(before, event), ...profile };
        return name === undefined ? after : withPersonal(after, () => ({ name }));
      },
      ContactPointAdded: (before, event) =>
        withPersonal(begin(before, event), ({ contactPoints }) => ({
          contactPoints: [...contactPoints, event.data],
        })),
      ContactPointRemoved: (before, event) =>
        withPersonal(begin(before, event), ({ contactPoints }) => ({
          contactPoints: contactPoints.filter(
            ({ contactPointId }) => contactPointId !== event.data.contactPointId,
          ),
        })),
      ExternalIdLinked: (before, event) =>
        withPersonal(begin(before, event), ({ externalIds }) => ({
          externalIds: [...externalIds, event.data],
        })),
      ExternalIdClaimed: (before, event) => ({
        ...begin(before, event),
        standing: 'alias',
        holder: event.data.holder,
      }),
      MarketSegmentAssigned: (before, event) => ({ ...begin(before, event), segment: event.data.segment }),
      RegionAssigned: (before, event) => ({ ...begin(before, event), region: event.data.region }),
      BusinessUnitAssigned: (before, event) => ({ ...begin(before, event), unit: event.data.unit }),
      TagAdded: (before, event) => {
        const after = begin(before, event);
        return { ...after, tags: [...after.tags, event.data.tag] };
      },
      TagRemoved: (before, event) => {
        const after = begin(before, event);
        return { ...after, tags: after.tags.filter((tag) => tag !== event.data.tag) };
      },
      CustomerErased: (before, event) => {
        const { personal: _gone, ...rest } = begin(before, event);
        return { ...rest, standing: 'erased', erasedAt: event.occurredAt };
      },
    },

    lists: ({ standing, registeredAt = '', segment, unit, region, tags, personal }) => {
      if (standing === 'alias') return [];
      const places = ['all', ...tags.map((tag) => `tag:${tag}`)];
      if (segment !== undefined) places.push(`segment:${segment}`);
      if (unit !== undefined) places.push(`unit:${unit}`);
      if (region !== undefined) places.push(`region:${region}`);
      for (const { medium, value } of personal?.contactPoints ?? []) {
        if (value !== undefined) places.push(contactList(hash, medium, value));
      }
      return [...new Set(places)].map((list) => ({ list, sort: registeredAt }));
    },
  });

/** The document as it is, brought to this event's revision. */
function begin(before: Profile | null, { stream, revision }: Recorded): Profile {
  if (before !== null) return { ...before, revision: String(revision) };
  return { customerId: customerOf(stream)!, standing: 'registered', tags: [], revision: String(revision) }; // `key` let only customers through
}

const withPersonal = (
  profile: Profile,
  change: (personal: PersonalProfile) => Partial<PersonalProfile>,
): Profile => {
  const personal = profile.personal ?? NOTHING;
  return { ...profile, personal: { ...personal, ...change(personal) } };
};
