/**
 * The views as witnesses of the log: their checkpoints, what stood there, and the revisions their documents were made at. Of one customer
 * every entry of the timeline is asked; of all, only the profiles.
 */
import { Inject, Injectable } from '@nestjs/common';
import { customerOf, customerStream, type CustomerId } from '#kernel';
import { documentKey, streamOfKey, ViewReader, type AnyView } from '#projections/index.js';
import { MAX_PAGE, READ_STORE, type ListItem, type ReadStore } from '#read-store/port.js';
import { AUDITED_VIEWS, type AuditedViews } from './audited-views.js';
import type { Sighting, Witness, Witnesses } from './witnesses.js';

interface Made {
  readonly revision?: string;
}

@Injectable()
export class ViewWitnesses implements Witnesses {
  constructor(
    private readonly reader: ViewReader,
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(AUDITED_VIEWS) private readonly views: AuditedViews,
  ) {}

  async places(): Promise<Witness[]> {
    const statuses = await Promise.all(this.views.all.map((view) => this.reader.status(view)));
    return statuses.map(({ view, checkpoint, marks }) => ({
      by: `the view ${view}`,
      position: checkpoint,
      marks,
    }));
  }

  async *revisions(stream?: string): AsyncGenerator<Sighting> {
    const { profile, timeline } = this.views;
    if (stream === undefined) return yield* this.everyDocument(profile);
    const customer = customerOf(stream);
    if (customer === null) return;
    yield* this.documentOf(profile, customer);
    yield* this.entriesOf(timeline, customer);
  }

  private async *everyDocument(view: AnyView): AsyncGenerator<Sighting> {
    const { collection } = await this.reader.status(view);
    if (collection === null) return;
    for await (const { key, document } of this.store.scan(collection))
      yield* sighting(view, streamOfKey(key), document);
  }

  private async *documentOf(view: AnyView, customer: CustomerId): AsyncGenerator<Sighting> {
    const { collection } = await this.reader.status(view);
    if (collection === null) return;
    const key = documentKey({ stream: customerStream(customer) });
    const [document] = await this.store.get(collection, [key]);
    if (document !== undefined) yield* sighting(view, customerStream(customer), document);
  }

  private async *entriesOf(view: AnyView, customer: CustomerId): AsyncGenerator<Sighting> {
    const { collection } = await this.reader.status(view);
    let page: ListItem[] = [];
    do {
      if (collection === null) return;
      const after = page.at(-1);
      page = await this.store.range(collection, customer, { ...(after && { after }), limit: MAX_PAGE });
      for (const { document } of page) yield* sighting(view, customerStream(customer), document);
    } while (page.length === MAX_PAGE);
  }
}

function* sighting(view: AnyView, stream: string, document: string): Generator<Sighting> {
  const { revision } = JSON.parse(document) as Made;
  if (revision !== undefined) yield { by: `the view ${view.name}`, stream, revision: BigInt(revision) };
}
