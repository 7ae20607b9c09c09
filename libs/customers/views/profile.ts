/**
 * The profile: who a customer is now, and by which phone, e-mail or code they can be found.
 *
 * Contact points are found by a keyed hash, so that no list is named after a person's phone number. Facts may arrive in any
 * order: of two about one thing the one that occurred later stands, and of one time the one that was recorded later.
 */
import { customerOf, type Recorded } from '#kernel';
import { view, type View } from '#projections/index.js';
import {
  contactList,
  PROFILE,
  type CustomerEvent,
  type PersonalProfile,
  type Profile,
  type Since,
} from '../events.js';

const NOTHING: PersonalProfile = { contactPoints: [], externalIds: [] };

export const profileView = (hash: (value: string) => string): View<Profile, CustomerEvent> =>
  view<Profile, CustomerEvent>({
    ...PROFILE,
    on: {
      CustomerRegistered: (before, event) => {
        const { kind, ...profile } = event.data;
        const registered = { ...begin(before, event), kind, registeredAt: event.occurredAt };
        return withLatest(
          withPersonal(registered, (personal) => personal),
          profile,
          event,
        );
      },
      ProfileCorrected: (before, event) => withLatest(begin(before, event), event.data, event),
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
      MarketSegmentAssigned: (before, event) => withLatest(begin(before, event), event.data, event),
      RegionAssigned: (before, event) => withLatest(begin(before, event), event.data, event),
      BusinessUnitAssigned: (before, event) => withLatest(begin(before, event), event.data, event),
      TagAdded: (before, event) => withTag(begin(before, event), event.data.tag, true, event),
      TagRemoved: (before, event) => withTag(begin(before, event), event.data.tag, false, event),
      CustomerErased: (before, event) => {
        const { personal: _gone, since, ...rest } = begin(before, event);
        const { name: _alsoGone, ...kept } = since; // a view that is built anew does not see that there was a name
        return { ...rest, since: kept, standing: 'erased', erasedAt: event.occurredAt };
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
  return {
    customerId: customerOf(stream)!, // `key` let only customers through
    standing: 'registered',
    tags: [],
    since: { tags: {}, removedTags: {} },
    revision: String(revision),
  };
}

type Field = Exclude<keyof Since, 'tags' | 'removedTags'>;

/** The profile with those of the fields of which it has nothing later. */
function withLatest(
  profile: Profile,
  fields: { readonly [F in Field]?: string },
  { occurredAt }: Recorded,
): Profile {
  let { since, ...after } = profile;
  for (const [field, value] of Object.entries(fields) as [Field, string][]) {
    if (isPast(occurredAt, since[field])) continue;
    since = { ...since, [field]: occurredAt };
    after = field === 'name' ? withPersonal(after, () => ({ name: value })) : { ...after, [field]: value };
  }
  return { ...after, since };
}

function withTag(profile: Profile, tag: string, isOn: boolean, { occurredAt }: Recorded): Profile {
  const [addedAt, tags] = takenOut(profile.since.tags, tag);
  const [removedAt, removedTags] = takenOut(profile.since.removedTags, tag);
  if (isPast(occurredAt, addedAt) || isPast(occurredAt, removedAt)) return profile;
  const since = isOn
    ? { tags: { ...tags, [tag]: occurredAt }, removedTags }
    : { tags, removedTags: { ...removedTags, [tag]: occurredAt } };
  return { ...profile, tags: Object.keys(since.tags), since: { ...profile.since, ...since } };
}

/** The entry of a table for a tag, and the table without it. A tag may have the name of a member of every object. */
function takenOut(
  table: Readonly<Record<string, string>>,
  tag: string,
): [value: string | undefined, rest: Readonly<Record<string, string>>] {
  const { [tag]: value, ...rest } = table;
  return [Object.hasOwn(table, tag) ? value : undefined, rest];
}

const isPast = (occurredAt: string, latest: string | undefined): boolean =>
  latest !== undefined && occurredAt < latest;

const withPersonal = <P extends Pick<Profile, 'personal'>>(
  profile: P,
  change: (personal: PersonalProfile) => Partial<PersonalProfile>,
): P => {
  const personal = profile.personal ?? NOTHING;
  return { ...profile, personal: { ...personal, ...change(personal) } };
};
