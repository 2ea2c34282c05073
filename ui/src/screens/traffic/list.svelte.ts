// The lines that are seen of a capture's list. The page holds these and no others: a capture may have
// a hundred thousand.
import { faultOf, groups as askGroups, rows as askRows, type FaultDocument } from '../../engine/ask';
import type { GroupDocument, RowDocument, RowWindow } from '../../engine/types';
import { covers, seen, wanted, type Span } from '../../pure/rows';

/** A row, or the head of a group of rows. */
export type Line = { row?: RowDocument; group?: GroupDocument };

type Found = Pick<RowWindow, 'total' | 'matched' | 'counts' | 'from'> & { places: number; lines: Line[] };

/** The most lines that are asked for at once. */
const MOST = 500;

export class List {
  capture = $state('live');
  filter = $state('');
  /** Whether the rows stand under their pages' origins. */
  isGrouped = $state(false);
  /** Groups whose rows are not shown. */
  closed = $state.raw<ReadonlySet<string>>(new Set());
  /** Whether the newest rows are wanted, wherever the list ends by then. */
  isFollowing = true;
  matched = $state(0);
  total = $state(0);
  counts = $state.raw<RowWindow['counts']>({ allowed: 0, blocked: 0, other: 0, aside: 0 });
  /** How many lines the whole list has. */
  places = $state(0);
  /** Lines at hand, the first of them at place `from`. */
  lines = $state.raw<Line[]>([]);
  from = $state(0);
  fault = $state.raw<FaultDocument | null>(null);
  hasAnswered = $state(false);

  #span: Span = { from: 0, to: 40 };
  #isAsking = false;
  #asksAgain = false;

  /** What is seen now; asks for lines that are not at hand. */
  look(scrollTop: number, height: number): void {
    this.#span = seen(scrollTop, height, this.places);
    const have = { from: this.from, to: this.from + this.lines.length };
    if (!covers(have, this.#span)) void this.refresh();
  }

  /** Asks for what is seen. One question is under way at a time; the latest wish is the next one. */
  async refresh(): Promise<void> {
    if (this.#isAsking) {
      this.#asksAgain = true;
      return;
    }
    this.#isAsking = true;
    try {
      do {
        this.#asksAgain = false;
        const { capture, filter, isGrouped, closed } = this;
        const isCurrent = () => capture === this.capture && filter === this.filter && isGrouped === this.isGrouped && closed === this.closed;
        try {
          const found = await this.#ask();
          if (isCurrent()) this.#take(found);
        } catch (error) {
          if (isCurrent()) this.fault = faultOf(error);
        }
      } while (this.#asksAgain);
    } finally {
      this.#isAsking = false;
    }
  }

  async #ask(): Promise<Found> {
    const span = wanted(this.#span);
    const count = Math.min(MOST, span.to - span.from);
    if (this.isGrouped) return askGroups(this.capture, this.filter, [...this.closed], span.from, count);
    const found = await askRows(this.capture, this.filter, span.from, count, this.isFollowing);
    return { ...found, places: found.matched, lines: found.rows.map((row) => ({ row })) };
  }

  #take(found: Found): void {
    this.fault = null;
    this.hasAnswered = true;
    this.total = found.total;
    this.matched = found.matched;
    this.counts = found.counts;
    this.places = found.places;
    this.from = found.from;
    this.lines = found.lines;
  }

  /** Shows the rows of a group, or hides them. */
  toggle(group: GroupDocument): void {
    const closed = new Set(this.closed);
    const name = nameOf(group);
    if (!closed.delete(name)) closed.add(name);
    this.closed = closed;
    void this.refresh();
  }

  /** The line at a place, if it is at hand. */
  at(index: number): Line | undefined {
    return this.lines[index - this.from];
  }

  /** A row, if it is at hand. */
  row(number: number): RowDocument | undefined {
    return this.lines.find(({ row }) => row?.number === number)?.row;
  }

  /** The place of a row, if it is at hand. */
  indexOf(number: number): number {
    const at = this.lines.findIndex(({ row }) => row?.number === number);
    return at < 0 ? -1 : at + this.from;
  }
}

/** How a group is named when it is asked for: those in which CORS has no say have no origin. */
export const nameOf = (group: GroupDocument): string => group.origin ?? '-';
