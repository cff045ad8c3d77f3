import type { Reply } from '@sluice/http';
import { GateScheduler } from '../gate/gate-scheduler.ts';
import type { Refusal } from '../gate/presets.ts';
import type { GateSettings, RunChange } from './gate-settings.ts';
import type { WorkItem } from './work-item.ts';

/** The most that a timer can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the gates of a run call back. */
export interface RunGatesEvents {
  /** Something may begin now. */
  readonly onOpen: () => void;
  /** A host refuses everything from now on: the run has to be paused. */
  readonly onExhausted: (host: string, message: string) => void;
}

/** The gates of a run in real time: its scheduler, and the timer that opens what waits for a moment. */
export class RunGates<Input> {
  readonly scheduler: GateScheduler<WorkItem<Input>>;
  readonly settings: GateSettings;
  /** What relative URLs of steps are seen from. */
  readonly baseUrl: string | undefined;
  readonly #events: RunGatesEvents;
  #alarm: NodeJS.Timeout | undefined;
  #alarmAt = Number.POSITIVE_INFINITY;
  #turn: NodeJS.Immediate | undefined;
  #isChanged = false;
  #isClosed = false;

  constructor(settings: GateSettings, baseUrl: string | undefined, events: RunGatesEvents) {
    this.settings = settings;
    this.baseUrl = baseUrl;
    this.#events = events;
    this.scheduler = new GateScheduler({
      slots: settings.slots,
      now: () => performance.now(),
      gateOf: (host) => settings.gateOf(host),
      limitOf: (key) => settings.limitOf(key),
    });
  }

  /** Other bounds from now on. @throws UsageError for bounds that cannot be */
  change(change: RunChange): void {
    this.settings.change(change);
    this.scheduler.configure({ slots: this.settings.slots });
    this.changed();
  }

  refusalOf(host: string, reply: Reply): Refusal | undefined {
    const refusal = this.settings.refusalOf(host, reply);
    if (refusal?.kind === 'exhausted') this.exhausted(host, refusal.message);
    return refusal;
  }

  /** The host refuses everything from now on. */
  exhausted(host: string, message: string): void {
    this.#events.onExhausted(host, message);
  }

  /** A request ended or waits: something may have become possible. It is looked at once for all of a turn of the event loop. */
  changed(): void {
    this.#isChanged = true;
    if (this.#isClosed || this.#turn !== undefined) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      if (this.#isChanged) this.#events.onOpen();
    });
  }

  /** Nothing more may begin now: asks again when a gate opens by itself. */
  rest(): void {
    this.#isChanged = false;
    const opensAt = this.scheduler.opensAt();
    if (opensAt === this.#alarmAt || this.#isClosed) return;
    clearTimeout(this.#alarm);
    this.#alarm = undefined;
    this.#alarmAt = opensAt;
    if (opensAt === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(LONGEST_TIMER_MS, Math.max(1, Math.ceil(opensAt - performance.now())));
    this.#alarm = setTimeout(() => {
      this.#alarmAt = Number.POSITIVE_INFINITY;
      this.#alarm = undefined;
      this.#events.onOpen();
    }, waitMs);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#alarm);
    if (this.#turn !== undefined) clearImmediate(this.#turn);
  }
}
