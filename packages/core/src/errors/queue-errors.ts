import { brand } from './brand.ts';
import { SluiceError } from './sluice-error.ts';

/** A queue was shut down: nothing can be put any more, and nothing is left to get. Code `SLUICE_QUEUE_SHUT_DOWN`. */
export class QueueShutDownError extends SluiceError {
  constructor(action: 'put' | 'get') {
    const message =
      action === 'put'
        ? 'the queue was shut down: nothing can be put into it any more'
        : 'the queue was shut down and is empty: nothing will come any more';
    super(message, { code: 'SLUICE_QUEUE_SHUT_DOWN' });
  }
}
brand(QueueShutDownError, 'QueueShutDownError');

/** `send` on a channel whose receivers are all closed: nobody would ever get the value. Code `SLUICE_BROKEN_CHANNEL`. */
export class BrokenChannelError extends SluiceError {
  constructor() {
    super('every receiver of this channel is closed: nobody would get the value', { code: 'SLUICE_BROKEN_CHANNEL' });
  }
}
brand(BrokenChannelError, 'BrokenChannelError');

/** `receive` on a channel whose senders are all closed and whose buffer is empty. `for await` ends instead. Code `SLUICE_END_OF_CHANNEL`. */
export class EndOfChannelError extends SluiceError {
  constructor() {
    super('every sender of this channel is closed: nothing will come any more', { code: 'SLUICE_END_OF_CHANNEL' });
  }
}
brand(EndOfChannelError, 'EndOfChannelError');
