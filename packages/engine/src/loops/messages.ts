import type { GateResult } from '../gate/host-gate.ts';
import type { JobModule } from '../job/job-module.ts';
import type { PackedReport } from './report-pack.ts';

/** What a loop's thread is started with. */
export interface LoopSetup {
  readonly module: JobModule;
  /** The definition that the module's job must have. */
  readonly definition: string;
  readonly runId: string;
  /** Path of the log file. */
  readonly log: string;
  /** The loop counts up in it as long as it comes back to its events. */
  readonly beat: SharedArrayBuffer;
}

/** An item for a loop to make an attempt of. */
export interface LoopItem {
  readonly id: number;
  readonly key: string;
  readonly host: string;
  readonly input: unknown;
  /** Attempts before this one. */
  readonly attempts: number;
}

/** The first request of an item to its own host: its gate was passed before the item began, and nobody has to be asked. */
export const OWN_REQUEST = 0;

/** What a loop is told. A call is one attempt, a request one of its requests; both are numbers that never repeat. */
export type ToLoop =
  | { readonly kind: 'begin'; readonly call: number; readonly item: LoopItem }
  | { readonly kind: 'cancel'; readonly call: number }
  /** The request may be made; `host` is undefined where no gate stands. */
  | { readonly kind: 'admit'; readonly call: number; readonly request: number; readonly host: string | undefined }
  | { readonly kind: 'close' };

/** What a loop tells. */
export type FromLoop =
  | { readonly kind: 'ready' }
  /** It cannot begin. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'enter'; readonly call: number; readonly request: number; readonly url: string }
  /** A request that waited is not wanted any more. */
  | { readonly kind: 'withdraw'; readonly call: number; readonly request: number }
  | {
      readonly kind: 'answered';
      readonly call: number;
      readonly request: number;
      readonly result: GateResult;
      /** The host refuses everything from now on, and why. */
      readonly exhausted: string | undefined;
    }
  | {
      readonly kind: 'unanswered';
      readonly call: number;
      readonly request: number;
      readonly result: GateResult;
      readonly wasSent: boolean;
    }
  | {
      readonly kind: 'used';
      readonly call: number;
      readonly units: number | undefined;
      readonly cost: number | undefined;
    }
  /** Undefined: the attempt was cancelled before its step began. */
  | { readonly kind: 'ended'; readonly call: number; readonly report: PackedReport | undefined };

/** All that a loop tells in one turn; `bytes` are the bodies of its reports, one behind the other. */
export interface LoopBatch {
  readonly messages: readonly FromLoop[];
  readonly bytes: ArrayBuffer | undefined;
}
